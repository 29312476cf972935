"""Makes Excel templates from the standard."""
