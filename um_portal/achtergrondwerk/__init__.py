"""How the work in the background goes, for VNG support: queues, schedules and what failed."""
