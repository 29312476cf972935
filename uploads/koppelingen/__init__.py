"""Choosing columns: proposing, the page on which that is done, and saved versions."""
