"""The workbook back with remarks, and how well a levering is filled."""
