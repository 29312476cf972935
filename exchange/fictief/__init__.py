"""Makes up believable records of people and vacancies that do not exist, for demonstrations and tests.

Nothing here is ever used for real data; the codes of occupations and competences are clearly fictitious.
"""
