"""Chooses the columns of the templates, with their headers, options and examples."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from exchange.standard import Attribuut, Gegevenstype, Soort, Veld, veld_op, velden
from exchange.standard.boom import named_groups
from exchange.waardelijsten.lijsten import LIJSTEN
from exchange.waardelijsten.models import Code
from exchange.waardelijsten.talen import VEELGEVRAAGD
from um_portal.workbooks.writer import KOP
from uploads.mapping.cells.text import is_absent
from uploads.mapping.doelen import list_of
from uploads.mapping.eigen import VOORBEELD_ID

SOORTEN: Final = (Soort.WERKZOEKENDEN, Soort.VACATURES)
# A longer list is no drop-down: nobody finds anything in it, and it makes the file slow.
MAX_LIJST: Final = 6000
# Longer labels are sentences; then the code is offered, with the label next to it.
_LANGSTE_LABEL: Final = 40
BANDEN = (KOP.vulling, "EDEDED")
_KWALIFICATIE = "arbeidsmarktkwalificatie."


@dataclass(frozen=True, slots=True)
class _Vak:
    """Attributes whose columns stand together.

    With a number, each attribute gets that many columns, set after set.
    """

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
# The attributes that the portal fills in by itself, and the reason.
VANZELF: Final[Mapping[Soort, Mapping[str, str]]] = {
    Soort.WERKZOEKENDEN: {
        "indicatieBeschikbaarheidContactgegevens": "Het portaal vult dit zelf in: Ja als er contactgegevens zijn, "
        "anders Nee."
    },
    Soort.VACATURES: {},
}


@dataclass(frozen=True, slots=True)
class Sjabloonkolom:
    """A column of a template. `nummer` counts from 1 within a repeated group; 0 when it is not repeated."""

    kop: str
    veld: Veld
    nummer: int
    band: int


# Per value list (by `list_of`): the options, each with its meaning.
Lijstopties = Mapping[str, Sequence[tuple[str, str]]]


@cache
def kolommen(soort: Soort) -> tuple[Sjabloonkolom, ...]:
    """Gives the columns of the template for this kind, in order.

    Raises KeyError for a kind without a template.
    """
    found: list[Sjabloonkolom] = []
    for band, vak in enumerate(_VAKKEN[soort]):
        for nummer in range(1, vak.aantal + 1) if vak.aantal else (0,):
            for pad in vak.paden:
                leaf = veld_op(soort, pad)
                kop = _kop(soort, leaf, nummer if vak.aantal > 1 else 0)
                found.append(Sjabloonkolom(kop, leaf, nummer, band))
    return tuple(found)


def _kop(soort: Soort, leaf: Veld, nummer: int) -> str:
    """Gives the shortest official name that identifies the attribute by itself, as the header."""
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
    return Counter(leaf.label for leaf in velden(soort))


def _is_named_after_group(soort: Soort, leaf: Veld) -> bool:
    """Tells whether it is a code that is the only attribute of the one group with that name.

    Examples are a driving licence and an occupation.
    """
    named = named_groups(leaf.voorouders)
    group = leaf.voorouders[-1].groep if leaf.voorouders else None
    namesakes = {
        other.pad.rpartition(".")[0]
        for other in velden(soort)
        if leaf.voorouders and other.voorouders and other.voorouders[-1].label == leaf.voorouders[-1].label
    }
    return (
        len(named) == len(namesakes) == 1
        and group is not None
        and len(group.attributen) == 1
        and leaf.attribuut.type is Gegevenstype.CODE
    )


def remaining(soort: Soort) -> tuple[Veld, ...]:
    """Gives the attributes without a column; people can add one themselves."""
    used = {kolom.veld.pad for kolom in kolommen(soort)}
    return tuple(leaf for leaf in velden(soort) if leaf.pad not in used and leaf.pad not in VANZELF[soort])


def lists() -> Lijstopties:
    """Reads the lists that others keep, if they are loaded and short enough to choose from; one query."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = Code.objects.geldig().filter(lijst__in=LIJSTEN).order_by("lijst", "label", "code")
    for lijst, code, label in rows.values_list("lijst", "code", "label"):
        found.setdefault(lijst, []).append((code, label))
    talen = list_of(_taal())
    found[talen] = [(code, naam) for code, naam in VEELGEVRAAGD.items()]
    return {lijst: _offered(codes) for lijst, codes in found.items() if len(codes) <= MAX_LIJST}


def _taal() -> Attribuut:
    return veld_op(Soort.VACATURES, "taalbeheersing[].codeTaal").attribuut


def _offered(codes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Gives each code as its label, with the code as its meaning.

    A label that two codes share is not clear; then the code is offered, and the label is its meaning.
    """
    times = Counter(label.casefold() for _, label in codes)
    return [
        (label, code) if times[label.casefold()] == 1 and not is_absent(label) else (code, label)
        for code, label in codes
    ]


def options_of(attribuut: Attribuut, lijsten: Lijstopties) -> Sequence[tuple[str, str]]:
    """Gives the options for an attribute, each with its meaning; none without a list to choose from."""
    lijst = attribuut.waardelijst
    if lijst is None:
        return ()
    if lijst.extern:
        return lijsten.get(list_of(attribuut), ())
    # An empty cell says "not known" just as well.
    known = [(str(code), label) for code, label in lijst.waarden.items() if not is_absent(label)]
    if any(len(label) > _LANGSTE_LABEL for _, label in known):
        return known
    return [(label, f"code {code}") for code, label in known]


def example_of(kolom: Sjabloonkolom, soort: Soort, lijsten: Lijstopties) -> str | int | dt.date | None:
    """Gives the fictitious value of the example row in this column, or None.

    Of a repeated group only the first set of columns has one.
    """
    attribuut = kolom.veld.attribuut
    if kolom.veld.pad == soort.id_pad:
        return VOORBEELD_ID
    if kolom.nummer > 1 or attribuut.voorbeeld is None:
        return None
    options = options_of(attribuut, lijsten)
    if options:
        return _chosen(attribuut, options)
    if attribuut.type is Gegevenstype.DATUM:
        return dt.date.fromisoformat(str(attribuut.voorbeeld))
    return attribuut.voorbeeld if not isinstance(attribuut.voorbeeld, bool) else None


def _chosen(attribuut: Attribuut, options: Sequence[tuple[str, str]]) -> str:
    """Gives the option that the standard's example stands for, or else the first."""
    code = str(attribuut.voorbeeld)
    for value, meaning in options:
        if code in (value, meaning, meaning.removeprefix("code ")):
            return value
    return options[0][0]
