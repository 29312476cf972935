"""Decides who may do what: the one door for pages."""
