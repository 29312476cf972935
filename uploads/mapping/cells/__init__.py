"""Reading one cell: text, numbers, dates, contact data."""
