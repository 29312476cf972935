"""Defines the base of the errors that say something to a user."""


class FoutMetMelding(Exception):
    """Something cannot be done; `melding` tells the user so in plain Dutch: what is wrong, where, and what to do.

    A view or command catches it and shows `melding`. It repeats nothing of a cell or a record.
    """

    def __init__(self, melding: str) -> None:
        super().__init__(melding)
        self.melding = melding
