"""Proposes a target for a column, from its name and its values."""
