"""Holds what belongs to interface 3.x of VUM only: the questions, headers, errors and addresses."""
