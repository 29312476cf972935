"""Excel templates to fill in: headers that are recognised as they stand, drop-downs, and an explanation per column.

Everything comes from `exchange.standard`; only which attributes get a column, how many of them and in what order is
chosen here, by what people fill in. `lists` reads the codes that others keep; the rest knows no database.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from exchange.standard import Attribuut, Blad, Gegevenstype, Profiel, Soort, blad, bladeren
from exchange.standard.boom import named_groups
from exchange.waardelijsten.lijsten import LIJSTEN
from exchange.waardelijsten.models import Code
from exchange.waardelijsten.talen import VEELGEVRAAGD
from uploads.mapping.eigen import EIGEN_BLAD, VOORBEELD_ID
from uploads.mapping.regels import lijst_van
from uploads.mapping.cells.text import is_afwezig
from uploads.workbooks.cells import put
from uploads.workbooks.writer import DATUM_VORM, KOP, Opmaak, fit_to_width, make_room, to_bytes

SOORTEN: Final = (Soort.WERKZOEKENDEN, Soort.VACATURES)
# A longer list is no drop-down: nobody finds anything in it, and the file gets slow.
MAX_LIJST: Final = 6000
# As far down as drop-downs, dates and lengths are checked.
_LAATSTE_RIJ: Final = 20_000
# Labels that are longer are sentences; then the code is offered, with the label beside it.
_LANGSTE_LABEL: Final = 40
_AUTEUR = "UM-portaal"
_VERPLICHT = "1F3864"
_BANDEN = (KOP.vulling, "EDEDED")
_VOORBEELD = Opmaak(letter="7F7F7F", schuin=True)

_KWALIFICATIE = "arbeidsmarktkwalificatie."


@dataclass(frozen=True, slots=True)
class _Vak:
    """Attributes that stand together; with a number they get that many times a column each, one set after the other."""

    paden: tuple[str, ...]
    aantal: int = 0


_VAKKEN: Final[Mapping[Soort, tuple[_Vak, ...]]] = {
    Soort.WERKZOEKENDEN: (
        _Vak(("idWerkzoekende", "mobiliteit.bemiddelingspostcode", "mobiliteit.maximaleReisafstand")),
        _Vak(("bemiddelingsberoep[].codeBeroepsnaam",), 3),
        _Vak(
            (
                "werktijden.aantalWerkurenPerWeekMinimaal",
                "werktijden.aantalWerkurenPerWeekMaximaal",
                "werktijden.indicatieKantoortijden",
                "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst",
                "flexibiliteit.datumAanvangBeschikbaarVoorWerk",
            )
        ),
        _Vak(("contractvorm[].codeTypeArbeidscontract",), 2),
        _Vak((f"{_KWALIFICATIE}rijbewijs[].codeSoortRijbewijs",), 3),
        _Vak(("vervoermiddel[].codeVervoermiddel",), 2),
        _Vak(
            (
                f"{_KWALIFICATIE}taalbeheersing[].codeTaal",
                f"{_KWALIFICATIE}taalbeheersing[].codeNiveauTaalbeheersingMondeling",
                f"{_KWALIFICATIE}taalbeheersing[].codeNiveauTaalbeheersingSchriftelijk",
            ),
            3,
        ),
        _Vak((f"{_KWALIFICATIE}codeWerkEnDenkniveauWerkzoekende",)),
        _Vak(
            (
                f"{_KWALIFICATIE}opleiding[].codeNiveauOpleiding",
                f"{_KWALIFICATIE}opleiding[].toelichtingOpleiding",
                f"{_KWALIFICATIE}opleiding[].codeStatusOpleiding",
                f"{_KWALIFICATIE}opleiding[].indicatieDiploma",
            ),
            3,
        ),
        _Vak(
            (
                f"{_KWALIFICATIE}cursus[].naamCursus",
                f"{_KWALIFICATIE}cursus[].indicatieCertificaat",
            ),
            2,
        ),
        _Vak(
            (
                f"{_KWALIFICATIE}werkervaring[].beroep.codeBeroepsnaam",
                f"{_KWALIFICATIE}werkervaring[].toelichtingWerkervaring",
                f"{_KWALIFICATIE}werkervaring[].datumAanvangWerkzaamheden",
                f"{_KWALIFICATIE}werkervaring[].datumEindeWerkzaamheden",
            ),
            2,
        ),
        _Vak((f"{_KWALIFICATIE}competentiebeheersing[].codeCompetentie",), 3),
        _Vak(("sector[].codeSbi",), 2),
        _Vak(("persoonlijkePresentatie", "indicatieLdrRegistratie", "emailadres[]", "telefoonnummer[]")),
        _Vak(
            (
                "contactpersoon[].naamContactpersoonAfdeling",
                "contactpersoon[].emailadres",
                "contactpersoon[].telefoonnummer",
            ),
            1,
        ),
    ),
    Soort.VACATURES: (
        _Vak(
            (
                "idVacature",
                "naamVacature",
                "adres.postcode",
                "beroep.codeBeroepsnaam",
                "omschrijvingVacature",
                "sluitingsdatumVacature",
                "arbeidsVoorwaarden.datumAanvangWerkzaamheden",
                "werktijden.aantalWerkurenPerWeekMinimaal",
                "werktijden.aantalWerkurenPerWeekMaximaal",
                "werktijden.indicatieKantoortijden",
                "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst",
                "codeWerkEnDenkniveauMinimaal",
            )
        ),
        _Vak(("opleiding[].codeNiveauOpleiding", "opleiding[].toelichtingOpleiding"), 2),
        _Vak(("rijbewijs[].codeSoortRijbewijs",), 2),
        _Vak(("vervoermiddel[].codeVervoermiddel",), 1),
        _Vak(
            (
                "taalbeheersing[].codeTaal",
                "taalbeheersing[].codeNiveauTaalbeheersingMondeling",
                "taalbeheersing[].codeNiveauTaalbeheersingSchriftelijk",
            ),
            2,
        ),
        _Vak(("contractvorm[].codeTypeArbeidscontract", "contractvorm[].codeTypeOvereenkomst"), 1),
        _Vak(("werkervaring[].aantalJarenWerkzaamInBeroep",), 1),
        _Vak(("competentiebeheersing[].codeCompetentie",), 3),
        _Vak(("cursus[].naamCursus",), 1),
        _Vak(
            (
                "arbeidsVoorwaarden.salarisIndicatie",
                "arbeidsVoorwaarden.omschrijvingArbeidsvoorwaarden",
                "arbeidsVoorwaarden.datumEindeWerkzaamheden",
                "sector.codeSbi",
            )
        ),
        _Vak(("sollicitatiewijze[].codeSollicitatiewijze", "sollicitatiewijze[].webadres.url"), 1),
        _Vak(("werkgever.handelsnaamOrganisatie",)),
        _Vak(
            (
                "werkgever.contactpersoon[].naamContactpersoonAfdeling",
                "werkgever.contactpersoon[].emailadres[]",
                "werkgever.contactpersoon[].telefoonnummer[]",
            ),
            1,
        ),
    ),
}
# What the portal fills in by itself, and why.
VANZELF: Final[Mapping[Soort, Mapping[str, str]]] = {
    Soort.WERKZOEKENDEN: {
        "indicatieBeschikbaarheidContactgegevens": "Het portaal vult dit zelf in: Ja als er contactgegevens zijn, "
        "anders Nee."
    },
    Soort.VACATURES: {},
}


@dataclass(frozen=True, slots=True)
class Kolom:
    """A column of a template. `nummer` counts from 1 within a repeated group; 0 when it is not repeated."""

    kop: str
    blad: Blad
    nummer: int
    band: int


# Per value list (by `lijst_van`): what can be chosen, each with what it means.
Keuzes = Mapping[str, Sequence[tuple[str, str]]]


# --- Columns ------------------------------------------------------------------------------------------------


@cache
def kolommen(soort: Soort) -> tuple[Kolom, ...]:
    """The columns of the template for this kind, in their order. Raises KeyError for a kind without a template."""
    found: list[Kolom] = []
    for band, vak in enumerate(_VAKKEN[soort]):
        for nummer in range(1, vak.aantal + 1) if vak.aantal else (0,):
            for pad in vak.paden:
                leaf = blad(soort, pad)
                kop = _kop(soort, leaf, nummer if vak.aantal > 1 else 0)
                found.append(Kolom(kop, leaf, nummer, band))
    return tuple(found)


def _kop(soort: Soort, leaf: Blad, nummer: int) -> str:
    """The shortest official name that says which attribute it is, also to who sees the header alone."""
    if _is_named_after_group(soort, leaf):
        name = leaf.voorouders[-1].label
    else:
        alone = not leaf.in_lijst and _labels(soort)[leaf.label] == 1
        name = leaf.label if alone else leaf.volledig_label
    if nummer:
        return f"{name} {nummer}"
    return f"{name} *" if leaf.verplicht else name


@cache
def _labels(soort: Soort) -> Counter[str]:
    return Counter(leaf.label for leaf in bladeren(soort))


def _is_named_after_group(soort: Soort, leaf: Blad) -> bool:
    """Whether it is a code that is all there is to the one group of that name: a driving licence, an occupation."""
    named = named_groups(leaf.voorouders)
    group = leaf.voorouders[-1].groep if leaf.voorouders else None
    namesakes = {
        other.pad.rpartition(".")[0]
        for other in bladeren(soort)
        if leaf.voorouders and other.voorouders and other.voorouders[-1].label == leaf.voorouders[-1].label
    }
    return (
        len(named) == len(namesakes) == 1
        and group is not None
        and len(group.attributen) == 1
        and leaf.attribuut.type is Gegevenstype.CODE
    )


def rest(soort: Soort) -> tuple[Blad, ...]:
    """The attributes without a column; people can add one themselves."""
    used = {kolom.blad.pad for kolom in kolommen(soort)}
    return tuple(leaf for leaf in bladeren(soort) if leaf.pad not in used and leaf.pad not in VANZELF[soort])


# --- What can be chosen -------------------------------------------------------------------------------------


def lists() -> Keuzes:
    """The lists that others keep, as far as they are loaded and not too long to choose from; one query."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = Code.objects.geldig().filter(lijst__in=LIJSTEN).order_by("lijst", "label", "code")
    for lijst, code, label in rows.values_list("lijst", "code", "label"):
        found.setdefault(lijst, []).append((code, label))
    talen = lijst_van(_taal())
    found[talen] = [(code, naam) for code, naam in VEELGEVRAAGD.items()]
    return {lijst: _offered(codes) for lijst, codes in found.items() if len(codes) <= MAX_LIJST}


def _taal() -> Attribuut:
    return blad(Soort.VACATURES, "taalbeheersing[].codeTaal").attribuut


def _offered(codes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """By their labels, as people know them; a label that two codes share says nothing, and then the code is offered."""
    times = Counter(label.casefold() for _, label in codes)
    return [
        (label, code) if times[label.casefold()] == 1 and not is_afwezig(label) else (code, label)
        for code, label in codes
    ]


def keuzes(attribuut: Attribuut, lijsten: Keuzes) -> Sequence[tuple[str, str]]:
    """What can be chosen for an attribute, each with what it means; nothing when there is no list to choose from."""
    lijst = attribuut.waardelijst
    if lijst is None:
        return ()
    if lijst.extern:
        return lijsten.get(lijst_van(attribuut), ())
    # An empty cell says "not known" just as well.
    known = [(str(code), label) for code, label in lijst.waarden.items() if not is_afwezig(label)]
    if any(len(label) > _LANGSTE_LABEL for _, label in known):
        return known
    return [(label, f"code {code}") for code, label in known]


# --- The workbook -------------------------------------------------------------------------------------------


def make(soort: Soort, lijsten: Keuzes) -> bytes:
    """The template as a workbook. Raises KeyError for a kind without one."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = soort.label.capitalize()
    uitleg = workbook.create_sheet("Uitleg")
    offered = _write_lists(workbook.create_sheet("Lijsten"), soort, lijsten)
    _write_columns(sheet, soort, lijsten, offered)
    _write_explanation(uitleg, soort, lijsten)
    fit_to_width(uitleg)
    return to_bytes(workbook)


def _write_lists(sheet: Worksheet, soort: Soort, lijsten: Keuzes) -> dict[str, str]:
    """Every list in two columns; returns per list the cells with what can be chosen."""
    put(sheet.cell(1, 1), EIGEN_BLAD)
    places: dict[str, str] = {}
    column = 1
    for leaf in [*(kolom.blad for kolom in kolommen(soort)), *rest(soort)]:
        attribuut = leaf.attribuut
        name = lijst_van(attribuut)
        options = keuzes(attribuut, lijsten)
        if not options or name in places:
            continue
        title = attribuut.waardelijst.naam if attribuut.waardelijst is not None else name
        for offset, text in enumerate((title, "Betekenis of code")):
            cell = sheet.cell(3, column + offset)
            put(cell, text)
            KOP.apply(cell)
        for row, (value, meaning) in enumerate(options, start=4):
            for offset, text in enumerate((value, meaning)):
                cell = sheet.cell(row, column + offset)
                put(cell, text)
                cell.number_format = "@"
        letter = get_column_letter(column)
        places[name] = f"Lijsten!${letter}$4:${letter}${3 + len(options)}"
        longest = max(len(value) for value, _ in options)
        sheet.column_dimensions[letter].width = min(max(longest, len(title), 10) + 2, 60)
        sheet.column_dimensions[get_column_letter(column + 1)].width = 30
        column += 3
    sheet.freeze_panes = "A4"
    return places


def _write_columns(sheet: Worksheet, soort: Soort, lijsten: Keuzes, offered: Mapping[str, str]) -> None:
    for index, kolom in enumerate(kolommen(soort), start=1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index)
        put(head, kolom.kop)
        _head_look(head, kolom)
        text = _comment(kolom, lijsten)
        head.comment = Comment(
            text, _AUTEUR, height=60 + 15 * (text.count("\n") + len(text) // 45), width=330
        )
        dimension = sheet.column_dimensions[letter]
        dimension.width = _width(kolom)
        dimension.number_format = _number_format(kolom.blad.attribuut)
        validation = _validation(kolom, offered.get(lijst_van(kolom.blad.attribuut)))
        if validation is not None:
            validation.add(f"{letter}2:{letter}{_LAATSTE_RIJ}")
            sheet.add_data_validation(validation)
        example = sheet.cell(2, index)
        put(example, example_of(kolom, soort, lijsten))
        _VOORBEELD.apply(example)
        example.number_format = _number_format(kolom.blad.attribuut)
    sheet.row_dimensions[1].height = 48
    # The id and the postcode stay in sight.
    sheet.freeze_panes = "B2"


def _head_look(cell: Any, kolom: Kolom) -> None:
    if kolom.blad.verplicht:
        look = Opmaak(vulling=_VERPLICHT, letter="FFFFFF", vet=True, omloop=True)
    else:
        look = Opmaak(vulling=_BANDEN[kolom.band % 2], vet=True, omloop=True)
    look.apply(cell)


def _width(kolom: Kolom) -> float:
    attribuut = kolom.blad.attribuut
    if attribuut.vrije_tekst and (attribuut.lengte or 0) > 200:
        return 40
    return 24 if attribuut.type in {Gegevenstype.CODE, Gegevenstype.TEKST} else 16


def _number_format(attribuut: Attribuut) -> str:
    if attribuut.type is Gegevenstype.DATUM:
        return DATUM_VORM
    # As text: a number that is typed keeps the zeros in front of it.
    return "General" if attribuut.type is Gegevenstype.GETAL else "@"


def _validation(kolom: Kolom, cells: str | None) -> DataValidation | None:
    """What the program checks while somebody types. It warns and does not forbid: the portal has the last word."""
    attribuut = kolom.blad.attribuut
    common: dict[str, Any] = {"allow_blank": True, "errorStyle": "warning", "showErrorMessage": True}
    if cells is not None:
        return DataValidation(
            type="list",
            formula1=cells,
            errorTitle="Niet in de lijst",
            error="Kies een waarde uit de lijst. Staat uw eigen woord er niet bij, dan kunt u het na het aanleveren "
            "in het portaal koppelen.",
            **common,
        )
    if attribuut.type is Gegevenstype.DATUM:
        return DataValidation(
            type="date",
            operator="between",
            formula1="1",
            formula2="2958465",
            errorTitle="Geen datum",
            error="Vul een datum in als dag-maand-jaar, zoals 31-12-2026.",
            **common,
        )
    if attribuut.json_type == "integer" and attribuut.maximum is not None:
        return DataValidation(
            type="whole",
            operator="between",
            formula1=str(attribuut.minimum or 0),
            formula2=str(attribuut.maximum),
            errorTitle="Geen goed getal",
            error=f"Vul een heel getal in van {attribuut.minimum or 0} tot en met {attribuut.maximum}.",
            **common,
        )
    if attribuut.lengte is not None:
        return DataValidation(
            type="textLength",
            operator="lessThanOrEqual",
            formula1=str(attribuut.lengte),
            errorTitle="Te lang",
            error=f"Gebruik ten hoogste {attribuut.lengte} tekens.",
            **common,
        )
    return None


# --- Example ------------------------------------------------------------------------------------------------


def example_of(kolom: Kolom, soort: Soort, lijsten: Keuzes) -> str | int | dt.date | None:
    """What the example row has in this column: fictitious, and only in the first of a repeated group."""
    attribuut = kolom.blad.attribuut
    if kolom.blad.pad == soort.id_pad:
        return VOORBEELD_ID
    if kolom.nummer > 1 or attribuut.voorbeeld is None:
        return None
    options = keuzes(attribuut, lijsten)
    if options:
        return _chosen(attribuut, options)
    if attribuut.type is Gegevenstype.DATUM:
        return dt.date.fromisoformat(str(attribuut.voorbeeld))
    return attribuut.voorbeeld if not isinstance(attribuut.voorbeeld, bool) else None


def _chosen(attribuut: Attribuut, options: Sequence[tuple[str, str]]) -> str:
    """The option that the standard's example stands for, or else the first."""
    code = str(attribuut.voorbeeld)
    for value, meaning in options:
        if code in (value, meaning, meaning.removeprefix("code ")):
            return value
    return options[0][0]


# --- Words --------------------------------------------------------------------------------------------------


def how_to_fill(attribuut: Attribuut, lijsten: Keuzes) -> str:
    """In one or two sentences what to type in a cell."""
    lijst = attribuut.waardelijst
    if lijst is not None and keuzes(attribuut, lijsten):
        return f"Kies een waarde uit de lijst {lijst.naam}; zie het blad Lijsten."
    if lijst is not None:
        what = "het nummer" if lijst.numeriek or attribuut.vorm == "alleen cijfers" else "de code"
        return (
            f"Vul {what} in uit de lijst {lijst.naam}{_limit(attribuut)}. In het gegevenswoordenboek van het portaal "
            "kunt u zoeken in de lijst."
        )
    match attribuut.type:
        case Gegevenstype.DATUM:
            return "Een datum: dag-maand-jaar, zoals 31-12-2026."
        case Gegevenstype.GETAL:
            return f"Een heel getal van {attribuut.minimum} tot en met {attribuut.maximum}."
        case _:
            return f"Tekst{_limit(attribuut)}."


def _limit(attribuut: Attribuut) -> str:
    if attribuut.vorm is not None:
        return f": {attribuut.vorm}"
    return f" van ten hoogste {attribuut.lengte} tekens" if attribuut.lengte is not None else ""


def _who_sees(leaf: Blad) -> str:
    return "Iedereen die zoekt" if leaf.profiel is Profiel.ZOEK else "Alleen wie een detail opvraagt"


def _comment(kolom: Kolom, lijsten: Keuzes) -> str:
    leaf = kolom.blad
    lines = [leaf.volledig_label, leaf.attribuut.uitleg, how_to_fill(leaf.attribuut, lijsten)]
    if leaf.verplicht:
        lines.append("Verplicht: zonder dit gegeven gaat de rij niet mee.")
    if leaf.zoekbaar:
        lines.append("Hierop wordt gezocht.")
    lines.append(f"Wie ziet het: {_who_sees(leaf).lower()}.")
    if leaf.gevoelig:
        lines.append("Gevoelig: dit zegt iets over gezondheid of een beperking.")
    if leaf.vrije_tekst:
        lines.append("Schrijf hier geen namen, telefoonnummers of een BSN.")
    return "\n".join(lines)


_WERKWIJZE: Final = (
    "Vul op het eerste blad één rij per {een} in. Verander de namen van de kolommen niet; de volgorde mag wel anders.",
    "Kolommen met een * en een donkere kop zijn verplicht. De andere mag u leeg laten, maar hoe meer u invult, hoe "
    "beter er gevonden wordt.",
    "Weet u iets niet? Laat de cel dan leeg.",
    "De grijze rij is een verzonnen voorbeeld. Zolang er {id} staat, gaat die rij nooit mee.",
    "Een genummerde kolom, zoals {kolom}, is er voor als er meer dan één is. Begin bij 1.",
)
_TOESTEMMING: Final = (
    "Er is geen kolom voor toestemming: alles op dit blad gaat mee. "
    "Zet er alleen mensen in die toestemming gaven."
)
_BSN: Final = (
    "Zet nergens een BSN in. Gebruik als kenmerk het nummer uit uw eigen systeem, elke keer hetzelfde."
)


def _instructions(soort: Soort) -> Iterator[str]:
    first = next(kolom.kop for kolom in kolommen(soort) if kolom.kop.endswith(" 1"))
    for line in _WERKWIJZE:
        yield line.format(een=soort.enkelvoud, id=VOORBEELD_ID, kolom=first)
    if soort is Soort.WERKZOEKENDEN:
        yield _TOESTEMMING
        yield _BSN
    yield "Sla het bestand op en lever het in het portaal aan bij Leveringen. Het portaal herkent de kolommen vanzelf."


_UITLEG_KOPPEN: Final = (
    ("Kolom", 38),
    ("Wat het is", 60),
    ("Zo vult u het in", 60),
    ("Verplicht", 11),
    ("Hierop wordt gezocht", 14),
    ("Wie ziet het", 28),
    ("Gevoelig", 11),
    ("Voorbeeld", 30),
    ("Naam in de standaard", 60),
)


def _write_explanation(sheet: Worksheet, soort: Soort, lijsten: Keuzes) -> None:
    for index, (_, width) in enumerate(_UITLEG_KOPPEN, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    rows: list[tuple[Sequence[Any], bool]] = [([EIGEN_BLAD], False), ([], False)]
    rows.append(([f"Zo vult u dit sjabloon voor {soort.label} in"], True))
    rows += [([f"{number}. {line}"], False) for number, line in enumerate(_instructions(soort), start=1)]
    rows += [([], False), (["Wat er in elke kolom hoort"], True)]
    rows.append(([kop for kop, _ in _UITLEG_KOPPEN], True))
    seen: set[str] = set()
    for kolom in kolommen(soort):
        if kolom.blad.pad not in seen:
            seen.add(kolom.blad.pad)
            rows.append((_explained(kolom, soort, lijsten), False))
    rows += [([], False), (["Wat niet in dit sjabloon staat"], True)]
    rows.append(
        (
            [
                "Hebt u deze gegevens ook, voeg dan zelf een kolom toe met precies deze naam als kop. "
                "Kan het er meer dan één zijn, zet er dan een nummer achter."
            ],
            False,
        )
    )
    rows += [
        ([leaf.volledig_label, leaf.attribuut.uitleg, how_to_fill(leaf.attribuut, lijsten)], False)
        for leaf in rest(soort)
    ]
    rows += [([blad(soort, pad).volledig_label, waarom], False) for pad, waarom in VANZELF[soort].items()]
    for number, (values, bold) in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(number, column)
            put(cell, value)
            several = len(values) > 1
            Opmaak(vulling=_BANDEN[0] if bold and several else "", vet=bold, omloop=several).apply(cell)
        if len(values) > 1:
            make_room(sheet, number, len(values))


def _explained(kolom: Kolom, soort: Soort, lijsten: Keuzes) -> list[Any]:
    leaf = kolom.blad
    example = example_of(kolom, soort, lijsten)
    highest = max(other.nummer for other in kolommen(soort) if other.blad.pad == leaf.pad)
    name = kolom.kop.removesuffix(" *")
    return [
        f"{name} tot en met {highest}" if highest > 1 else name,
        leaf.attribuut.uitleg,
        how_to_fill(leaf.attribuut, lijsten),
        "Verplicht" if leaf.verplicht else "",
        "Ja" if leaf.zoekbaar else "",
        _who_sees(leaf),
        "Gevoelig" if leaf.gevoelig else "",
        example.strftime("%d-%m-%Y") if isinstance(example, dt.date) else str(example or ""),
        leaf.pad,
    ]
