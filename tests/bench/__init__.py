"""Measurements: `make bench`. Each compares things side by side in one run and prints a table.

Nothing here passes or fails; `docs/prestaties.md` keeps what was measured, and on what.
"""
