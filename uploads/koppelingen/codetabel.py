"""Reads a pasted table of a system's own codes and what they mean: N1..N5, NT2-A2.

Such a table becomes words of a rule, so the next file with these codes is understood too.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from exchange.standard import Veld
from uploads.mapping.cells.text import code_table, is_absent, tekst, woordsleutel
from uploads.mapping.proposals.suggest import one_word_is_enough, words_for
from uploads.mapping.regels import LONGEST_VALUE
from uploads.mapping.words import LEEG, words_of_list

MOST_LINES: Final = 500
LONGEST_TABLE: Final = 20_000
_BETWEEN: Final = re.compile(r"\t|\s*[;=:]\s*|,|\s{2,}|\s+[-–]\s+")
_NOT_A_WORD: Final = re.compile(r"[^\w+]+")

Woorden = tuple[tuple[str, str], ...]


def can_have_table(leaf: Veld | None) -> bool:
    """Tells whether the codes of a column with this attribute can be pasted: the standard has its list."""
    return (
        leaf is not None
        and leaf.attribuut.waardelijst is not None
        and bool(leaf.attribuut.waardelijst.waarden)
    )


def has_own_codes(leaf: Veld | None, samples: Iterable[object]) -> bool:
    """Tells whether some of these values are short codes that the list does not know."""
    if leaf is None or not can_have_table(leaf):
        return False
    known = _meanings(leaf)
    return any(
        len(word) <= LONGEST_VALUE and not is_absent(word) and _code_of(leaf, word, known) is None
        for word in map(woordsleutel, samples)
    )


def read_table(leaf: Veld, text: str) -> tuple[Woorden, tuple[int, ...]]:
    """Gives the codes of the system with those of the standard, and the numbers of the lines that it cannot read.

    A line has a code and its meaning, with a tab, a semicolon, a colon, an equals sign or a comma between them. A
    meaning that is a word for nothing leaves the code out on purpose.
    """
    known = _meanings(leaf)
    found: dict[str, str] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        own, meaning = _parts(line)
        code = "" if meaning and is_absent(meaning) else _code_of(leaf, woordsleutel(meaning), known)
        if not own or len(own) > LONGEST_VALUE or not meaning or code is None or len(found) >= MOST_LINES:
            wrong.append(number)
        else:
            found[own] = code
    return tuple(found.items()), tuple(wrong)


def words_with(leaf: Veld, own: Woorden, samples: Sequence[object]) -> Woorden:
    """Gives the words of a rule: the system's own codes first, and after those the usual words."""
    lijst = leaf.attribuut.waardelijst
    usual = words_for(leaf, samples)
    if not usual and lijst is not None:
        usual = tuple((word, str(code)) for word, code in code_table(lijst).items())
    taken = dict(own)
    return (*own, *((word, code) for word, code in usual if word not in taken))


def as_table(leaf: Veld, waarden: Woorden) -> str:
    """Writes the words that are the municipality's own as a table: a line with a code and its meaning for each."""
    lijst = leaf.attribuut.waardelijst
    if lijst is None or not can_have_table(leaf):
        return ""
    usual = {woordsleutel(word) for word in _meanings(leaf)}
    labels = {str(code): label for code, label in lijst.waarden.items()}
    return "\n".join(
        f"{word} = {labels.get(code, code) if code else LEEG}"
        for word, code in waarden
        if woordsleutel(word) not in usual
    )


def _parts(line: str) -> tuple[str, str]:
    own, *rest = _BETWEEN.split(line.strip(), maxsplit=1)
    return woordsleutel(own), tekst(rest[0]) if rest else ""


def _meanings(leaf: Veld) -> dict[str, str]:
    lijst = leaf.attribuut.waardelijst
    if lijst is None:
        return {}
    return {**words_of_list(lijst).alle, **{word: str(code) for word, code in code_table(lijst).items()}}


def _code_of(leaf: Veld, meaning: str, known: dict[str, str]) -> str | None:
    if meaning in known:
        return known[meaning]
    if not one_word_is_enough(leaf):
        return None
    return next((known[word] for word in _NOT_A_WORD.split(meaning) if len(word) > 1 and word in known), None)
