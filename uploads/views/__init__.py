"""Holds the pages of uploading, a module per part."""
