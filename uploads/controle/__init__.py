"""Gives the workbook back with remarks, and tells how well a levering is filled."""
