"""Converting a levering in steps, under a lease."""
