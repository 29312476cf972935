"""Excel templates, made from the standard."""
