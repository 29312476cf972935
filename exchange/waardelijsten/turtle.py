"""Reads the triples of a Turtle file, as far as value lists use Turtle; no database and no network.

It knows prefixes, bases, texts with a language or a type, numbers, nodes without a name, and lists as far as they
can be passed over. Every subject and predicate is a whole address; a node without a name starts with `_:`.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urljoin

_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TOKEN: Final = re.compile(
    r"""(?P<space>[\s]+|\#[^\n]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<long>\"{3}(?:(?:"|"")?(?:[^"\\]|\\.))*\"{3}|\'{3}(?:(?:'|'')?(?:[^'\\]|\\.))*\'{3})
    |(?P<text>"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<type>\^\^)
    |(?P<blank>_:[\w.\-]*[\w\-])
    |(?P<number>[+-]?(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w:]))
    |(?P<name>[^\W\d_]?[\w.\-]*:(?:[\w:%\-]|\\.|\.(?=[\w:%\-\\]))*)
    |(?P<word>[A-Za-z]+)
    |(?P<mark>[.;,\[\]()])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_START: Final = re.compile(
    r"\s*(?:\#[^\n]*\n\s*)*(?:@prefix|@base|prefix\s|base\s|<[^>\s]+>\s+(?:a|<))", re.IGNORECASE
)
_DEEPEST: Final = 20


class Tekst(NamedTuple):
    """A literal, with its language in small letters; '' for none."""

    tekst: str
    taal: str


class GeenTurtle(ValueError):
    """The text is not Turtle; `regel` is the number of the line, from 1."""

    def __init__(self, regel: int) -> None:
        super().__init__(regel)
        self.regel = regel


def is_turtle(text: str) -> bool:
    """Tells whether a text begins as Turtle does."""
    return _START.match(text) is not None


def triples(text: str) -> Iterator[tuple[str, str, str | Tekst]]:
    """Yields every triple: subject, predicate, and an address or a literal. Raises GeenTurtle."""
    return _Turtle(text).read()


class _Turtle:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.kind = self.piece = ""
        self.prefixes: dict[str, str] = {}
        self.base = ""
        self.nodes = 0
        self.found: list[tuple[str, str, str | Tekst]] = []
        self._next()

    def read(self) -> Iterator[tuple[str, str, str | Tekst]]:
        while self.kind:
            if not self._directive():
                self._statement()
            yield from self.found
            self.found.clear()

    def _next(self) -> str:
        """Goes to the next token; gives the one before it."""
        before = self.piece
        while True:
            if self.at >= len(self.text):
                self.kind = self.piece = ""
                return before
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                raise self._wrong()
            self.at = match.end()
            if match.lastgroup != "space":
                self.kind, self.piece = str(match.lastgroup), match[0]
                return before

    def _wrong(self) -> GeenTurtle:
        return GeenTurtle(self.text.count("\n", 0, self.at) + 1)

    def _expect(self, mark: str) -> None:
        if self.piece != mark:
            raise self._wrong()
        self._next()

    def _directive(self) -> bool:
        word = self.piece.lower().removeprefix("@")
        if self.kind not in {"lang", "word"} or word not in {"prefix", "base"}:
            return False
        with_point = self._next().startswith("@")
        if word == "prefix":
            if self.kind != "name" or not self.piece.endswith(":"):
                raise self._wrong()
            name = self._next()[:-1]
            self.prefixes[name] = self._iri()
        else:
            self.base = self._iri()
        if with_point:
            self._expect(".")
        return True

    def _iri(self) -> str:
        if self.kind != "iri":
            raise self._wrong()
        address = _unescaped(self._next()[1:-1])
        return urljoin(self.base, address) if self.base and ":" not in address else address

    def _statement(self) -> None:
        if self.piece == "[":
            subject = self._node(0)
            if self.piece == ".":
                self._next()
                return
        else:
            subject = self._resource()
        self._predicates(subject, 0)
        self._expect(".")

    def _predicates(self, subject: str, depth: int) -> None:
        while True:
            predicate = _TYPE if self.kind == "word" and self.piece == "a" else ""
            if predicate:
                self._next()
            else:
                predicate = self._resource()
            while True:
                self.found.append((subject, predicate, self._object(depth)))
                if self.piece != ",":
                    break
                self._next()
            if self.piece != ";":
                return
            while self.piece == ";":
                self._next()
            if self.piece in {".", "]"}:
                return

    def _object(self, depth: int) -> str | Tekst:
        if depth > _DEEPEST:
            raise self._wrong()
        if self.piece == "[":
            return self._node(depth)
        if self.piece == "(":
            self._next()
            while self.piece != ")":
                self._object(depth + 1)
            self._next()
            return self._new_node()
        if self.kind in {"text", "long"}:
            return self._literal()
        if self.kind == "number" or (self.kind == "word" and self.piece in {"true", "false"}):
            return Tekst(self._next(), "")
        return self._resource()

    def _literal(self) -> Tekst:
        marks = 3 if self.kind == "long" else 1
        text = _unescaped(self._next()[marks:-marks])
        if self.kind == "lang":
            return Tekst(text, self._next()[1:].lower())
        if self.kind == "type":
            self._next()
            self._resource()
        return Tekst(text, "")

    def _node(self, depth: int) -> str:
        """Reads a node without a name, with what is said about it between brackets."""
        node = self._new_node()
        self._expect("[")
        if self.piece != "]":
            self._predicates(node, depth + 1)
        self._expect("]")
        return node

    def _new_node(self) -> str:
        self.nodes += 1
        return f"_:[{self.nodes}]"

    def _resource(self) -> str:
        if self.kind == "iri":
            return self._iri()
        if self.kind == "blank":
            return self._next()
        if self.kind != "name":
            raise self._wrong()
        prefix, _, rest = self.piece.partition(":")
        if prefix not in self.prefixes:
            raise self._wrong()
        self._next()
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", rest)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if digits:
            number = int(digits, 16)
            return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
        return _ESCAPED.get(match[3], match[3])

    return _ESCAPE.sub(character, text)
