"""Serves the pages of searching, a module per part. Thin: they read the request, call a verb, and render."""
