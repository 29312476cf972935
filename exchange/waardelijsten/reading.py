"""Reads a value list from a file of its keeper, in CSV or SKOS, or the languages from a package.

SKOS is read from RDF/XML and from Turtle, with plain labels and with those of SKOS-XL.

A file is either right as a whole or refused, with Dutch sentences that say what is wrong, where, and what to
do. Nothing here touches the database. XML is read without DTD, entities or network.
"""

import codecs
import csv
import gettext
import io
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from exchange.waardelijsten.lijsten import LIJSTEN, TALEN, Lijst, PastNiet, canonical
from exchange.waardelijsten.talen import NAMEN
from exchange.waardelijsten.turtle import GeenTurtle, Tekst, is_turtle, triples
from um_portal.errors import FoutMetMelding

MAX_BYTES = 100 * 1024 * 1024
MAX_CODES = 200_000
MAX_LABEL = 300
_MAX_SYNONYMS = 500
_SHOWN_PROBLEMS = 5

# The headers that name the columns, compared without case, spaces and punctuation.
CODE_KOLOMMEN = (
    *("code", "uri", "concepturi", "id", "iri", "identifier", "notatie", "notation", "url"),
    *("codeberoepsnaam", "codecompetentie", "codeopleidingsnaam", "opleidingscode", "opleidingsnummer"),
    *("codesbi", "sbicode", "sbi", "codetaal", "taalcode", "iso6393", "part3", "alpha3"),
)
LABEL_KOLOMMEN = (
    *("label", "naam", "preflabel", "preflabelnl", "omschrijving", "titel", "benaming", "name", "title"),
    *("preferredlabel", "beroepsnaam", "beroep", "competentie", "opleidingsnaam", "opleiding", "taal"),
    *("refname", "description"),
)
SYNONIEM_KOLOMMEN = (
    "synoniemen",
    "synoniem",
    "altlabels",
    "altlabel",
    "altlabelnl",
    "zoektermen",
    "synonyms",
)

# A list with a row per synonym, such as the BOC of UWV: the entry is the occupation that the synonym belongs to.
OUDERCODE_KOLOMMEN = (
    *("parentcode", "oudercode", "hoofdcode", "codeouder", "codeparent", "boccodeouder", "beroepscodeouder"),
    *("hoofdberoepcode", "codehoofdberoep", "referentieberoepcode", "codereferentieberoep"),
)
OUDERNAAM_KOLOMMEN = (
    *("parentname", "parentnaam", "oudernaam", "hoofdnaam", "naamouder", "naamparent", "parentlabel"),
    *("hoofdberoep", "naamhoofdberoep", "hoofdberoepnaam", "referentieberoep", "naamreferentieberoep"),
)

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SKOSXL = "http://www.w3.org/2008/05/skos-xl#"
_OWL = "http://www.w3.org/2002/07/owl#"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ABOUT, _RESOURCE, _NODE = f"{{{_RDF}}}about", f"{{{_RDF}}}resource", f"{{{_RDF}}}nodeID"
_NOT_CONCEPTS = {f"{_SKOS}ConceptScheme", f"{_SKOS}Collection", f"{_SKOS}OrderedCollection"}


class Leesfout(FoutMetMelding):
    """The faults of a file, as Dutch sentences for whoever offered it."""


class Ingang(NamedTuple):
    """One code as a list has it."""

    code: str
    label: str
    synoniemen: tuple[str, ...] = ()


class _Found(NamedTuple):
    """One entry, not checked yet; `plaats` says where it stands in the file."""

    plaats: str
    code: str
    label: str
    synoniemen: Iterable[str] = ()


def read_file(path: Path) -> bytes:
    """Reads the bytes of a file of at most MAX_BYTES. Raises Leesfout."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Leesfout(
            f"{path} is niet te lezen ({error.strerror}). Kijk of het pad klopt en of u het bestand mag lezen."
        ) from None
    if len(data) > MAX_BYTES:
        raise Leesfout(
            f"Het bestand is groter dan {MAX_BYTES // 1024 // 1024} MB. Zo groot is geen van deze lijsten: "
            "kies het bestand met alleen de codes en hun namen."
        )
    return data


def read_entries(lijst: Lijst, data: bytes, schemas: Collection[str] = ()) -> list[Ingang]:
    """Reads the codes of a list from the bytes of a CSV or SKOS file, in the order of the file.

    With `schemas` it reads only concepts in these SKOS schemes. Raises Leesfout.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise Leesfout("Het bestand is leeg.")
    if data.startswith((b"PK", b"\x1f\x8b")):
        raise Leesfout(
            "Dit is een ingepakt bestand (zip of Excel). Pak het uit, of sla het op als CSV, en probeer het opnieuw."
        )
    if _is_xml(data):
        return _checked(lijst, _skos(_concepts(data), schemas))
    text = _decode(data)
    if is_turtle(text):
        return _checked(lijst, _skos(_concepts_in_turtle(text), schemas))
    if schemas:
        raise Leesfout("Een schema kiezen kan alleen bij een SKOS-bestand, in RDF/XML of Turtle.")
    return _checked(lijst, _csv(text))


def read_package(lijst: Lijst) -> list[Ingang]:
    """Reads the languages of ISO 639-3 from the package pycountry, in Dutch where it knows the Dutch name.

    Raises Leesfout when the package is not installed, or does not have this list.
    """
    if lijst.naam != TALEN:
        raise Leesfout(f"Alleen de lijst {TALEN} zit in een pakket. Geef voor {lijst.naam} een bestand.")
    try:
        import pycountry
    except ImportError:
        raise Leesfout(
            "Het pakket pycountry is niet geïnstalleerd. Installeer het, of geef een bestand met de talen."
        ) from None
    dutch = gettext.translation("iso639-3", pycountry.LOCALES_DIR, languages=["nl"], fallback=True)

    def entries() -> Iterator[_Found]:
        for language in pycountry.languages:
            code = str(language.alpha_3)
            names = [str(language.name)]
            names += [
                str(getattr(language, key))
                for key in ("inverted_name", "common_name")
                if hasattr(language, key)
            ]
            label = NAMEN.get(code) or next(
                (dutch.gettext(name) for name in names if dutch.gettext(name) != name), names[0]
            )
            yield _Found(f"Taal {code}", code, label, names)

    return _checked(lijst, entries())


# --- Checks ------------------------------------------------------------------------------------------------


def _checked(lijst: Lijst, found: Iterable[_Found]) -> list[Ingang]:
    entries: dict[str, Ingang] = {}
    written: dict[str, str] = {}
    problems: list[str] = []
    count = 0
    for entry in found:
        count += 1
        if count > MAX_CODES:
            raise Leesfout(
                f"Het bestand heeft meer dan {MAX_CODES} codes. Dit is niet de lijst {lijst.naam}."
            )
        raw, label = entry.code.strip(), " ".join(entry.label.split())
        try:
            code = canonical(lijst, raw) if raw else ""
        except PastNiet as problem:
            problems.append(f"{entry.plaats}: de code '{_shown(raw)}' {problem}.")
            continue
        if not code:
            problems.append(f"{entry.plaats}: de code ontbreekt.")
        elif not label:
            problems.append(f"{entry.plaats}: de code '{_shown(raw)}' heeft geen naam.")
        elif len(label) > MAX_LABEL:
            problems.append(f"{entry.plaats}: de naam is langer dan {MAX_LABEL} tekens.")
        elif re.search(r"[\x00-\x1f\x7f]", label):
            problems.append(f"{entry.plaats}: de naam bevat een onzichtbaar teken.")
        elif code in entries:
            same = "" if written[code] == raw else f" (het getal {code}, net als '{_shown(written[code])}')"
            problems.append(f"{entry.plaats}: de code '{_shown(raw)}'{same} staat er twee keer in.")
        else:
            written[code] = raw
            entries[code] = Ingang(code, label, _synonyms(label, entry.synoniemen))
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        rest = f" En nog {more} andere {'fout' if more == 1 else 'fouten'}." if more > 0 else ""
        raise Leesfout(" ".join(problems[:_SHOWN_PROBLEMS]) + rest)
    if not entries:
        raise Leesfout("Er staat geen enkele code in dit bestand.")
    return list(entries.values())


def _synonyms(label: str, words: Iterable[str]) -> tuple[str, ...]:
    cleaned = (" ".join(word.replace("\x00", "").split())[:MAX_LABEL] for word in words)
    return tuple(dict.fromkeys(word for word in cleaned if word and word != label))[:_MAX_SYNONYMS]


def _shown(text: str) -> str:
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= 60 else f"{text[:57]}..."


# --- CSV ---------------------------------------------------------------------------------------------------


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Leesfout("De tekens in dit bestand zijn niet te lezen. Sla het bestand op als CSV in UTF-8.")


def _csv(text: str) -> Iterator[_Found]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lstrip()[:1] in {"{", "["}:
        raise Leesfout("Dit is JSON. Geef een CSV-bestand, of SKOS in RDF/XML of Turtle.")
    per_synonym = _columns_per_synonym(first)
    if per_synonym is not None:
        yield from _per_synonym(text, *per_synonym)
        return
    code, label, synoniem, delimiter = _columns(first)
    # `newline=""`: the csv module reads a line break inside quotes itself.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header_seen = False
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if not header_seen:
                header_seen = True
                continue
            if max(code, label) >= len(row):
                raise Leesfout(f"Regel {rows.line_num}: deze regel heeft minder kolommen dan de kop.")
            words = re.split(r"[\n|;]", row[synoniem]) if synoniem is not None and synoniem < len(row) else ()
            yield _Found(f"Regel {rows.line_num}", row[code], row[label], words)
    except csv.Error:
        raise Leesfout(
            f"Regel {rows.line_num}: hier klopt de opbouw niet, bijvoorbeeld een aanhalingsteken dat niet sluit. "
            "Sla de lijst opnieuw op als CSV."
        ) from None


def _columns_per_synonym(header: str) -> tuple[int, int, int, str] | None:
    """Finds the positions of the code and the name of the occupation and of the synonym, and the separator.

    Gives None for a list that has no row per synonym.
    """
    for delimiter, names in _split_header(header):
        parent, name = _column(names, OUDERCODE_KOLOMMEN), _column(names, OUDERNAAM_KOLOMMEN)
        word = _column(names, (*SYNONIEM_KOLOMMEN, "synonym", *LABEL_KOLOMMEN))
        if parent is not None and name is not None and word is not None and word != name:
            return parent, name, word, delimiter
    return None


def _per_synonym(text: str, parent: int, name: int, word: int, delimiter: str) -> Iterator[_Found]:
    """Yields each occupation once, with all synonyms that have it, wherever they stand in the file."""
    found: dict[str, tuple[str, str, list[str]]] = {}
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for place, row in enumerate(row for row in rows if any(cell.strip() for cell in row)):
            if place == 0:
                continue
            where = f"Regel {rows.line_num}"
            if max(parent, name, word) >= len(row):
                raise Leesfout(f"{where}: deze regel heeft minder kolommen dan de kop.")
            code, label = row[parent].strip(), " ".join(row[name].split())
            known = found.setdefault(code, (where, label, []))
            if known[1] != label:
                raise Leesfout(
                    f"{where}: de code '{_shown(code)}' heeft hier een andere naam dan in {known[0].lower()}."
                )
            known[2].append(row[word])
    except csv.Error:
        raise Leesfout(
            f"Regel {rows.line_num}: hier klopt de opbouw niet, bijvoorbeeld een aanhalingsteken dat niet sluit. "
            "Sla de lijst opnieuw op als CSV."
        ) from None
    for code, (where, label, words) in found.items():
        yield _Found(where, code, label, words)


def _split_header(header: str) -> Iterator[tuple[str, list[str]]]:
    """Yields each separator with the bare names of the columns that it gives."""
    for delimiter in (";", ",", "\t"):
        try:
            cells = next(csv.reader([header], delimiter=delimiter), [])
        except csv.Error:
            continue
        yield delimiter, [re.sub(r"[\W_]+", "", cell.casefold()) for cell in cells]


def _columns(header: str) -> tuple[int, int, int | None, str]:
    """Finds the positions of code, label and synonyms, and the separator of the columns."""
    for delimiter, names in _split_header(header):
        code, label = _column(names, CODE_KOLOMMEN), _column(names, LABEL_KOLOMMEN)
        if code is not None and label is not None:
            return code, label, _column(names, SYNONIEM_KOLOMMEN), delimiter
    raise Leesfout(
        "De eerste regel is geen kop met een kolom voor de code en een voor de naam. "
        "Noem die kolommen 'code' en 'label', met een komma of puntkomma ertussen."
    )


def _column(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


# --- SKOS --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Concept:
    """All that a file says about one concept, collected from anywhere in the file."""

    namen: dict[str, list[str]] = field(default_factory=dict)
    andere: list[str] = field(default_factory=list)
    schemas: set[str] = field(default_factory=set)
    is_concept: bool = True
    vervallen: bool = False
    # The addresses of labels of SKOS-XL, which have a description of their own.
    naam_op: list[str] = field(default_factory=list)
    andere_op: list[str] = field(default_factory=list)
    # For such a label itself: its text, and the language of it.
    vorm: tuple[str, str] | None = None

    def add_name(self, text: str, language: str) -> None:
        """Adds a preferred name, once."""
        names = self.namen.setdefault(language, [])
        if text not in names:
            names.append(text)

    def add_other(self, text: str, language: str) -> None:
        """Adds another word, in Dutch or in no language."""
        if language in {"nl", ""}:
            self.andere.append(text)


def _is_xml(data: bytes) -> bool:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data[2:4] in (b"<\x00", b"\x00<")
    return data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"


def _skos(concepts: dict[str, _Concept], schemas: Collection[str]) -> Iterator[_Found]:
    _follow_labels(concepts)
    known = {schema for concept in concepts.values() for schema in concept.schemas}
    if unknown := sorted(set(schemas) - known):
        raise Leesfout(f"Dit bestand heeft geen schema {unknown[0]}. {_choose(known)}".strip())
    if not schemas and len(known) > 1:
        raise Leesfout(f"Dit bestand bevat meer dan een lijst. {_choose(known)}")
    for uri, concept in concepts.items():
        if not concept.is_concept or concept.vervallen or not concept.namen:
            continue
        if schemas and concept.schemas.isdisjoint(schemas):
            continue
        # Dutch comes before a name without a language, and that before any other.
        language = min(concept.namen, key=lambda lang: ({"nl": 0, "": 1, "en": 2}.get(lang, 3), lang))
        names = list(dict.fromkeys(concept.namen[language]))
        if len(names) > 1:
            raise Leesfout(f"Concept {_shown(uri)} heeft meer dan een naam: {_shown(' en '.join(names))}.")
        yield _Found(f"Concept {_shown(uri)}", uri, names[0], concept.andere)


def _follow_labels(concepts: dict[str, _Concept]) -> None:
    """Gives each concept the texts of the labels of SKOS-XL that it refers to."""
    for concept in list(concepts.values()):
        for address in concept.naam_op:
            if (label := concepts.get(address)) is not None and label.vorm is not None:
                concept.add_name(*label.vorm)
        for address in concept.andere_op:
            if (label := concepts.get(address)) is not None and label.vorm is not None:
                concept.add_other(*label.vorm)


def _concepts_in_turtle(text: str) -> dict[str, _Concept]:
    concepts: dict[str, _Concept] = {}
    try:
        for subject, predicate, thing in triples(text):
            concept = concepts.setdefault(subject, _Concept())
            if isinstance(thing, Tekst):
                _note_text(concept, predicate, " ".join(thing.tekst.split()), thing.taal.partition("-")[0])
            else:
                _note_resource(concept, predicate, thing)
    except GeenTurtle as problem:
        raise Leesfout(
            f"Regel {problem.regel}: dit is geen goede Turtle. Download het bestand opnieuw, of neem RDF/XML."
        ) from None
    return concepts


def _note_resource(concept: _Concept, predicate: str, resource: str) -> None:
    if predicate == f"{_RDF}type":
        concept.is_concept = concept.is_concept and resource not in _NOT_CONCEPTS
    elif predicate in {f"{_SKOS}inScheme", f"{_SKOS}topConceptOf"}:
        concept.schemas.add(resource)
    elif predicate == f"{_SKOSXL}prefLabel":
        concept.naam_op.append(resource)
    elif predicate == f"{_SKOSXL}altLabel":
        concept.andere_op.append(resource)


def _note_text(concept: _Concept, predicate: str, text: str, language: str) -> None:
    if predicate == f"{_SKOS}prefLabel":
        concept.add_name(text, language)
    elif predicate == f"{_SKOS}altLabel":
        concept.add_other(text, language)
    elif predicate == f"{_SKOSXL}literalForm":
        concept.vorm = (text, language)
    elif predicate == f"{_OWL}deprecated" and text in {"true", "1"}:
        concept.vervallen = True


def _choose(known: Collection[str]) -> str:
    if not known:
        return ""
    shown = sorted(known)[:8]
    return f"Kies met --schema uit: {', '.join(map(_shown, shown))}."


def _concepts(data: bytes) -> dict[str, _Concept]:
    concepts: dict[str, _Concept] = {}
    root: etree._Element | None = None
    try:
        for event, element in etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            if root is None:
                root = element
                _check_root(root)
            if event == "start" or element is root:
                continue
            about = element.get(_ABOUT) or element.get(_NODE)
            if about is not None and (element.get(_ABOUT) is not None or len(element)):
                _note(concepts.setdefault(str(about), _Concept()), element)
            if element.getparent() is root:
                # Free the memory of what has been read.
                element.clear()
                while element.getprevious() is not None:
                    del root[0]
    except etree.XMLSyntaxError as error:
        raise Leesfout(
            f"Het bestand is geen goede XML (regel {error.lineno or 1}). Download het opnieuw of sla het opnieuw op."
        ) from None
    return concepts


def _check_root(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Leesfout(
            "Het bestand begint met een DOCTYPE. Zulke bestanden worden om veiligheid niet gelezen. "
            "Sla de lijst op als RDF/XML zonder DOCTYPE en entiteiten."
        )
    if root.tag != f"{{{_RDF}}}RDF":
        raise Leesfout("Dit is XML, maar geen SKOS in RDF/XML: het bestand begint niet met rdf:RDF.")


def _note(concept: _Concept, element: etree._Element) -> None:
    """Adds the content of one description to its concept, or to the label that it is."""
    _note_resource(concept, f"{_RDF}type", _name(element))
    for child in element:
        predicate, resource = _name(child), child.get(_RESOURCE) or child.get(_NODE)
        if resource is not None:
            _note_resource(concept, predicate, str(resource))
        elif len(child):
            _note_inside(concept, predicate, child[0])
        else:
            _note_text(concept, predicate, " ".join((child.text or "").split()), _language(child))


def _note_inside(concept: _Concept, predicate: str, label: etree._Element) -> None:
    """Adds a label of SKOS-XL that is written inside its concept."""
    form = label.find(f"{{{_SKOSXL}}}literalForm")
    if form is None:
        return
    text, language = " ".join((form.text or "").split()), _language(form)
    if predicate == f"{_SKOSXL}prefLabel":
        concept.add_name(text, language)
    elif predicate == f"{_SKOSXL}altLabel":
        concept.add_other(text, language)


def _name(element: etree._Element) -> str:
    """Gives the address that the name of an element stands for."""
    return str(element.tag).replace("{", "", 1).replace("}", "", 1)


def _language(element: etree._Element) -> str:
    """Gives the language of a text, its own or that of the element around it: nl for nl-NL too."""
    node: etree._Element | None = element
    while node is not None:
        language = node.get(_LANG)
        if language is not None:
            return str(language).lower().partition("-")[0]
        node = node.getparent()
    return ""


def lijst_of(naam: str) -> Lijst:
    """Gives the list with this name. Raises Leesfout that names the lists there are."""
    try:
        return LIJSTEN[naam]
    except KeyError:
        raise Leesfout(f"De lijst '{_shown(naam)}' bestaat niet. Kies uit: {', '.join(LIJSTEN)}.") from None
