"""Believable records of people and vacancies that do not exist, for demonstration, tests and measurements.

Nothing here is ever used for real data; the codes of occupations and competences are clearly fictitious.
"""
