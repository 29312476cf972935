"""Runs in the reading process: it takes bytes that nobody trusts and gives rows of plain values.

The process has little memory and time, no secrets of the portal, and no access to a file, a network or
another process. Nothing here may import Django or another part of the project; `uploads.readers.process`
starts it and knows the settings.
"""
