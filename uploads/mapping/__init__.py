"""From columns and values to the standard.

A koppeling recognises a header row and makes a translation for it; `recognition` tries them all, `values`
reads single cells, and `sonar`, `standaard` and `records` are the koppelingen there are.
"""
