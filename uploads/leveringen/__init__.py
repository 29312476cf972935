"""A levering itself: how a file comes in, its life cycle, and how it is erased."""
