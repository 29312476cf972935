"""What comes in by itself: keys, the API for systems and the watched folder."""
