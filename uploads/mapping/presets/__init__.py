"""Reads files with a layout that is known beforehand."""
