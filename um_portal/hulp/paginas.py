"""Makes help pages of documents in Markdown: HTML, with an address for every heading, and plain text to search.

A document can hold no HTML of its own: what looks like it is shown as text, and a link with a strange scheme is
no link. So a page holds only what this module writes.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from um_portal.hulp.bronnen import BEELDEN, BEELDEN_STATISCH, BRONNEN

_MOST_FOUND: Final = 30
_AROUND: Final = 90


@dataclass(frozen=True)
class Paragraaf:
    """A heading with what stands below it, up to the next heading; the text without markup."""

    anker: str
    kop: str
    niveau: int
    tekst: str


@dataclass(frozen=True)
class Hulppagina:
    """A document as a page of the help."""

    naam: str
    titel: str
    html: SafeString
    paragrafen: tuple[Paragraaf, ...]

    @property
    def ankers(self) -> frozenset[str]:
        """Lists the places on this page that a link can lead to."""
        return frozenset(paragraaf.anker for paragraaf in self.paragrafen)


@dataclass(frozen=True)
class Vondst:
    """A place in the help where all words that were looked for stand."""

    naam: str
    titel: str
    paragraaf: Paragraaf
    fragment: str


@cache
def page(naam: str) -> Hulppagina:
    """Gives a page of the help. Raises KeyError when there is none by this name."""
    bron = BRONNEN[naam]
    return _make(naam, bron, bron.read_text(encoding="utf-8"))


def find(woorden: str, namen: Sequence[str]) -> list[Vondst]:
    """Finds the places on these pages that have every word; first come those with all of them in the heading.

    Capitals and accents make no difference.
    """
    wanted = _plain(woorden).split()
    if not wanted:
        return []
    in_heading: list[Vondst] = []
    in_text: list[Vondst] = []
    for naam in namen:
        pagina = page(naam)
        title = _plain(pagina.titel)
        for paragraaf in pagina.paragrafen:
            heading, text = _plain(paragraaf.kop), _plain(paragraaf.tekst)
            here = [word for word in wanted if word in heading or word in text]
            # The title of the page tells what all of it is about, so one of several words may stand there alone.
            if not here or not all(word in here or word in title for word in wanted):
                continue
            vondst = Vondst(naam, pagina.titel, paragraaf, _around(paragraaf.tekst, text, wanted))
            (in_heading if all(word in heading for word in wanted) else in_text).append(vondst)
    return (in_heading + in_text)[:_MOST_FOUND]


# --- From Markdown to HTML ---------------------------------------------------------------------------------


def _make(naam: str, bron: Path, text: str) -> Hulppagina:
    tokens = _parser().parse(text)
    paragrafen = tuple(_number_headings(tokens))
    tokens = list(_without_empty_heads(tokens))
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children, bron))
    html = str(_parser().renderer.render(tokens, _parser().options, {}))
    # Written by the renderer above, which escapes all text and leaves nothing of the document's own HTML.
    return Hulppagina(naam, paragrafen[0].kop, mark_safe(html), paragrafen)  # noqa: S308


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _table_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    label = escape(tokens[index].meta.get("label", ""))
    return (
        f'<div class="um-tabel-omslag" role="region" aria-label="{label}" tabindex="0">'
        '<table class="utrecht-table utrecht-table--html-table um-tabel um-hulptabel">\n'
    )


def _table_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _number_headings(tokens: list[Token]) -> Iterator[Paragraaf]:
    """Gives every heading its address, every table the name of the heading it stands under, and tells them all."""
    open_heading: tuple[str, str, int] | None = None
    text: list[str] = []
    seen: dict[str, int] = {}
    tables = 0
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            if open_heading:
                yield Paragraaf(*open_heading, _joined(text))
            kop, text, tables = _text_of(tokens[index + 1]), [], 0
            slug = slug_of(kop)
            number = seen.get(slug, 0)
            seen[slug] = number + 1
            anker = f"{slug}-{number}" if number else slug
            token.attrSet("id", anker)
            open_heading = (anker, kop, int(token.tag[1]))
        elif token.type == "table_open" and open_heading:
            tables += 1
            token.meta["label"] = open_heading[1] if tables == 1 else f"{open_heading[1]} ({tables})"
        elif token.type == "inline" and tokens[index - 1].type != "heading_open":
            text.append(_text_of(token))
        elif token.type in ("fence", "code_block"):
            text.append(token.content)
    if open_heading is None:
        raise ValueError("a document of the help opens with a heading")
    yield Paragraaf(*open_heading, _joined(text))


def slug_of(kop: str) -> str:
    """Gives the address of a heading on its page, as the place where the repository is published gives it too."""
    return re.sub(r"[^\w\- ]", "", kop.lower()).replace(" ", "-")


def _without_empty_heads(tokens: list[Token]) -> Iterator[Token]:
    """Leaves out the head of a table that has none, and lets the first cell of each of its rows name the row."""
    index, headless = 0, False
    while index < len(tokens):
        token = tokens[index]
        if token.type == "thead_open":
            end = next(at for at in range(index, len(tokens)) if tokens[at].type == "thead_close")
            head = tokens[index : end + 1]
            headless = not any(part.content for part in head if part.type == "inline")
            if headless:
                index = end + 1
                continue
        if headless and token.type in ("td_open", "td_close") and _first_in_row(tokens, index):
            token.tag = "th"
            if token.nesting == 1:
                token.attrSet("scope", "row")
        elif token.type == "th_open":
            if tokens[index + 1].content:
                token.attrSet("scope", "col")
            else:
                token.tag = tokens[index + 2].tag = "td"
        index += 1
        yield token


def _first_in_row(tokens: list[Token], index: int) -> bool:
    """Tells whether the cell that this token opens or closes is the first one of its row."""
    start = index if tokens[index].nesting == 1 else index - 2
    return tokens[start - 1].type == "tr_open"


def _linked(children: list[Token], bron: Path) -> Iterator[Token]:
    """Turns links between documents into links between pages; of one to another document only the text stays."""
    dropped = 0
    for token in children:
        if token.type == "link_open":
            target = _target(str(token.attrGet("href") or ""), bron)
            if not target:
                dropped += 1
                continue
            token.attrSet("href", target)
        elif token.type == "link_close" and dropped:
            dropped -= 1
            continue
        elif token.type == "image":
            picture = (bron.parent / str(token.attrGet("src") or "")).resolve()
            if picture.parent != BEELDEN:
                raise ValueError(f"{bron.name} shows a picture that does not come from {BEELDEN.name}/")
            token.attrSet("src", static(f"{BEELDEN_STATISCH}/{picture.name}"))
            token.attrSet("class", "um-hulpbeeld")
            token.attrSet("loading", "lazy")
        yield token


def _target(href: str, bron: Path) -> str:
    if re.match(r"(https|mailto):", href) or href.startswith("#"):
        return href
    path, _, anker = href.partition("#")
    document = (bron.parent / path).resolve()
    naam = next((naam for naam, other in BRONNEN.items() if other == document), "")
    # Pages lie beside each other, so this holds wherever the portal itself is mounted.
    return f"{naam}#{anker}" if naam and anker else naam


# --- Text ------------------------------------------------------------------------------------------------------


def _text_of(token: Token) -> str:
    parts = [
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or []
        if child.type in ("text", "code_inline", "softbreak", "hardbreak", "image")
    ]
    return "".join(parts)


def _joined(parts: list[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(part for part in parts if part)).strip()


def _plain(text: str) -> str:
    """Gives a text for comparing, letter for letter as long: without capitals and accents."""
    return "".join(_letter(letter) for letter in text)


# Bounded, since anybody may look for letters that nobody writes.
@lru_cache(maxsize=1024)
def _letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter


def _around(tekst: str, plain: str, wanted: list[str]) -> str:
    """Gives the part of the text round the first word that was found in it, cut between words."""
    found = [plain.find(word) for word in wanted]
    at = min((place for place in found if place >= 0), default=0)
    begin, end = max(0, at - _AROUND), min(len(tekst), at + 2 * _AROUND)
    if begin:
        begin = tekst.find(" ", begin) + 1
    if end < len(tekst):
        end = max(tekst.rfind(" ", begin, end), begin)
    return f"{'… ' if begin else ''}{tekst[begin:end]}{' …' if end < len(tekst) else ''}"
