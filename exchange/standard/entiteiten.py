"""Holds the data standard itself: every entity and attribute of the three kinds of records, one entry each.

Names, codes and lengths are those of gegevensstandaard 1.5 and interface 3.1; the explanations are our own. A
new attribute here is checked, shown, mapped and published everywhere. One that can be asked (`zoekbaar`) also
has a line in `exchange.vum3.zoekvelden` and a column in `exchange.bron.models`.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, TypedDict, Unpack

from exchange.standard import waardelijsten as lijsten
from exchange.standard.identifiers import (
    CIJFERS_PATROON,
    ID_PATROON,
    KVK_PATROON,
    POSTCODE_PATROON,
    TAAL_PATROON,
)
from exchange.standard.model import Attribuut, Entiteit, Gegevenstype, Profiel, Soort, Waardelijst

# --- The types that attributes share -----------------------------------------------------------------------


class _Options(TypedDict, total=False):
    """The options that an entry may add to the basics of its type."""

    meervoudig: bool
    verplicht: bool
    zoekbaar: bool
    profiel: Profiel
    gevoelig: bool
    contactgegeven: bool


class _CodeOptions(_Options, total=False):
    """The form of a code from a list that others maintain."""

    lengte: int
    minimum: int
    maximum: int
    patroon: str
    vorm: str


def _tekst(
    naam: str, label: str, uitleg: str, lengte: int, voorbeeld: str, **options: Unpack[_Options]
) -> Attribuut:
    return Attribuut(naam, label, uitleg, Gegevenstype.TEKST, lengte=lengte, voorbeeld=voorbeeld, **options)


def _vrije_tekst(
    naam: str, label: str, uitleg: str, lengte: int, voorbeeld: str, **options: Unpack[_Options]
) -> Attribuut:
    return replace(_tekst(naam, label, uitleg, lengte, voorbeeld, **options), vrije_tekst=True)


def _vaste_vorm(
    naam: str,
    label: str,
    uitleg: str,
    patroon: str,
    vorm: str,
    voorbeeld: str,
    **options: Unpack[_Options],
) -> Attribuut:
    return Attribuut(
        naam, label, uitleg, Gegevenstype.TEKST, patroon=patroon, vorm=vorm, voorbeeld=voorbeeld, **options
    )


def _id(naam: str, label: str, uitleg: str, voorbeeld: str) -> Attribuut:
    vorm = "ten hoogste 200 letters, cijfers, punten, streepjes en liggende streepjes"
    return _vaste_vorm(naam, label, uitleg, ID_PATROON, vorm, voorbeeld, verplicht=True)


def _postcode(naam: str, label: str, uitleg: str, **options: Unpack[_Options]) -> Attribuut:
    vorm = "vier cijfers en twee letters zonder spatie, zoals 1234AB"
    return _vaste_vorm(naam, label, uitleg, POSTCODE_PATROON, vorm, "1234AB", **options)


def _getal(
    naam: str, label: str, uitleg: str, maximum: int, voorbeeld: int, **options: Unpack[_Options]
) -> Attribuut:
    return Attribuut(
        naam,
        label,
        uitleg,
        Gegevenstype.GETAL,
        minimum=0,
        maximum=maximum,
        voorbeeld=voorbeeld,
        **options,
    )


def _datum(naam: str, label: str, uitleg: str, voorbeeld: str, **options: Unpack[_Options]) -> Attribuut:
    return Attribuut(naam, label, uitleg, Gegevenstype.DATUM, voorbeeld=voorbeeld, **options)


def _code(
    naam: str,
    label: str,
    uitleg: str,
    waardelijst: Waardelijst,
    voorbeeld: str | int,
    **options: Unpack[_CodeOptions],
) -> Attribuut:
    return Attribuut(
        naam, label, uitleg, Gegevenstype.CODE, waardelijst=waardelijst, voorbeeld=voorbeeld, **options
    )


def _uri(naam: str, label: str, uitleg: str, waardelijst: Waardelijst, voorbeeld: str) -> Attribuut:
    return _code(naam, label, uitleg, waardelijst, voorbeeld, lengte=200)


def _indicatie(naam: str, label: str, uitleg: str, **options: Unpack[_Options]) -> Attribuut:
    return _code(naam, label, uitleg, lijsten.JA_NEE_ONBEKEND, 1, **options)


def _taalniveau(vaardigheid: str, uitleg: str, **options: Unpack[_Options]) -> Attribuut:
    naam = f"codeNiveauTaalbeheersing{vaardigheid.capitalize()}"
    label = f"Code niveau taalbeheersing {vaardigheid}"
    return _code(naam, label, uitleg, lijsten.TAALBEHEERSING, 3, **options)


def _ja_nee(naam: str, label: str, uitleg: str, **options: Unpack[_Options]) -> Attribuut:
    return Attribuut(naam, label, uitleg, Gegevenstype.JA_NEE, voorbeeld=True, **options)


def _groep(
    naam: str,
    entiteit: Entiteit,
    label: str | None = None,
    uitleg: str | None = None,
    **options: Unpack[_Options],
) -> Attribuut:
    """Makes a property that holds an entity.

    It takes the entity's name and explanation, unless others are given.
    """
    return Attribuut(
        naam,
        label or entiteit.label,
        uitleg or entiteit.uitleg,
        Gegevenstype.GROEP,
        groep=entiteit,
        **options,
    )


def _meervoudig(attribuut: Attribuut) -> Attribuut:
    """Gives the same attribute as a list of values."""
    return replace(attribuut, meervoudig=True)


def _niet_zoekbaar(entiteit: Entiteit, naam: str) -> Entiteit:
    """Gives the same entity for a place where a selectievraag cannot ask for that attribute."""
    if naam not in (attribuut.naam for attribuut in entiteit.attributen):
        raise ValueError(f"{entiteit.naam} has no {naam}")
    return replace(
        entiteit,
        attributen=tuple(
            replace(attribuut, zoekbaar=False) if attribuut.naam == naam else attribuut
            for attribuut in entiteit.attributen
        ),
    )


# --- Attributes and entities that more than one kind uses --------------------------------------------------

EMAILADRES: Final = _tekst(
    "emailadres",
    "E-mail adres",
    "Het adres om een e-mail naartoe te sturen.",
    320,
    "werkplein@example.org",
    contactgegeven=True,
)
TELEFOONNUMMER: Final = _tekst(
    "telefoonnummer", "Telefoonnummer", "Het nummer om te bellen.", 14, "0101234567", contactgegeven=True
)
HANDELSNAAM: Final = _tekst(
    "handelsnaamOrganisatie",
    "Handelsnaam organisatie",
    "De naam die de werkgever in het dagelijks verkeer gebruikt.",
    500,
    "Bakkerij De Proef",
)
CODE_SBI: Final = _code(
    "codeSbi",
    "Code SBI",
    "Het nummer van de bedrijfstak in de indeling van het CBS.",
    lijsten.SBI,
    47241,
    minimum=0,
    maximum=99999,
)
STRAATNAAM: Final = _tekst(
    "straatnaam",
    "Straatnaam",
    "De straat van het adres, zo nodig ingekort.",
    24,
    "Dorpsstraat",
)
HUISNUMMER: Final = _getal("huisnummer", "Huisnummer", "Het nummer van het pand.", 99999, 10)
HUISNUMMERTOEVOEGING: Final = _tekst(
    "huisnummertoevoeging",
    "Huisnummertoevoeging",
    "De letter of toevoeging achter het huisnummer.",
    6,
    "bis",
)
NAAM_CONTACTPERSOON: Final = _tekst(
    "naamContactpersoonAfdeling",
    "Naam contactpersoon/-afdeling",
    "Wie of welke afdeling vragen kan beantwoorden.",
    35,
    "Werkplein Voorbeeldstad",
    contactgegeven=True,
)
AANVANG_WERKZAAMHEDEN: Final = _datum(
    "datumAanvangWerkzaamheden",
    "Datum aanvang werkzaamheden",
    "De dag waarop dit werk begint of begon.",
    "2026-09-01",
)
EINDE_WERKZAAMHEDEN: Final = _datum(
    "datumEindeWerkzaamheden",
    "Datum einde werkzaamheden",
    "De dag waarop dit werk stopt of stopte.",
    "2027-08-31",
)

SECTOR: Final = Entiteit(
    "SectorBeroepsEnBedrijfsleven",
    "Sector beroeps- en bedrijfsleven",
    "De bedrijfstak waar het om gaat.",
    (CODE_SBI,),
)
BEROEP: Final = Entiteit(
    "Beroep",
    "Beroep",
    "Het beroep volgens CompetentNL.",
    (
        replace(
            _uri(
                "codeBeroepsnaam",
                "Code beroepsnaam",
                "De verwijzing naar het beroep in CompetentNL.",
                lijsten.BEROEPEN,
                "urn:um-demo:beroep:bakker",
            ),
            zoekbaar=True,
        ),
    ),
)
COMPETENTIEBEHEERSING: Final = Entiteit(
    "Competentiebeheersing",
    "Competentiebeheersing",
    "Een vaardigheid die iemand heeft of die het werk vraagt.",
    (
        _uri(
            "codeCompetentie",
            "Code competentie",
            "De verwijzing naar de vaardigheid in CompetentNL.",
            lijsten.COMPETENTIES,
            "urn:um-demo:competentie:samenwerken",
        ),
    ),
)
CONTRACTVORM: Final = Entiteit(
    "Contractvorm",
    "Contractvorm",
    "Het soort contract dat gewenst is of wordt geboden.",
    (
        _code(
            "codeTypeArbeidscontract",
            "Code type arbeidscontract",
            "Of het contract een einddatum heeft of vast is.",
            lijsten.TYPE_ARBEIDSCONTRACT,
            "B",
            zoekbaar=True,
        ),
        _code(
            "codeTypeOvereenkomst",
            "Code type overeenkomst",
            "Of het om een gewone baan gaat, een leerbaan, vrijwilligerswerk of een werkervaringsplaats.",
            lijsten.TYPE_OVEREENKOMST,
            "01",
        ),
    ),
)
RIJBEWIJS: Final = Entiteit(
    "Rijbewijs",
    "Rijbewijs",
    "Een rijbewijs dat iemand heeft of dat voor het werk nodig is.",
    (
        _code(
            "codeSoortRijbewijs",
            "Code soort rijbewijs",
            "De categorie van het rijbewijs.",
            lijsten.SOORT_RIJBEWIJS,
            "B",
            zoekbaar=True,
        ),
    ),
)
TAALBEHEERSING: Final = Entiteit(
    "Taalbeheersing",
    "Taalbeheersing",
    "Hoe goed iemand een taal kent, of moet kennen.",
    (
        _code(
            "codeTaal",
            "Code taal",
            "De taal, als code van drie letters.",
            lijsten.TALEN,
            "nld",
            patroon=TAAL_PATROON,
            vorm="drie kleine letters, zoals nld voor Nederlands",
            zoekbaar=True,
        ),
        _taalniveau("mondeling", "Hoe goed iemand de taal spreekt.", zoekbaar=True),
        _taalniveau("schriftelijk", "Hoe goed iemand de taal schrijft.", zoekbaar=True),
        _taalniveau("lezen", "Hoe goed iemand teksten in de taal leest."),
        _taalniveau("luisteren", "Hoe goed iemand de taal verstaat."),
    ),
)
VERVOERMIDDEL: Final = Entiteit(
    "Vervoermiddel",
    "Vervoermiddel",
    "Een vervoermiddel dat iemand heeft of dat voor het werk nodig is.",
    (
        _code(
            "codeVervoermiddel",
            "Code vervoermiddel",
            "Wat voor vervoermiddel het is.",
            lijsten.VERVOERMIDDEL,
            1,
        ),
        _indicatie(
            "indicatieBeschikbaarVoorUitvoeringWerk",
            "Indicatie beschikbaar voor uitvoering werk",
            "Of het vervoermiddel tijdens het werk te gebruiken is.",
        ),
        _indicatie(
            "indicatieBeschikbaarVoorWoonWerkverkeer",
            "Indicatie beschikbaar voor woon-werkverkeer",
            "Of het vervoermiddel te gebruiken is om naar het werk te gaan.",
        ),
    ),
)
WEBADRES: Final = Entiteit(
    "Webadres",
    "Webadres",
    "Een pagina op internet met meer informatie.",
    (
        _code("codeWebadres", "Code webadres", "Waar de pagina over gaat.", lijsten.SOORT_WEBADRES, 3),
        _tekst("url", "URL", "Het volledige adres van de pagina.", 1000, "https://www.example.org/"),
    ),
)
WERKTIJDEN: Final = Entiteit(
    "Werktijden",
    "Werktijden",
    "Hoeveel uur en op welke tijden er gewerkt wordt.",
    (
        _getal(
            "aantalWerkurenPerWeekMinimaal",
            "Aantal werkuren per week minimaal",
            "Het kleinste aantal uren in een werkweek.",
            99,
            24,
            zoekbaar=True,
        ),
        _getal(
            "aantalWerkurenPerWeekMaximaal",
            "Aantal werkuren per week maximaal",
            "Het grootste aantal uren in een werkweek.",
            99,
            36,
            zoekbaar=True,
        ),
        _indicatie(
            "indicatieKantoortijden",
            "Indicatie kantoortijden",
            "Of het werk overdag is, tijdens kantooruren.",
            zoekbaar=True,
        ),
    ),
)

_FLEXIBILITEIT: Final = (
    _datum(
        "datumEindeBeschikbaarVoorWerk",
        "Datum einde beschikbaar voor werk",
        "Tot en met welke dag er gewerkt kan worden.",
        "2027-12-31",
    ),
    _indicatie(
        "indicatieOnregelmatigWerkOfPloegendienst",
        "Indicatie onregelmatig werk of ploegendienst",
        "Of er op wisselende tijden of in ploegen wordt gewerkt.",
        zoekbaar=True,
    ),
)
_CURSUS: Final = (
    _vrije_tekst("naamCursus", "Naam cursus", "Hoe de cursus heet.", 120, "Heftruckcertificaat"),
    _vrije_tekst(
        "toelichtingCursus",
        "Toelichting cursus",
        "Wat iemand in de cursus leert.",
        2000,
        "Veilig rijden met een heftruck.",
    ),
    _code(
        "indicatieCertificaat",
        "Indicatie certificaat",
        "Of de cursus met een bewijs is afgesloten of afgesloten moet zijn.",
        lijsten.JA_NEE_ONBEKEND_NVT,
        1,
    ),
)
_OPLEIDING: Final = (
    _code(
        "codeNiveauOpleiding",
        "Code niveau opleiding",
        "Het niveau van de opleiding, van basisonderwijs tot universiteit.",
        lijsten.OPLEIDINGSNIVEAU,
        4,
    ),
    _code(
        "codeOpleidingsnaam",
        "Code opleidingsnaam",
        "Het nummer van de opleiding in de lijst van SuwiML.",
        lijsten.OPLEIDINGEN,
        "1234567",
        lengte=10,
        patroon=CIJFERS_PATROON,
        vorm="alleen cijfers",
    ),
    _vrije_tekst(
        "toelichtingOpleiding",
        "Toelichting opleiding",
        "Wat de opleiding inhoudt, in gewone woorden.",
        2000,
        "Mbo-opleiding brood en banket.",
    ),
    _code(
        "indicatieDiploma",
        "Indicatie diploma",
        "Of de opleiding met een diploma is afgesloten of afgesloten moet zijn.",
        lijsten.JA_NEE_ONBEKEND_NVT,
        1,
    ),
)
_NAAM_OPLEIDINGSINSTITUUT: Final = _vrije_tekst(
    "naamOpleidingsinstituut",
    "Naam opleidingsinstituut",
    "De school of aanbieder die de lessen geeft of gaf.",
    500,
    "ROC Voorbeeldstad",
)

# --- Werkzoekende ------------------------------------------------------------------------------------------

WERKZOEKENDE: Final = Entiteit(
    "Werkzoekende",
    "Werkzoekende",
    "Iemand die werk zoekt: wat die kan, wil en nodig heeft.",
    (
        _id(
            "idWerkzoekende",
            "ID Werkzoekende",
            "Het kenmerk van dit profiel bij de gemeente die het aanbiedt.",
            "wz-0001",
        ),
        _groep(
            "mobiliteit",
            Entiteit(
                "Mobiliteit",
                "Mobiliteit",
                "Waar iemand woont en hoe ver iemand wil reizen.",
                (
                    _postcode(
                        "bemiddelingspostcode",
                        "Bemiddelingspostcode",
                        "De plek waar de afstand tot het werk vanaf wordt gemeten.",
                        verplicht=True,
                        zoekbaar=True,
                    ),
                    _getal(
                        "maximaleReisafstand",
                        "Maximale reisafstand",
                        "Hoeveel kilometer iemand ten hoogste naar het werk wil reizen.",
                        999,
                        30,
                    ),
                    _getal(
                        "maximaleReistijd",
                        "Maximale reistijd",
                        "Hoeveel minuten iemand ten hoogste naar het werk wil reizen.",
                        999,
                        45,
                    ),
                ),
            ),
            verplicht=True,
        ),
        _groep(
            "bemiddelingsberoep",
            BEROEP,
            "Bemiddelingsberoep",
            "Een beroep waarin iemand werk zoekt.",
            meervoudig=True,
        ),
        _groep("sector", SECTOR, uitleg="Een bedrijfstak waarin iemand werk zoekt.", meervoudig=True),
        _groep("contractvorm", CONTRACTVORM, meervoudig=True),
        _groep("werktijden", WERKTIJDEN),
        _groep(
            "flexibiliteit",
            Entiteit(
                "Flexibiliteit",
                "Flexibiliteit",
                "Wanneer iemand kan werken en hoe ruim dat kan.",
                (
                    _datum(
                        "datumAanvangBeschikbaarVoorWerk",
                        "Datum aanvang beschikbaar voor werk",
                        "Vanaf welke dag iemand kan beginnen.",
                        "2026-09-01",
                        zoekbaar=True,
                    ),
                    *_FLEXIBILITEIT,
                ),
            ),
        ),
        _groep("vervoermiddel", VERVOERMIDDEL, meervoudig=True),
        _groep(
            "arbeidsmarktkwalificatie",
            Entiteit(
                "Arbeidsmarktkwalificatie",
                "Arbeidsmarktkwalificatie",
                "Wat iemand heeft geleerd, gedaan en kan.",
                (
                    _code(
                        "codeWerkEnDenkniveauWerkzoekende",
                        "Code werk- en denkniveau werkzoekende",
                        "Het niveau dat iemand aankan door opleiding of door ervaring.",
                        lijsten.WERK_EN_DENKNIVEAU,
                        4,
                    ),
                    _groep(
                        "opleiding",
                        Entiteit(
                            "Opleiding",
                            "Opleiding",
                            "Een opleiding die iemand doet of heeft gedaan.",
                            (
                                *_OPLEIDING,
                                _code(
                                    "codeStatusOpleiding",
                                    "Code status opleiding",
                                    "Of de opleiding loopt, af is of is afgebroken.",
                                    lijsten.STATUS_OPLEIDING,
                                    1,
                                ),
                                _datum(
                                    "datumAanvangVolgenOpleiding",
                                    "Datum aanvang volgen opleiding",
                                    "Wanneer de opleiding begon.",
                                    "2019-09-01",
                                ),
                                _datum(
                                    "datumEindeVolgenOpleiding",
                                    "Datum einde volgen opleiding",
                                    "Wanneer de opleiding stopte, met of zonder diploma.",
                                    "2023-06-30",
                                ),
                                _datum(
                                    "datumDiploma",
                                    "Datum diploma",
                                    "De datum waarop het diploma is afgegeven.",
                                    "2023-07-07",
                                ),
                                _NAAM_OPLEIDINGSINSTITUUT,
                            ),
                        ),
                        meervoudig=True,
                    ),
                    _groep(
                        "cursus",
                        Entiteit(
                            "Cursus",
                            "Cursus",
                            "Een cursus die iemand doet, heeft gedaan of gaat doen.",
                            (
                                *_CURSUS,
                                _datum(
                                    "datumAanvangVolgenCursus",
                                    "Datum aanvang volgen cursus",
                                    "Wanneer de cursus begon of begint.",
                                    "2024-01-15",
                                ),
                                _datum(
                                    "datumEindeVolgenCursus",
                                    "Datum einde volgen cursus",
                                    "Wanneer de cursus stopte of stopt.",
                                    "2024-02-15",
                                ),
                                _datum(
                                    "datumCertificaat",
                                    "Datum certificaat",
                                    "De datum waarop het certificaat is afgegeven.",
                                    "2024-03-01",
                                ),
                                _NAAM_OPLEIDINGSINSTITUUT,
                            ),
                        ),
                        meervoudig=True,
                    ),
                    _groep(
                        "werkervaring",
                        Entiteit(
                            "Werkervaring",
                            "Werkervaring",
                            "Werk dat iemand doet of heeft gedaan.",
                            (
                                _groep(
                                    "beroep",
                                    _niet_zoekbaar(BEROEP, "codeBeroepsnaam"),
                                    uitleg="Het beroep dat iemand toen had.",
                                ),
                                AANVANG_WERKZAAMHEDEN,
                                EINDE_WERKZAAMHEDEN,
                                _vrije_tekst(
                                    "naamOrganisatie",
                                    "Naam organisatie",
                                    "De werkgever bij wie iemand dit werk deed.",
                                    70,
                                    "Bakkerij De Proef",
                                ),
                                _vrije_tekst(
                                    "toelichtingWerkervaring",
                                    "Toelichting werkervaring",
                                    "Wat iemand in dit werk deed.",
                                    2000,
                                    "Brood bakken en de winkel helpen.",
                                ),
                            ),
                        ),
                        meervoudig=True,
                    ),
                    _groep(
                        "competentiebeheersing",
                        COMPETENTIEBEHEERSING,
                        uitleg="Een vaardigheid die iemand heeft.",
                        meervoudig=True,
                    ),
                    _groep(
                        "taalbeheersing",
                        TAALBEHEERSING,
                        uitleg="Hoe goed iemand een taal kent.",
                        meervoudig=True,
                    ),
                    _groep("rijbewijs", RIJBEWIJS, uitleg="Een rijbewijs dat iemand heeft.", meervoudig=True),
                    _groep(
                        "interesse",
                        Entiteit(
                            "Interesse",
                            "Interesse",
                            "Iets waar iemand zich graag mee bezighoudt.",
                            (
                                _vrije_tekst(
                                    "naamInteresse",
                                    "Naam interesse",
                                    "Waar de belangstelling naar uitgaat.",
                                    120,
                                    "Koken",
                                ),
                            ),
                        ),
                        meervoudig=True,
                    ),
                ),
                in_label=False,
            ),
        ),
        _code(
            "indicatieBeschikbaarheidContactgegevens",
            "Indicatie beschikbaarheid contactgegevens",
            "Of het volledige profiel laat zien hoe je contact opneemt.",
            lijsten.JA_NEE,
            1,
        ),
        _vrije_tekst(
            "persoonlijkePresentatie",
            "Persoonlijke presentatie",
            "Een korte tekst waarin iemand zich voorstelt.",
            2000,
            "Ik werk graag samen en sta vroeg op.",
            profiel=Profiel.DETAIL,
        ),
        _code(
            "indicatieLdrRegistratie",
            "Indicatie LDR-registratie",
            "Of iemand in het doelgroepregister van de banenafspraak staat.",
            lijsten.JA_NEE,
            2,
            profiel=Profiel.DETAIL,
            gevoelig=True,
        ),
        _groep(
            "eisAanWerk",
            Entiteit(
                "EisAanWerk",
                "Eis aan werk",
                "Wat er op het werk nodig is om het vol te houden.",
                (
                    _indicatie(
                        "indicatieAanpassingWerkomgeving",
                        "Indicatie aanpassing werkomgeving",
                        "Of de werkplek moet worden aangepast.",
                        gevoelig=True,
                    ),
                    _indicatie(
                        "indicatieBegeleiding",
                        "Indicatie begeleiding",
                        "Of er begeleiding op het werk nodig is.",
                        gevoelig=True,
                    ),
                    _indicatie(
                        "indicatieWerkvariatie",
                        "Indicatie werkvariatie",
                        "Of er afwisseling in het werk nodig is.",
                        gevoelig=True,
                    ),
                ),
            ),
            profiel=Profiel.DETAIL,
        ),
        replace(_meervoudig(EMAILADRES), profiel=Profiel.DETAIL),
        replace(_meervoudig(TELEFOONNUMMER), profiel=Profiel.DETAIL),
        _groep(
            "webadres",
            WEBADRES,
            uitleg="Een pagina op internet over deze persoon, zoals een cv.",
            meervoudig=True,
            profiel=Profiel.DETAIL,
            contactgegeven=True,
        ),
        _groep(
            "contactpersoon",
            Entiteit(
                "ContactpersoonAfdeling",
                "Contactpersoon/-afdeling",
                "Met wie je over deze persoon contact opneemt.",
                (NAAM_CONTACTPERSOON, EMAILADRES, TELEFOONNUMMER),
            ),
            meervoudig=True,
            profiel=Profiel.DETAIL,
            contactgegeven=True,
        ),
    ),
)

# --- Vacature ----------------------------------------------------------------------------------------------

VACATURE: Final = Entiteit(
    "Vacature",
    "Vacature",
    "Een baan waar een werkgever iemand voor zoekt.",
    (
        _id(
            "idVacature",
            "ID Vacature",
            "Het kenmerk van deze vacature bij de gemeente die haar aanbiedt.",
            "vac-0001",
        ),
        _tekst(
            "nummerVacature",
            "Nummer vacature",
            "Het nummer dat het systeem aan de vacature gaf.",
            11,
            "2026-000001",
            profiel=Profiel.DETAIL,
        ),
        _vrije_tekst("naamVacature", "Naam vacature", "De titel van de vacature.", 120, "Bakker"),
        _vrije_tekst(
            "omschrijvingVacature",
            "Omschrijving vacature",
            "Wat het werk is en wie de werkgever zoekt.",
            2000,
            "Je bakt brood in een klein team.",
        ),
        _datum(
            "sluitingsdatumVacature",
            "Sluitingsdatum vacature",
            "Tot en met wanneer je kunt reageren.",
            "2026-12-31",
        ),
        _groep("beroep", BEROEP, uitleg="Het beroep waar de werkgever iemand voor zoekt."),
        _groep("sector", SECTOR, uitleg="De bedrijfstak waar de baan onder valt."),
        _groep(
            "adres",
            Entiteit(
                "Adres",
                "Adres",
                "De plek waar het werk wordt gedaan.",
                (
                    _postcode(
                        "postcode",
                        "Postcode",
                        "De postcode van de plek waar het werk is.",
                        verplicht=True,
                        zoekbaar=True,
                    ),
                    STRAATNAAM,
                    HUISNUMMER,
                    HUISNUMMERTOEVOEGING,
                ),
            ),
            verplicht=True,
        ),
        _groep(
            "arbeidsVoorwaarden",
            Entiteit(
                "ArbeidsVoorwaarden",
                "Arbeidsvoorwaarden",
                "Wat de werkgever biedt en wanneer het werk begint.",
                (
                    replace(AANVANG_WERKZAAMHEDEN, zoekbaar=True),
                    EINDE_WERKZAAMHEDEN,
                    _vrije_tekst(
                        "omschrijvingArbeidsvoorwaarden",
                        "Omschrijving arbeidsvoorwaarden",
                        "Wat de werkgever naast het werk zelf biedt.",
                        2000,
                        "Reiskosten en een gratis brood per week.",
                    ),
                    _vrije_tekst(
                        "salarisIndicatie",
                        "Salarisindicatie",
                        "Wat het werk ongeveer verdient.",
                        100,
                        "2.500 tot 2.900 euro bruto per maand",
                    ),
                ),
            ),
        ),
        _groep("contractvorm", _niet_zoekbaar(CONTRACTVORM, "codeTypeArbeidscontract"), meervoudig=True),
        _groep("werktijden", _niet_zoekbaar(WERKTIJDEN, "indicatieKantoortijden")),
        _groep(
            "flexibiliteit",
            Entiteit("Flexibiliteit", "Flexibiliteit", "Hoe ruim de werktijden zijn.", _FLEXIBILITEIT),
        ),
        _code(
            "codeWerkEnDenkniveauMinimaal",
            "Code werk- en denkniveau minimaal",
            "Het niveau dat iemand voor dit werk ten minste moet hebben.",
            lijsten.WERK_EN_DENKNIVEAU_MINIMAAL,
            "3",
            zoekbaar=True,
        ),
        _groep(
            "opleiding",
            Entiteit("Opleiding", "Opleiding", "Een opleiding die de werkgever vraagt.", _OPLEIDING),
            meervoudig=True,
        ),
        _groep(
            "cursus",
            Entiteit("Cursus", "Cursus", "Een cursus die de werkgever vraagt.", _CURSUS),
            meervoudig=True,
        ),
        _groep(
            "werkervaring",
            Entiteit(
                "Werkervaring",
                "Werkervaring",
                "De ervaring die de werkgever vraagt.",
                (
                    _getal(
                        "aantalJarenWerkzaamInBeroep",
                        "Aantal jaren werkzaam in beroep",
                        "Hoeveel jaar ervaring in dit vak nodig is.",
                        99,
                        2,
                    ),
                ),
            ),
            meervoudig=True,
        ),
        _groep(
            "competentiebeheersing",
            COMPETENTIEBEHEERSING,
            uitleg="Een vaardigheid die het werk vraagt.",
            meervoudig=True,
        ),
        _groep(
            "taalbeheersing",
            TAALBEHEERSING,
            uitleg="Hoe goed iemand een taal moet kennen.",
            meervoudig=True,
        ),
        _groep("rijbewijs", RIJBEWIJS, uitleg="Een rijbewijs dat voor het werk nodig is.", meervoudig=True),
        _groep(
            "vervoermiddel",
            VERVOERMIDDEL,
            uitleg="Een vervoermiddel dat voor het werk nodig is.",
            meervoudig=True,
        ),
        _groep(
            "sollicitatiewijze",
            Entiteit(
                "Sollicitatiewijze",
                "Sollicitatiewijze",
                "Hoe je op de vacature kunt reageren.",
                (
                    _code(
                        "codeSollicitatiewijze",
                        "Code sollicitatiewijze",
                        "Of je per post, telefoon, e-mail of formulier reageert.",
                        lijsten.SOLLICITATIEWIJZE,
                        "4",
                    ),
                    _groep("webadres", WEBADRES, uitleg="De pagina waar je kunt reageren."),
                ),
            ),
            meervoudig=True,
        ),
        _groep(
            "werkgever",
            Entiteit(
                "Werkgever",
                "Werkgever",
                "Het bedrijf dat iemand zoekt.",
                (
                    HANDELSNAAM,
                    _groep(
                        "sector",
                        SECTOR,
                        uitleg="Een bedrijfstak waarin de werkgever werkt.",
                        meervoudig=True,
                    ),
                    _groep(
                        "webadres",
                        WEBADRES,
                        uitleg="Een pagina op internet van de werkgever.",
                        meervoudig=True,
                    ),
                    _groep(
                        "contactpersoon",
                        Entiteit(
                            "ContactpersoonAfdeling",
                            "Contactpersoon/-afdeling",
                            "Met wie je over de vacature contact opneemt.",
                            (NAAM_CONTACTPERSOON, _meervoudig(EMAILADRES), _meervoudig(TELEFOONNUMMER)),
                        ),
                        meervoudig=True,
                        profiel=Profiel.DETAIL,
                        contactgegeven=True,
                    ),
                ),
            ),
        ),
    ),
)

# --- Werkgeverscontactmoment -------------------------------------------------------------------------------

# This kind has no workbook: the labels are ours. It has no detail profile either, so every attribute is ZOEK.
_NAAM: Final = _tekst("naam", "Naam", "Hoe deze persoon heet.", 70, "J. Voorbeeld", contactgegeven=True)

WERKGEVERSCONTACTMOMENT: Final = Entiteit(
    "Werkgeverscontactmoment",
    "Werkgeverscontactmoment",
    "Een gesprek of ander contact tussen een accountmanager en een werkgever.",
    (
        _datum("datum", "Datum", "De dag van het contact.", "2026-05-20", verplicht=True, zoekbaar=True),
        _code("codeOnderwerp", "Code onderwerp", "Waar het contact over ging.", lijsten.ONDERWERP_CONTACT, 1),
        _code("codeSoort", "Code soort", "Wat voor contact het was.", lijsten.SOORT_CONTACT, 1),
        _groep(
            "accountmanager",
            Entiteit(
                "Accountmanager",
                "Accountmanager",
                "Wie namens de gemeente of het werkplein met de werkgever sprak.",
                (
                    _NAAM,
                    _tekst(
                        "naamOrganisatie",
                        "Naam organisatie",
                        "Waar de accountmanager werkt.",
                        70,
                        "Werkplein Voorbeeldstad",
                    ),
                    EMAILADRES,
                    TELEFOONNUMMER,
                ),
            ),
            contactgegeven=True,
        ),
        _groep(
            "werkgever",
            Entiteit(
                "WerkgeverWerkgeverscontactmoment",
                "Werkgever",
                "Het bedrijf waar het contact mee was.",
                (
                    _vaste_vorm(
                        "nummerKvk",
                        "Nummer KvK",
                        "Het nummer van het bedrijf bij de Kamer van Koophandel.",
                        KVK_PATROON,
                        "precies acht cijfers",
                        "12345678",
                        verplicht=True,
                        zoekbaar=True,
                    ),
                    HANDELSNAAM,
                    CODE_SBI,
                    _code(
                        "codeSoortAfspraken",
                        "Code soort afspraken",
                        "Wat voor afspraken er zijn gemaakt.",
                        lijsten.SOORT_AFSPRAKEN,
                        1,
                    ),
                    _ja_nee(
                        "erkendSbbLeerbedrijf",
                        "Erkend SBB-leerbedrijf",
                        "Of SBB dit bedrijf als leerbedrijf heeft erkend.",
                    ),
                    _groep(
                        "vestigingsadres",
                        Entiteit(
                            "Vestigingsadres",
                            "Vestigingsadres",
                            "Waar het bedrijf zit.",
                            (
                                _postcode("postcode", "Postcode", "De postcode van het bedrijf."),
                                replace(STRAATNAAM, uitleg="De straat van het adres.", lengte=70),
                                HUISNUMMER,
                                HUISNUMMERTOEVOEGING,
                                _tekst(
                                    "woonplaatsnaam",
                                    "Woonplaatsnaam",
                                    "De plaats van het adres.",
                                    70,
                                    "Voorbeeldstad",
                                ),
                                _groep(
                                    "contactpersoonAfdeling",
                                    Entiteit(
                                        "ContactpersoonAfdelingWerkgeverscontactmoment",
                                        "Contactpersoon/-afdeling",
                                        "Met wie het contact bij de werkgever was.",
                                        (
                                            _NAAM,
                                            _tekst(
                                                "functie",
                                                "Functie",
                                                "Wat deze persoon bij het bedrijf doet.",
                                                70,
                                                "Personeelsadviseur",
                                            ),
                                            EMAILADRES,
                                            TELEFOONNUMMER,
                                        ),
                                    ),
                                    contactgegeven=True,
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
)

STANDAARD: Final[Mapping[Soort, Entiteit]] = MappingProxyType(
    {
        Soort.WERKZOEKENDEN: WERKZOEKENDE,
        Soort.VACATURES: VACATURE,
        Soort.WERKGEVERSCONTACTMOMENTEN: WERKGEVERSCONTACTMOMENT,
    }
)
