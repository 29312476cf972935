"""Suggests codes for a value that a list does not know: which code is probably meant, how sure, and why.

This module compares texts only: it uses no database and decides nothing. Words are compared without capitals,
accents, noise and the endings that tell a woman from a man. Compounds are cut at their last part, so that
`chauffeur vrachtwagen` and `vrachtwagenchauffeuse` are the same. The remaining difference is measured letter
by letter.
"""

import heapq
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from uploads.waarden.synonyms import AFKORTINGEN, CODES, GELIJK, HOOFDWOORDEN, RUIS, WOORDEN

# The certainty from which suggestions may be accepted many at once, and the certainty from which one is
# preselected.
HOOG = 90
VOORKEUR = 72
_LOWEST = 50
# The certainty of a word that is taken as equal to another one: probable, and for somebody to look at.
_OTHER_WORD = HOOG - 2
_LONGEST = 300
_NEAR = 14

_NOT_A_WORD = re.compile(r"[^\w+#]+|_")
_BRACKETS = re.compile(r"\([^()]*\)")
_SIDE_NOTE = re.compile(
    r"\b(?:m\s*/\s*v(?:\s*/\s*x)?|v\s*/\s*m|[0-9]{1,2}\s*(?:uur|uren|u)(?:\s*per\s*week|/wk|pw)?)\b"
)
_PARTS = re.compile(r"\s*(?:[/;,|]|\s(?:of|en|dan wel|c\.q\.)\s)\s*")
_DOUBLE = re.compile(r"(.)\1+")
# Endings, after doubled letters have become one, with the neutral ending that replaces them.
_ENDINGS = (
    ("vrouw", "man"), ("ster", "er"), ("euse", "eur"), ("trice", "teur"), ("eres", "er"), ("ares", "ar"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Codeoptie:
    """A code that may be chosen, with its label and other words for it."""

    code: str
    label: str
    synoniemen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Woordvoorstel:
    """A code for a value: `zekerheid` from 0 to 100, `reden` a Dutch phrase about the words only."""

    code: str
    label: str
    zekerheid: int
    reden: str

    @property
    def is_zeker(self) -> bool:
        """Tells whether it may be accepted together with others, without looking at each one."""
        return self.zekerheid >= HOOG

    @property
    def is_voorkeur(self) -> bool:
        """Tells whether it is preselected."""
        return self.zekerheid >= VOORKEUR


_ZELFDE = "staat zo in de lijst"
_SCHRIJFWIJZE = "hetzelfde, iets anders geschreven"
_VORM = "hetzelfde woord, in een andere vorm of spelling"
_GELIJK_WOORD = "een ander woord dat meestal hetzelfde betekent"
_VOLGORDE = "dezelfde woorden, in een andere volgorde"
_AFKORTING = "voluit geschreven hetzelfde"
_SYNONIEM = "een bekend ander woord voor hetzelfde"
_IN_LIJST = "staat in de lijst als ander woord hiervoor"
_ANDERS = "de lijst heeft hier geen eigen waarde voor"
_SPELLING = "lijkt er sterk op; waarschijnlijk een spelfout"
_LIJKT = "lijkt erop"
_BEVAT = "komt voor in wat er staat"
_DEEL = "heeft woorden gemeen"
_ONDERDEEL = "er staat meer dan één ding; dit is er een van"


# --- Words -------------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Gives a text without capitals, accents, parts between brackets, and parts about hours or sex."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST].casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _SIDE_NOTE.sub(" ", plain)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Gives a word without the differences in spelling, between woman and man, and between one and more."""
    root = _DOUBLE.sub(r"\1", word)
    for ending, instead in _ENDINGS:
        if root.endswith(ending) and len(root) - len(ending) >= 3:
            return root[: -len(ending)] + instead
    if len(root) > 3 and root[-1] == "s":
        root = root[:-1]
    if len(root) > 4 and root[-1] == "e":
        root = root[:-1]
        root = root[:-1] + {"v": "f", "z": "s"}.get(root[-1], root[-1])
    return root


_HEADS = tuple(sorted({stem(head) for head in HOOFDWOORDEN}, key=len, reverse=True))
_SAME = {stem(word): stem(other) for word, other in GELIJK.items()}
_COMMON = frozenset(_HEADS)


@lru_cache(maxsize=20_000)
def _cut(root: str) -> tuple[str, ...]:
    """Gives a stem as one part, or as two when it is a compound with a known last part."""
    for head in () if root in _COMMON else _HEADS:
        before = root[: -len(head)]
        if root.endswith(head) and len(before) >= 3:
            before = before[:-1] if before[-1] == "s" and len(before) > 4 else before
            return _SAME.get(before, before), _SAME.get(head, head)
    return (_SAME.get(root, root),)


@dataclass(frozen=True, slots=True)
class _Words:
    """A text taken apart: its words as written, and their stems with compounds cut."""

    plain: tuple[str, ...]
    stems: tuple[str, ...]
    # The stems of the words as they were written, before other words took their place.
    written: str
    abbreviated: bool

    @property
    def joined(self) -> str:
        return "".join(self.stems)

    @property
    def head_first(self) -> str:
        """Gives the last word first: `vrachtwagen chauffeur` becomes `chauffeur vrachtwagen`."""
        return "".join((*self.stems[-1:], *self.stems[:-1]))

    @property
    def bag(self) -> tuple[str, ...]:
        return tuple(sorted(self.stems))


def _words(text: str) -> _Words:
    written = [word for word in _NOT_A_WORD.split(text) if word]
    kept = [word for word in written if word not in RUIS] or written
    full = [AFKORTINGEN.get(word, word) for word in kept]
    stems = tuple(part for word in full for part in _cut(stem(word)))
    return _Words(tuple(full), stems, "".join(map(stem, full)), full != kept)


# --- Suggestions -------------------------------------------------------------------------------------------


class Voorsteller:
    """Suggests codes of one list.

    Make it once per list: it takes the labels apart, after which asking is quick.
    """

    def __init__(self, lijst: str, keuzes: Iterable[Codeoptie]) -> None:
        self._keuzes: list[Codeoptie] = list(keuzes)
        # Every name of every code: its label, without the part between brackets, and its synonyms.
        self._names: list[tuple[int, _Words]] = []
        self._by_code: dict[str, int] = {}
        self._by_label: dict[str, set[str]] = defaultdict(set)
        self._by_plain: dict[tuple[str, ...], list[tuple[int, str, int]]] = defaultdict(list)
        self._by_stems: dict[str, list[tuple[int, _Words, str, int]]] = defaultdict(list)
        self._by_bag: dict[tuple[str, ...], list[tuple[int, _Words, bool]]] = defaultdict(list)
        self._with_word: dict[str, set[int]] = defaultdict(set)
        spellings: dict[str, list[int]] = defaultdict(list)
        for number, keuze in enumerate(self._keuzes):
            self._by_code.setdefault(_bare(keuze.code), number)
            label = fold(keuze.label)
            self._by_label[label.strip()].add(keuze.code)
            names = dict.fromkeys((label, _BRACKETS.sub(" ", label)), False)
            names |= {fold(name): True for name in keuze.synoniemen if fold(name) not in names}
            for name, is_synonym in names.items():
                words = _words(name)
                if not words.stems:
                    continue
                reason = (_IN_LIJST, 97) if is_synonym else (_SCHRIJFWIJZE, 98)
                self._by_plain[words.plain].append((number, *reason))
                reason = (_IN_LIJST, 95) if is_synonym else (_VORM, 96)
                self._by_stems[words.joined].append((number, words, *reason))
                self._by_bag[words.bag].append((number, words, is_synonym))
                position = len(self._names)
                self._names.append((number, words))
                for word in set(words.stems):
                    self._with_word[word].add(position)
                for spelling in {words.joined, words.head_first}:
                    spellings[spelling].append(position)
        self._spellings = list(spellings)
        self._positions = list(spellings.values())
        total = max(len(self._names), 1)
        self._weight = {
            word: math.log(1 + total / len(found)) * (0.4 if word in _COMMON else 1.0)
            for word, found in self._with_word.items()
        }
        self._unknown_weight = math.log(1 + total)
        self._codes = _synonyms(CODES.get(lijst, {}))
        self._woorden = _synonyms(WOORDEN.get(lijst, {}))

    def code_van(self, label: str) -> str | None:
        """Gives the code that has exactly this label; None when none has it, or more than one."""
        found = self._by_label.get(fold(label).strip(), set())
        return next(iter(found)) if len(found) == 1 else None

    def voorstellen(self, waarde: str, aantal: int = 5) -> tuple[Woordvoorstel, ...]:
        """Gives the best suggestions for a value, surest first; none when nothing looks like it."""
        text = fold(waarde)
        found: dict[int, tuple[int, str]] = {}
        self._whole(text, found)
        if max((score for score, _ in found.values()), default=0) < HOOG:
            self._in_parts(text, found)
        best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:aantal]
        return tuple(
            Woordvoorstel(self._keuzes[number].code, self._keuzes[number].label, score, reden)
            for number, (score, reden) in self._unsure_when_close(best)
            if score >= _LOWEST
        )

    def _whole(self, text: str, found: dict[int, tuple[int, str]]) -> None:
        """Finds everything that the text as a whole can mean."""
        words = _words(text)
        self._exactly(text, words, found)
        other = _meaning(self._woorden, words)
        if other is not None:
            meant = _words(fold(other))
            inner: dict[int, tuple[int, str]] = {}
            self._exactly(fold(other), meant, inner)
            if not inner:
                self._by_spelling(meant, inner)
            for number, (score, _) in inner.items():
                _keep(found, number, min(score, 95), _SYNONIEM)
        if words.stems and max((score for score, _ in found.values()), default=0) < 98:
            self._by_spelling(words, found)
            self._by_words(words, found)

    def _in_parts(self, text: str, found: dict[int, tuple[int, str]]) -> None:
        """Finds what a text of the form `kok / keukenhulp` can mean: somebody must choose between the two."""
        parts = [part for part in _PARTS.split(text) if part.strip()]
        if not 1 < len(parts) <= 4:
            return
        sure: set[int] = set()
        for part in parts:
            inner: dict[int, tuple[int, str]] = {}
            self._whole(part, inner)
            sure |= {number for number, (score, _) in inner.items() if score >= HOOG}
        if len(sure) > 1:
            found.update(
                {number: (min(score, VOORKEUR - 2), reden) for number, (score, reden) in found.items()}
            )
        for number in sorted(sure):
            found[number] = (VOORKEUR - 1, _ONDERDEEL)

    def _exactly(self, text: str, words: _Words, found: dict[int, tuple[int, str]]) -> None:
        code = self._by_code.get(_bare(text))
        if code is not None:
            _keep(found, code, 98, _ZELFDE)
        known = _meaning(self._codes, words)
        if known is not None and (number := self._by_code.get(_bare(known))) is not None:
            if self._keuzes[number].label == "Anders":
                _keep(found, number, HOOG - 5, _ANDERS)
            else:
                _keep(found, number, 95, _SYNONIEM)
        if not words.stems:
            return
        for number, reden, score in self._by_plain.get(words.plain, ()):
            short = words.abbreviated and reden is _SCHRIJFWIJZE
            _keep(found, number, 96 if words.abbreviated else score, _AFKORTING if short else reden)
        for number, name, reden, score in self._by_stems.get(words.joined, ()):
            if reden is _VORM and not _same_words(words, name):
                _keep(found, number, _OTHER_WORD, _GELIJK_WOORD)
            else:
                short = words.abbreviated and reden is _VORM
                _keep(found, number, score, _AFKORTING if short else reden)
        for number, name, is_synonym in self._by_bag.get(words.bag, ()):
            if _same_words(words, name):
                _keep(found, number, 95, _IN_LIJST if is_synonym else _VOLGORDE)
            else:
                _keep(found, number, _OTHER_WORD, _GELIJK_WOORD)

    def _by_spelling(self, words: _Words, found: dict[int, tuple[int, str]]) -> None:
        """Finds codes of which a name has nearly the same letters."""
        joined = words.joined
        near = process.extract(joined, self._spellings, scorer=fuzz.ratio, limit=_NEAR, score_cutoff=58)
        for spelling, ratio, index in near:
            for position in self._positions[index]:
                number, name = self._names[position]
                score = self._similarity(words, name, joined, spelling, ratio)
                if set(words.stems) < set(name.stems) or set(name.stems) < set(words.stems):
                    # A word more or less is no mistake in the spelling: it can be another level or another job.
                    _keep(found, number, min(score, HOOG - 1), _DEEL)
                else:
                    _keep(found, number, score, _SPELLING if score >= 85 else _LIJKT)

    def _similarity(self, words: _Words, name: _Words, joined: str, spelling: str, ratio: float) -> int:
        score = ratio
        shared = set(words.stems) & set(name.stems) & _COMMON
        if shared:
            # The shared word medewerker tells little; the work that the other words name tells more.
            mine = "".join(word for word in words.stems if word not in shared)
            theirs = "".join(word for word in name.stems if word not in shared)
            score = 0.25 * score + 0.75 * fuzz.ratio(mine, theirs) if mine and theirs else score - 25
            joined, spelling = mine or joined, theirs or spelling
        # People seldom mistake the first letter. In a short word one other letter makes another word: kapper,
        # kipper.
        if joined[:1] != spelling[:1]:
            score -= 6
        shortest = min(len(joined), len(spelling))
        return int(min(score, 40 + 6 * shortest, 94))

    def _by_words(self, words: _Words, found: dict[int, tuple[int, str]]) -> None:
        """Finds codes that have the same words, among other words."""
        wanted = set(words.stems)
        mine = sum(self._weight.get(word, self._unknown_weight) for word in wanted)
        shared: dict[int, float] = defaultdict(float)
        for word in wanted:
            positions = self._with_word.get(word, ())
            # A word that is nearly everywhere finds nothing that other words do not find.
            if len(positions) * 5 > max(len(self._names), 500):
                continue
            for position in positions:
                shared[position] += self._weight[word]
        for position in heapq.nlargest(_NEAR, shared, key=lambda one: (shared[one], -one)):
            number, name = self._names[position]
            theirs = set(name.stems)
            both = sum(self._weight[word] for word in theirs & wanted)
            low, high = sorted((both / mine, both / sum(self._weight[word] for word in theirs)))
            score, reden = 80 * (0.6 * high + 0.4 * low), _DEEL
            if theirs <= wanted and low >= 0.4 and not theirs <= _COMMON:
                # An assistent kok is not a kok.
                score, reden = 68 + 16 * low - 14 * bool((wanted - theirs) & _COMMON), _BEVAT
            elif wanted <= theirs and not wanted <= _COMMON:
                score = 66 + 14 * low
            _keep(found, number, int(score), reden)

    def _unsure_when_close(
        self, best: Sequence[tuple[int, tuple[int, str]]]
    ) -> Iterable[tuple[int, tuple[int, str]]]:
        """Lowers the certainty of a suggestion that only looks alike, when another code comes close to it."""
        close = len(best) > 1 and best[0][1][0] - best[1][1][0] <= 4
        for number, (score, reden) in best:
            if close and score >= HOOG and (reden == _SPELLING or best[1][1][0] >= HOOG):
                yield number, (HOOG - 1, reden)
            else:
                yield number, (score, reden)


def _same_words(words: _Words, name: _Words) -> bool:
    """Tells whether two texts have the same words in any order, and not words that are only taken as equal.

    An s between the parts of a compound makes no other word.
    """
    return sorted(words.written.replace("s", "")) == sorted(name.written.replace("s", ""))


def _keep(found: dict[int, tuple[int, str]], number: int, score: int, reden: str) -> None:
    if score > found.get(number, (0, ""))[0]:
        found[number] = (score, reden)


def _synonyms(pairs: Mapping[str, str]) -> Mapping[str, str]:
    """Gives the same pairs, by the spelling of a word and by its stem.

    Leaves out a stem that many words share.
    """
    found: dict[str, str] = {}
    taken = [(_words(fold(word)), meaning) for word, meaning in pairs.items()]
    for words, meaning in taken:
        if words.stems and not set(words.stems) <= _COMMON:
            found.setdefault(words.joined, meaning)
    for words, meaning in taken:
        found["".join(words.plain)] = meaning
    return found


def _meaning(synonyms: Mapping[str, str], words: _Words) -> str | None:
    return synonyms.get("".join(words.plain)) or synonyms.get(words.joined)


def _bare(code: str) -> str:
    """Gives a code without case, spaces, points and dashes: `B-E` becomes `be`, `01` stays `01`."""
    bare = re.sub(r"[\s.\-]", "", code[:_LONGEST].casefold())
    return bare.lstrip("0") or bare
