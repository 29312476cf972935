"""Handles a levering itself: taking in the file, its life cycle, and its erasure."""
