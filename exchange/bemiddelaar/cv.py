"""Arranges a search profile as people read a CV: the essentials, words, languages, and what came when.

Nothing gets lost: what has no place of its own here follows under `verder`, in the words of the standard.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from exchange.bemiddelaar.models import Resultaat
from exchange.display import Labels, Pairs, as_pairs, group_pairs, labels_in, value_text
from exchange.standard import Soort
from um_portal.presentation.templatetags.um import datum

_NIET: Final = "Niet opgegeven"
_NIVEAUS: Final = ("Mondeling", "Schriftelijk", "Lezen", "Luisteren")
#: The skills of a language, as the heads of the table.
TAAL_KOPPEN: Final = ("Spreken", "Schrijven", "Lezen", "Verstaan")


@dataclass(frozen=True, slots=True)
class Woorden:
    """A heading with a few words below it; no words means that it was not given."""

    kop: str
    woorden: list[str]


@dataclass(frozen=True, slots=True)
class Tijdvak:
    """Something that somebody did: its title, when, a text and the rest of it."""

    titel: str
    periode: str
    tekst: str
    verder: Pairs


@dataclass(slots=True)
class Cv:
    """One match, to be read from top to bottom."""

    kern: list[tuple[str, str]] = field(default_factory=list)
    tekst: str = ""
    woorden: list[Woorden] = field(default_factory=list)
    talen: list[tuple[str, list[str]]] = field(default_factory=list)
    #: Headings with what came when, the last first.
    lijnen: list[tuple[str, list[Tijdvak]]] = field(default_factory=list)
    verder: Pairs = field(default_factory=list)


class _Rest:
    """The part of a profile that has not been shown yet; taking a value removes it."""

    def __init__(self, soort: Soort, profiel: Mapping[str, Any], labels: Labels) -> None:
        self.soort, self.labels = soort, labels
        self.values: dict[str, Any] = copy.deepcopy(dict(profiel))

    def take(self, pad: str) -> Any:
        """Gives the value at this path and removes it; None when there is none."""
        *groups, name = pad.split(".")
        place: Any = self.values
        for group in groups:
            place = place.get(group) if isinstance(place, dict) else None
        return place.pop(name, None) if isinstance(place, dict) else None

    def text(self, pad: str) -> str:
        """Gives the text of the single value at this path; what is no single value stays where it is."""
        found = self.take(pad)
        shown = value_text(self.soort, pad, found, self.labels)
        if not shown:
            self.put_back(pad, found)
        return shown

    def groups(self, pad: str) -> list[dict[str, Any]]:
        """Gives the groups of the list at this path; what is no list of groups stays where it is."""
        found = self.take(pad)
        if isinstance(found, list) and all(isinstance(item, dict) for item in found):
            return found
        self.put_back(pad, found)
        return []

    def put_back(self, pad: str, value: Any) -> None:
        """Puts a value back that was taken."""
        *groups, name = pad.split(".")
        place: Any = self.values
        for group in groups:
            place = place.get(group) if isinstance(place, dict) else None
        if value is not None and isinstance(place, dict):
            place[name] = value

    def lines(self, pad: str) -> list[str]:
        """Gives each group of a list as one line of text: its values, and labels where there are more than one."""
        found = []
        for item in self.groups(pad):
            pairs = group_pairs(self.soort, f"{pad}[]", item, self.labels)
            texts = [
                str(value) if number == 0 else f"{label.lower()}: {str(value).lower()}"
                for number, (label, value) in enumerate(pairs)
            ]
            found.append("; ".join(filter(None, texts)))
        return list(dict.fromkeys(filter(None, found)))


def _period(begin: Any, end: Any) -> str:
    if begin and end:
        return f"{datum(begin)} – {datum(end)}"
    return f"vanaf {datum(begin)}" if begin else f"tot {datum(end)}" if end else ""


@dataclass(frozen=True, slots=True)
class _Vorm:
    """The fields of a group that make its title, its text and its period."""

    titels: Sequence[str]
    tekst: str = ""
    begin: str = ""
    eind: str = ""
    leeg: str = ""


def _line(rest: _Rest, pad: str, vorm: _Vorm) -> list[tuple[str, Tijdvak]]:
    found = []
    for item in rest.groups(pad):
        inner = _Rest(rest.soort, item, rest.labels)

        def text(name: str, inner: _Rest = inner) -> str:
            value = inner.take(name)
            shown = value_text(rest.soort, f"{pad}[].{name}", value, rest.labels)
            if not shown:
                inner.put_back(name, value)
            return shown

        titles = [shown for name in vorm.titels if (shown := text(name))]
        begin, end = inner.take(vorm.begin), inner.take(vorm.eind)
        tijdvak = Tijdvak(
            titel=", ".join(titles) or vorm.leeg,
            periode=_period(begin, end),
            tekst=text(vorm.tekst) if vorm.tekst else "",
            verder=group_pairs(rest.soort, f"{pad}[]", inner.values, rest.labels),
        )
        # Without an end it goes on; without any date nobody knows.
        found.append((str(end or ("9999" if begin else "")), tijdvak))
    return found


def _by_date(found: Iterable[tuple[str, Tijdvak]]) -> list[Tijdvak]:
    return [tijdvak for _, tijdvak in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _languages(rest: _Rest, pad: str) -> list[tuple[str, list[str]]]:
    def cell(item: Mapping[str, Any], name: str) -> str:
        return value_text(rest.soort, f"{pad}[].{name}", item.get(name), rest.labels)

    return [
        (
            cell(item, "codeTaal") or _NIET,
            [cell(item, f"codeNiveauTaalbeheersing{niveau}") for niveau in _NIVEAUS],
        )
        for item in rest.groups(pad)
    ]


def _hours(rest: _Rest, resultaat: Resultaat) -> tuple[str, str]:
    if resultaat.uren is not None:
        rest.take("werktijden.aantalWerkurenPerWeekMaximaal")
    if resultaat.uren_min is not None:
        rest.take("werktijden.aantalWerkurenPerWeekMinimaal")
    return "Uren per week", resultaat.uren_tekst


def _place(rest: _Rest, resultaat: Resultaat) -> tuple[str, str]:
    if resultaat.postcode:
        rest.take(rest.soort.postcode_pad or "")
    return "Waar", ", ".join(filter(None, (resultaat.waar, resultaat.afstand_tekst)))


def _day(rest: _Rest, label: str, value: Any, pad: str) -> tuple[str, str]:
    if value is not None:
        rest.take(pad)
    return label, str(datum(value)) if value else ""


def _jobseeker(rest: _Rest, resultaat: Resultaat, cv: Cv) -> None:
    travel = []
    if resultaat.reisafstand is not None:
        rest.take("mobiliteit.maximaleReisafstand")
        travel.append(f"{resultaat.reisafstand} km")
    if minutes := rest.text("mobiliteit.maximaleReistijd"):
        travel.append(f"{minutes} minuten")
    cv.kern = [
        _place(rest, resultaat),
        _hours(rest, resultaat),
        _day(rest, "Beschikbaar vanaf", resultaat.vanaf, "flexibiliteit.datumAanvangBeschikbaarVoorWerk"),
        ("Reist tot", " of ".join(travel)),
    ]
    within = "arbeidsmarktkwalificatie"
    cv.woorden = [
        Woorden("Zoekt werk als", rest.lines("bemiddelingsberoep")),
        Woorden("In de sector", rest.lines("sector")),
        Woorden("Contract", rest.lines("contractvorm")),
        Woorden("Kan goed", rest.lines(f"{within}.competentiebeheersing")),
        Woorden("Rijbewijs", rest.lines(f"{within}.rijbewijs")),
        Woorden("Vervoer", rest.lines("vervoermiddel")),
        Woorden("Interesses", rest.lines(f"{within}.interesse")),
    ]
    cv.talen = _languages(rest, f"{within}.taalbeheersing")
    work = _Vorm(
        ("beroep.codeBeroepsnaam", "naamOrganisatie"),
        "toelichtingWerkervaring",
        "datumAanvangWerkzaamheden",
        "datumEindeWerkzaamheden",
        "Werk",
    )
    school = _Vorm(
        ("codeOpleidingsnaam", "codeNiveauOpleiding", "naamOpleidingsinstituut"),
        "toelichtingOpleiding",
        "datumAanvangVolgenOpleiding",
        "datumEindeVolgenOpleiding",
        "Opleiding",
    )
    course = _Vorm(
        ("naamCursus", "naamOpleidingsinstituut"),
        "toelichtingCursus",
        "datumAanvangVolgenCursus",
        "datumEindeVolgenCursus",
        "Cursus",
    )
    cv.lijnen = [
        ("Werkervaring", _by_date(_line(rest, f"{within}.werkervaring", work))),
        (
            "Opleiding en cursussen",
            _by_date([*_line(rest, f"{within}.opleiding", school), *_line(rest, f"{within}.cursus", course)]),
        ),
    ]


def _vacancy(rest: _Rest, resultaat: Resultaat, cv: Cv) -> None:
    start = "arbeidsVoorwaarden.datumAanvangWerkzaamheden"
    cv.kern = [
        _place(rest, resultaat),
        _hours(rest, resultaat),
        _day(rest, "Begint", resultaat.vanaf, start),
        _day(rest, "Sluit", resultaat.sluit_op, "sluitingsdatumVacature"),
    ]
    cv.tekst = rest.text("omschrijvingVacature")
    years = [f"{line} jaar" for line in rest.lines("werkervaring")]
    cv.woorden = [
        Woorden(
            "Gezocht", list(filter(None, [rest.text("naamVacature"), rest.text("beroep.codeBeroepsnaam")]))
        ),
        Woorden("Werkgever", list(filter(None, [rest.text("werkgever.handelsnaamOrganisatie")]))),
        Woorden("In de sector", list(filter(None, [rest.text("sector.codeSbi")]))),
        Woorden("Contract", rest.lines("contractvorm")),
        Woorden("Werk- en denkniveau", list(filter(None, [rest.text("codeWerkEnDenkniveauMinimaal")]))),
        Woorden("Ervaring", years),
        Woorden("Moet goed kunnen", rest.lines("competentiebeheersing")),
        Woorden("Rijbewijs", rest.lines("rijbewijs")),
        Woorden("Vervoer", rest.lines("vervoermiddel")),
    ]
    cv.talen = _languages(rest, "taalbeheersing")
    school = _Vorm(("codeOpleidingsnaam", "codeNiveauOpleiding"), "toelichtingOpleiding", leeg="Opleiding")
    course = _Vorm(("naamCursus",), "toelichtingCursus", leeg="Cursus")
    wanted = [*_line(rest, "opleiding", school), *_line(rest, "cursus", course)]
    cv.lijnen = [("Gevraagde opleiding", [tijdvak for _, tijdvak in wanted])]


_OPMAAK: Final[Mapping[Soort, Callable[[_Rest, Resultaat, Cv], None]]] = {
    Soort.WERKZOEKENDEN: _jobseeker,
    Soort.VACATURES: _vacancy,
}


def arrange(soort: Soort, resultaat: Resultaat, labels: Labels | None = None) -> Cv:
    """Arranges the profile of a result; `labels` are the names of its codes, fetched when not given."""
    if labels is None:
        labels = labels_in(soort, [resultaat.profiel])
    rest, cv = _Rest(soort, resultaat.profiel, labels), Cv()
    _OPMAAK[soort](rest, resultaat, cv)
    cv.verder = as_pairs(soort, rest.values, labels)
    return cv


def side_by_side(soort: Soort, resultaten: Sequence[Resultaat]) -> list[tuple[str, list[str]]]:
    """Gives two to five results as rows of a table: a heading, and a text for each of them; one query."""
    labels = labels_in(soort, [resultaat.profiel for resultaat in resultaten])
    found = [arrange(soort, resultaat, labels) for resultaat in resultaten]
    rows: list[tuple[str, list[str]]] = []
    for number, (kop, _) in enumerate(found[0].kern):
        rows.append((kop, [cv.kern[number][1] for cv in found]))
    for number, woorden in enumerate(found[0].woorden):
        rows.append((woorden.kop, [", ".join(cv.woorden[number].woorden) for cv in found]))
    rows.append(("Talen", [", ".join(taal for taal, _ in cv.talen) for cv in found]))
    for number, (kop, _) in enumerate(found[0].lijnen):
        rows.append((kop, ["; ".join(tijdvak.titel for tijdvak in cv.lijnen[number][1]) for cv in found]))
    return rows
