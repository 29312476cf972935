"""Reads single cells: text, numbers, dates and contact data."""
