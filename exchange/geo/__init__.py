"""Knows where each 4-digit postcode lies, and which ones lie within so many kilometres.

Other rooms use `exchange.geo.distances` and, to hear of a new table, `exchange.geo.signals`. This room knows
nothing of profiles, vacancies or municipalities.
"""
