"""Writing workbooks, row by row and safely."""
