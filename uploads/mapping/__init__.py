"""Translates the columns and values of a file to the standard.

A koppeling recognises a header row and makes a translation for it. `recognition` tries all of them, `cells`
reads single cells, and `presets` holds the ones that come with the portal.
"""
