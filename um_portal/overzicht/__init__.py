"""What somebody sees first: the start page with its counts."""
