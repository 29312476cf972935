"""Recovers a lost second factor: asked by one, approved by another, and stopped by whoever objects."""
