"""Proposing what a column is, from its name and from its values."""
