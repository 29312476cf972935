"""Publishes, undoes, withdraws, finds and downloads what a municipality has published."""
