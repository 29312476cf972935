"""Django's PostgreSQL, in a way that works behind a PgBouncer that gives each transaction another connection."""
