"""Lets a clerk choose columns: the proposals, the page for choosing, and the saved versions."""
