"""Writes workbooks, row by row and safely."""
