"""Converts a levering in steps, under a lease."""
