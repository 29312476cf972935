"""Guesses the meaning of a column's header, by the words in it.

A header is split into plain words, and compared with every name that the standard gives a target or that
`kolomnamen` knows for it. It matches on the same words, on the same letters except for a mistake, or on all
the words of a name and more.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from rapidfuzz import fuzz, process

from exchange.standard import Soort, velden
from exchange.standard.boom import lower_first
from uploads.mapping.cells.text import tekst
from uploads.mapping.proposals import kolomnamen

# A column that says who agreed; not an attribute of the standard.
TOESTEMMING: Final = "toestemming"
# Other targets that are no path: a column that is left out (followed by the reason), a
# BSN, a part of an organisation.
OUT: Final = "-"
BSN: Final = "bsn"
ORGANISATION: Final = "+"
GROUP: Final = "arbeidsmarktkwalificatie."
CONTACT: Final = "naamContactpersoonAfdeling"
_LONGEST_HEADER: Final = 120


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess of a column's target: a path or one of the marks above.

    `score` is its certainty (0-100), and `reason` tells a clerk why.
    """

    target: str
    score: int
    reason: str
    by_name: bool = True


# --- Headers as words ---------------------------------------------------------------------------------------

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOGETHER = (
    (re.compile(r"\be[\s\-_]?mail"), "email"),
    (re.compile(r"\bm\s*/\s*v\b(?:\s*/\s*x\b)?"), "mv"),
    (re.compile(r"\bt\s*/\s*m\b|\bt\.m\.\b"), "tm"),
    (re.compile(r"\bj\s*/\s*n\b"), "jn"),
    (re.compile(r"\bn\.?a\.?w\b"), "naw"),
    (re.compile(r"\bb\.?s\.?n\b\.?"), "bsn"),
    (re.compile(r"\bp\s*/\s*w\b|\bpw\b"), " per week"),
    (re.compile(r"\bp\s*/\s*d\b"), " per dag"),
    (re.compile(r"\bp\s*/\s*m\b"), " per maand"),
    (re.compile(r"\bw\s*&\s*d\b"), "werk en denk"),
    (re.compile(r"\b(?:postal|zip)[\s_\-]?code\b"), "postcode"),
    (re.compile(r"\bdate[\s_\-]of[\s_\-]birth\b"), "geboortedatum"),
    (re.compile(r"\bcontact[\s_\-]person\b"), "contactpersoon"),
    (re.compile(r"\bcase[\s_\-]manager\b"), "casemanager"),
    (re.compile(r"\bjob[\s_\-]coach\b"), "jobcoach"),
)
# What the letters after "NT2" stand for: the four skills in Dutch as a second language.
_NT2 = {
    "m": "mondeling", "sp": "mondeling", "s": "schriftelijk", "sch": "schriftelijk", "schr": "schriftelijk",
    "l": "lezen", "lz": "lezen", "lu": "luisteren", "lui": "luisteren",
}  # fmt: skip
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LETTERS_NUMBER = re.compile(r"([a-z]{3,})([0-9]{1,2})")
# The sheet that a column comes from tells nothing about what is in it; see `mapping.bijblad`.
_SECOND_SHEET = re.compile(r" \((?:(?:blad|bestand) .*|ander (?:blad|bestand))\)$")
_NUMBER_ENDING = re.compile(r"(?<=[a-z]{3})nr$")


def words_of(kop: str) -> tuple[str, ...]:
    """Gives a header as plain words: without accents, signs and abbreviations."""
    text = _CAMEL.sub(" ", _SECOND_SHEET.sub("", tekst(kop))[:_LONGEST_HEADER])
    text = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    ).lower()
    for pattern, word in _TOGETHER:
        text = pattern.sub(word, text)
    words: list[str] = []
    tokens = [token for token in _NOT_A_WORD.split(text) if token]
    if tokens[:1] == ["nt2"]:
        tokens = ["nederlands", *(_NT2.get(token, token) for token in tokens[1:])]
    for token in tokens:
        glued = _LETTERS_NUMBER.fullmatch(token)
        for part in glued.groups() if glued else (token,):
            if part:
                part = kolomnamen.AFKORTINGEN.get(part, part)
                words.append(_NUMBER_ENDING.sub("nummer", part))
    if words[:1] == ["werk"] and len(words) > 2 and words[1].isdigit():
        # WERK1_FUNCTIE, WERK2_FUNCTIE: one job after another.
        words[0] = "werkervaring"
    return tuple(words)


# --- Names --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Name:
    """A name under which a target is known. `target` is a path, or starts with one of the marks above."""

    target: str
    name: str
    # The name as a clerk reads it; empty: the name itself.
    shown: str = ""

    @property
    def official(self) -> bool:
        """Tells whether the standard itself uses this name."""
        return bool(self.shown)

    @property
    def likeness(self) -> str:
        """Says in Dutch that a header looks like this name."""
        return _LIKE.format(lower_first(self.shown or self.name))


@dataclass(frozen=True, slots=True)
class _Index:
    """The names of all targets of a kind, in the forms in which a header may have them."""

    joined: Mapping[str, _Name]
    sets: Mapping[frozenset[str], _Name]
    choices: tuple[str, ...]


@cache
def _index(soort: Soort) -> _Index:
    joined: dict[str, _Name] = {}
    sets: dict[frozenset[str], _Name] = {}
    names = [(words_of(one.name), one) for one in _all_names(soort)]
    # "uren van" without its filler word must not take the place of "uren".
    for words, one in [*names, *((_without_fillers(words), one) for words, one in names)]:
        if words:
            joined.setdefault("".join(words), one)
            sets.setdefault(frozenset(words), one)
    return _Index(joined, sets, tuple(joined))


def _without_fillers(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in kolomnamen.VULWOORDEN)


def _all_names(soort: Soort) -> Iterable[_Name]:
    """Gives the names of this kind's targets.

    A name belongs to its first target; the standard comes first.
    """
    leaves = velden(soort)
    meanings = Counter(name for leaf in leaves for name in {_glue(leaf.attribuut.naam), _glue(leaf.label)})
    for leaf in leaves:
        yield _Name(leaf.pad, leaf.pad.removeprefix(GROUP), leaf.volledig_label)
        yield _Name(leaf.pad, leaf.volledig_label, leaf.volledig_label)
        for name in (leaf.attribuut.naam, leaf.label):
            if meanings[_glue(name)] == 1:
                yield _Name(leaf.pad, name, leaf.label)
    for word in kolomnamen.BSN:
        yield _Name(BSN if soort is Soort.WERKZOEKENDEN else f"{OUT}BSN's", word)
    if soort is Soort.WERKZOEKENDEN:
        for word in kolomnamen.TOESTEMMING:
            yield _Name(TOESTEMMING, word)
    own = kolomnamen.PER_SOORT[soort]
    for leaf in leaves:
        short = leaf.pad.removeprefix(GROUP)
        for word in (*own.get(leaf.pad, ()), *own.get(short, ()), *kolomnamen.GEDEELD.get(short, ())):
            yield _Name(leaf.pad, word)
    for reden, words in kolomnamen.NIET_IN_STANDAARD[soort].items():
        for word in words:
            yield _Name(f"{OUT}{reden}", word)
    contact = next(leaf.pad for leaf in leaves if leaf.attribuut.naam == CONTACT)
    group = contact.rpartition(".")[0]
    reach = [leaf for leaf in leaves if leaf.pad.rpartition(".")[0] == group and leaf.pad != contact]
    for role in kolomnamen.ROLLEN:
        for name in (role, f"naam {role}"):
            yield _Name(contact, name)
        for leaf in reach:
            for word in _REACH["email" if leaf.attribuut.naam == "emailadres" else "telefoon"]:
                yield _Name(leaf.pad, f"{word} {role}")
    for word in kolomnamen.ORGANISATIES:
        yield _Name(f"{ORGANISATION}{contact}", word)


_REACH: Final = {"email": ("email", "emailadres", "mail"), "telefoon": ("telefoon", "telefoonnummer")}


def _glue(name: str) -> str:
    return "".join(words_of(name))


def by_name(words: tuple[str, ...], soort: Soort) -> list[Guess]:
    """Gives the possible meanings of a header with these words: best first, and every target once."""
    index = _index(soort)
    best: dict[str, Guess] = {}

    def add(name: _Name, score: int, reason: str) -> None:
        if score > best.get(name.target, _NOTHING).score:
            best[name.target] = Guess(name.target, score, reason)

    plain = _without_fillers(words) or words
    about = tuple(word for word in plain if word not in kolomnamen.ONDERWERPEN) or plain
    for form in dict.fromkeys((words, plain, about)):
        if not form:
            continue
        number = form not in (words, plain)
        glued, loose = "".join(form), frozenset(form)
        exact = index.joined.get(glued) or index.sets.get(loose)
        if exact is not None:
            add(exact, 98 - 4 * number, _STANDARD if exact.official else _KNOWN)
        for choice, likeness, _ in process.extract(
            glued, index.choices, scorer=fuzz.ratio, limit=5, score_cutoff=86 if len(glued) > 7 else 88
        ):
            name = index.joined[choice]
            if len(glued) >= 5 and name is not exact:
                add(name, int(likeness * 0.9) - 4 * number, name.likeness)
        if len(form) > 1:
            for known, name in index.sets.items():
                if known < loose:
                    add(name, _part_score(known, form), name.likeness)
    return sorted(best.values(), key=lambda guess: -guess.score)


def _part_score(known: frozenset[str], words: tuple[str, ...]) -> int:
    """Scores a header that has all words of a name and more: lower for each word more."""
    extra = len(set(words)) - len(known)
    weight = 66 if len(known) == 1 else 78 + 3 * min(len(known), 4)
    # In Dutch the subject comes first or last: "rijbewijs in bezit", "hoogste opleiding".
    at_an_end = words[0] in known or words[-1] in known
    short = len("".join(known)) < 5
    return weight - 6 * (extra - 1) - (0 if at_an_end else 10) - (25 if short else 0)


_NOTHING: Final = Guess("", 0, "")
_STANDARD: Final = "De naam staat zo in de gegevensstandaard"
_KNOWN: Final = "De naam is een bekende naam hiervoor"
_LIKE: Final = "De naam lijkt op ‘{}’"
