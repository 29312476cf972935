"""Keeps a municipality's own words, and those of the whole country."""
