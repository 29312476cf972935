"""Breaks one thing after another under a whole portal at work, and counts afterwards (`make test-faults`)."""
