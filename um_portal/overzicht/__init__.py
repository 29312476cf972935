"""Shows the start page with its counts."""
