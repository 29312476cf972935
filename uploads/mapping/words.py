"""Lists the words that people write in a cell, and their meaning; all other code reads them here.

For each value list of the standard there are three sorts of words, by the certainty of their meaning:

- `vast`: have the same meaning in every file. The preset of Sonar reads these and no others.
- `gangbaar`: have the same meaning in a column about this subject. A proposal recognises these and the `vast`
  ones, and writes them into the rule that it makes; therefore a conversion understands every word that a
  proposal recognised.
- `ruim`: probably have this meaning. They are only suggested to the clerk who maps values.

All words have the form in which cells are compared (`cells.text.woordsleutel`): without capitals and surplus
spaces; accents count.

These choices are made here, once:

- `x` is yes. An empty cell in the same column stays absent: nobody said no.
- `0` and `1` are no and yes in a column that has 0 and no other values than these two; a later 2 in such a
  column is unknown, not no. In any other column digits are the standard's own codes: 0 unknown, 1 yes, 2 no.
- A word with several possible codes ("startkwalificatie": havo, vwo or mbo) is in no list. "slecht" and
  "onvoldoende" are only suggested, because the standard has no level between none and reasonable.
- Words of lists that others keep (languages, occupations, sectors) are in those lists, not here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.standard import Code, Waardelijst
from exchange.standard import waardelijsten as lijsten

# --- Nothing ------------------------------------------------------------------------------------------------

# The words in a cell that mean that there is nothing. A municipality can have its own words instead; errors
# of the spreadsheet always count.
AFWEZIG_WOORDEN: Final = frozenset(
    {
        "", "-", "--", "---", "–", "—", ".", "?", "??", "???", "nnb", "n.n.b.", "n.n.b", "onbekend", "niet bekend",
        "nog niet bekend", "n.v.t.", "n.v.t", "nvt", "nvt.", "niet van toepassing", "leeg", "(leeg)", "null", "n/a",
        "#n/a", "#n/b", "#na", "#ref!", "#verw!", "#value!", "#waarde!", "#name?", "#naam?", "#div/0!", "#deel/0!",
        "#null!", "#leeg!", "#num!", "#getal!",
    }
)  # fmt: skip
# Says that a code means nothing, where somebody must write something.
LEEG: Final = "leeg"
# The words that programs, not people, write for nothing. They always count, whatever words a municipality has.
PROGRAMMAWOORDEN: Final = frozenset(
    {"nan", "none", "nat", "<na>", "\\n", "null", "(null)", "[null]", "undefined", "nil", "#null"}
)
# Words in a cell for a day: now, and to be agreed upon later.
PER_DIRECT: Final = frozenset(
    {
        "per direct", "direct", "per heden", "heden", "per omgaande", "z.s.m.", "zsm", "z.s.m", "zo snel mogelijk",
        "asap", "onmiddellijk", "per onmiddellijk", "direct beschikbaar", "nu", "vandaag", "meteen",
    }
)  # fmt: skip
IN_OVERLEG: Final = frozenset(
    {
        "i.o.", "io", "i.o", "in overleg", "nader te bepalen", "n.t.b.", "ntb", "n.o.t.k.", "notk", "n.t.b",
        "nader overeen te komen", "tbd", "flexibel", "doorlopend", "onbepaald", "open",
    }
)  # fmt: skip
# The hours a week that a word stands for, from and to.
UREN_WOORDEN: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    dict.fromkeys(("fulltime", "full time", "full-time", "ft", "voltijd", "voltijds", "volledig"), (36, 40))
)
# None of something of which a person can have several.
GEEN: Final = frozenset({"geen", "nee"})

# --- Yes and no ---------------------------------------------------------------------------------------------

JA: Final = "ja"
NEE: Final = "nee"
_JA_VAST: Final = "ja, j, true, waar"
_JA_GANGBAAR: Final = "x, yes, y, wel"
_NEE_VAST: Final = "nee, n, neen, false, onwaar"
_NEE_GANGBAAR: Final = "no, niet"
# The digits of people who do not use the standard's codes.
JA_CIJFER: Final = "1"
NEE_CIJFER: Final = "0"
# Count next to the words for yes, in a column that says who agreed.
_AKKOORD: Final = "akkoord, toestemming, ok, gegeven, getekend, v"

# --- Somebody else ------------------------------------------------------------------------------------------

# Tell of a phone number or an address that it is somebody else's, such as family, care, guardians, work, neighbours.
# With - before it a word counts as the last part of a longer one too, as in woonbegeleider and schoonmoeder. Words for
# a place ("werk", "thuis") or a way ("via", "prive") are not here: such a number is the person's own.
DERDEN: Final = (
    "-moeder, -vader, -ouders, ouder, pleegouder, mama, papa, mam, opa, oma, oom, tante, -broer, -broertje, zus, "
    "zusje, -zuster, schoonzus, schoonzusje, zoon, schoonzoon, kleinzoon, pleegzoon, kleinkind, kleinkinderen, "
    "zwager, schoonmama, stiefzoon, -dochter, neef, nicht, kind, kinderen, man, vrouw, -echtgenoot, -echtgenote, "
    "-partner, vriend, vriendin, -verloofde, ex, ex-man, ex-vrouw, -familie, -familielid, gezin, gezinslid, "
    "huisgenoot, huisgenote, buurman, buurvrouw, buren, kennis, -begeleider, -begeleidster, -begeleiding, begel, "
    "beg, -coach, -mentor, -bewindvoerder, -bewindvoerster, -bewindvoering, bewindv, bwv, bewind, -curator, "
    "-voogd, -voogdij, -mantelzorger, mantelzorg, -hulpverlener, -hulpverleenster, -hulpverlening, -zorgverlener, "
    "-verzorger, -verzorgster, -behandelaar, -psycholoog, -psychiater, -therapeut, arts, huisarts, bedrijfsarts, "
    "tandarts, verzekeringsarts, keuringsarts, verpleegkundige, verpleegster, verpleger, thuiszorg, "
    "maatschappelijk werker, maatschappelijk werkster, maatschappelijk werk, -reclassering, reclasseringswerker, "
    "casemanager, -wijkteam, -vluchtelingenwerk, -tolk, -advocaat, -consulent, -consulente, klantmanager, "
    "-contactpersoon, -contactpersonen, -noodcontact, -noodnummer, noodgeval, noodgevallen, ice, gemachtigde, "
    "vertegenwoordiger, -werkgever, -werkgeefster, baas, -chef, -leidinggevende, -leider, groepsleiding, collega, "
    "-docent, intercedent, uitzendbureau, woongroep, mother, father, parent, parents, brother, sister, husband, "
    "wife, friend, neighbour, guardian, employer, caretaker, t.n.v"
)
# Behind several numbers, these make a word count for all of them.
ALLEMAAL: Final = "beide, beiden, allebei, allemaal"

# --- Words of no code ---------------------------------------------------------------------------------------

# Labels that several lists have: on their own they do not tell which list it is.
VAN_VELE_LIJSTEN: Final = frozenset({JA, NEE, "onbekend", "niet van toepassing", "anders"})
# Words for the amount of work, which say nothing about an occupation.
WERKDUUR: Final = frozenset({"fulltime", "ft", "parttime", "pt"})


# --- Words of the value lists -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Woorden:
    """The words for the codes of one value list, as word -> code; an empty code: nothing, on purpose."""

    vast: Mapping[str, str]
    gangbaar: Mapping[str, str]
    ruim: Mapping[str, str]

    @property
    def begrepen(self) -> Mapping[str, str]:
        """Gives the words that proposals recognise and that the rules they make understand."""
        return {**self.gangbaar, **self.vast}

    @property
    def alle(self) -> Mapping[str, str]:
        """Gives all words, for suggestions of a code."""
        return {**self.ruim, **self.begrepen}


_Tabel = Mapping[Code, str]


def split_words(text: str) -> tuple[str, ...]:
    """Splits a text at its commas into words."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _turned(codes: _Tabel) -> Mapping[str, str]:
    """Gives word -> code, from codes that each have a text of words."""
    return MappingProxyType({word: str(code) for code, words in codes.items() for word in split_words(words)})


def _woorden(*, vast: _Tabel | None = None, gangbaar: _Tabel | None = None, ruim: _Tabel) -> Woorden:
    return Woorden(_turned(vast or {}), _turned(gangbaar or {}), _turned(ruim))


_JA_NEE_RUIM: _Tabel = {
    1: "aanwezig, beschikbaar, ok, vink, aangevinkt, positief",
    2: "geen, afwezig, niet beschikbaar, negatief",
}
_JA_NEE: Final = _woorden(
    vast={1: _JA_VAST, 2: _NEE_VAST}, gangbaar={1: _JA_GANGBAAR, 2: _NEE_GANGBAAR}, ruim=_JA_NEE_RUIM
)
_JA_NEE_ONBEKEND: Final = _woorden(
    vast={1: _JA_VAST, 2: _NEE_VAST},
    gangbaar={1: _JA_GANGBAAR, 2: _NEE_GANGBAAR},
    ruim={
        **_JA_NEE_RUIM,
        0: "weet niet, niet ingevuld, nog niet bekend, niet bekend, misschien, in onderzoek",
    },
)
_OPLEIDING: Final = _woorden(
    vast={
        1: "basisonderwijs",
        2: "vmbo",
        3: "havo, vwo",
        4: "mbo",
        5: "hbo, bachelor",
        6: "wo, master",
    },
    gangbaar={
        1: "basisschool, lagere",
        2: "mavo, lbo, lts, vbo",
        3: "gymnasium, atheneum",
        4: "mts, meao",
        5: "hts, heao",
        6: "universiteit, universitair",
        9: "praktijkonderwijs, speciaal onderwijs, vso",
    },
    ruim={
        1: "lagere school, lager onderwijs, bo, lo",
        2: "leao, lhno, las, huishoudschool, ambachtsschool, mulo, vmbo b, vmbo k, vmbo g, vmbo t, vmbo tl, "
        "vmbo-kader, vmbo-basis, vmbo-gemengd",
        3: "hbs, mms",
        4: "mbo 1, mbo 2, mbo 3, mbo 4, mbo-1, mbo-2, mbo-3, mbo-4, roc, bol, bbl, middelbaar beroepsonderwijs, "
        "vakopleiding, entree, entreeopleiding",
        5: "pabo, hbo bachelor, associate degree, ad, hogeschool, hoger beroepsonderwijs",
        6: "wo master, academisch, doctoraal, phd, gepromoveerd",
        9: "overig, overige, geen, praktijkschool, pro, buitenlands, buitenlandse opleiding, inburgering",
    },
)
# The working level that fits an education.
_NIVEAU_BIJ_OPLEIDING: Final[Mapping[str, str]] = {
    "1": "2", "2": "3", "3": "4", "4": "4", "5": "5", "6": "6", "9": "2",
}  # fmt: skip
_DENKNIVEAU: Final = Woorden(
    vast=_turned({}),
    gangbaar=MappingProxyType(
        {word: _NIVEAU_BIJ_OPLEIDING[code] for word, code in _OPLEIDING.begrepen.items()}
    ),
    ruim=_turned(
        {
            1: "geen, geen opleiding, geen onderwijs, ongeschoold",
            2: "lagere school, laag",
            3: "leao, lhno, huishoudschool, mulo, vmbo b, vmbo k, vmbo t, vmbo tl",
            4: "hbs, mbo 1, mbo 2, mbo 3, mbo 4, middelbaar, roc",
            5: "pabo, associate degree, hoger beroepsonderwijs",
            6: "academisch, doctoraal, gepromoveerd",
            7: "onbekend, niet bekend, nog niet bekend",
        }
    ),
)
_VERVOER: Final = _woorden(
    vast={
        1: "auto",
        2: "bromfiets, scooter",
        3: "fiets",
        4: "motor",
        5: "ov, openbaar vervoer",
        9: "anders",
        "": "geen vervoer",
    },
    gangbaar={
        1: "eigen auto",
        2: "brommer, snorfiets, brommobiel",
        3: "e-bike, e bike, ebike, elektrische fiets",
        5: "bus, trein",
        9: "lopend",
    },
    ruim={
        1: "personenauto, wagen, bestelauto, bestelbus, busje, camper, leaseauto, auto van de zaak",
        2: "snorscooter, elektrische scooter, scootmobiel, vespa, speedpedelec, speed pedelec",
        3: "rijwiel, bakfiets, omafiets, fietst",
        4: "motorfiets, motorrijwiel, motor met zijspan",
        5: "openb vervoer, tram, metro, ov-kaart, ov chipkaart, regiotaxi, veerboot, stadsbus",
        9: "overig, overige, te voet, step, taxi, meerijden, rijdt mee, wordt gebracht, carpool",
    },
)

# The words per list of the standard, by its name there.
WOORDEN: Final[Mapping[str, Woorden]] = MappingProxyType(
    {
        lijsten.JA_NEE.naam: _JA_NEE,
        lijsten.JA_NEE_ONBEKEND.naam: _JA_NEE_ONBEKEND,
        lijsten.JA_NEE_ONBEKEND_NVT.naam: _JA_NEE_ONBEKEND,
        lijsten.VERVOERMIDDEL.naam: _VERVOER,
        lijsten.OPLEIDINGSNIVEAU.naam: _OPLEIDING,
        lijsten.WERK_EN_DENKNIVEAU.naam: _DENKNIVEAU,
        lijsten.WERK_EN_DENKNIVEAU_MINIMAAL.naam: _DENKNIVEAU,
        lijsten.STATUS_OPLEIDING.naam: _woorden(
            ruim={
                1: "afgerond, behaald, diploma, gediplomeerd, met diploma, geslaagd, gehaald, voltooid, afgestudeerd",
                2: "gestopt, niet afgerond, niet behaald, zonder diploma, geen diploma, gestaakt, vroegtijdig gestopt",
                3: "bezig, nog bezig, volgt nog, in opleiding, studerend, actief, huidig",
                0: "niet bekend, weet niet",
            }
        ),
        lijsten.TAALBEHEERSING.naam: _woorden(
            gangbaar={
                1: "a0",
                2: "matig, basis, voldoende, beginner, a1, a2",
                3: "gemiddeld, gevorderd, b1, b2",
                4: "zeer goed, vloeiend, moedertaal, native, c1, c2",
            },
            ruim={
                0: "niet bekend, niet getoetst, weet niet",
                1: "geen, niet, nihil, analfabeet",
                2: "beperkt, zwak, slecht, onvoldoende, een beetje, laag",
                3: "ruim voldoende, netjes",
                4: "perfect, tweetalig, hoog",
            },
        ),
        lijsten.TYPE_ARBEIDSCONTRACT.naam: _woorden(
            gangbaar={
                "B": "tijdelijk, tijdelijk contract, jaarcontract, tijdelijk met uitzicht op vast",
                "O": "vast, vast contract, vaste aanstelling",
            },
            ruim={
                "B": "bepaald, uitzend, uitzendbasis, uitzendwerk, oproep, nulurencontract, flex, flexibel, seizoen, "
                "seizoenswerk, bt",
                "O": "onbepaald, vast dienstverband, ot",
            },
        ),
        lijsten.TYPE_OVEREENKOMST.naam: _woorden(
            gangbaar={
                "01": "regulier, reguliere baan",
                "02": "bbl",
                "03": "vrijwilliger",
                "04": "stage, proefplaatsing",
            },
            ruim={
                "01": "betaald werk, betaalde baan, vacature, baan, dienstverband",
                "02": "leerwerkplek, leerwerkbaan, leer-werkbaan, leerbaan bbl, leerling, duaal",
                "03": "vrijwillig, onbetaald",
                "04": "stageplaats, werkervaring, werkervaringsplek, wep, traineeship",
            },
        ),
        lijsten.SOORT_RIJBEWIJS.naam: _woorden(
            ruim={
                "AM": "bromfiets, brommer, scooter, snorfiets, bromfietscertificaat, bromfietsrijbewijs",
                "A": "motor, motorrijbewijs, zware motor",
                "B": "personenauto, autorijbewijs, rijbewijs b",
                "BE": "auto met aanhanger, aanhangwagen, b met e, b en e, b+e",
                "C": "vrachtwagen, vrachtauto, groot rijbewijs, rijbewijs c",
                "CE": "vrachtwagen met aanhanger, trekker met oplegger, c met e, c en e, c+e",
                "D": "bus, touringcar, autobus, rijbewijs d",
                "T": "tractor, trekker, landbouwvoertuig, trekkerrijbewijs",
            }
        ),
        lijsten.SOLLICITATIEWIJZE.naam: _woorden(
            ruim={
                "1": "brief, post, schriftelijk, per brief",
                "2": "telefonisch, telefoon, bellen",
                "3": "e-mail, email, mail, mailen, per mail",
                "4": "website, online, formulier, webformulier, internet, digitaal",
            }
        ),
    }
)
_GEEN_WOORDEN: Final = _woorden(ruim={})

JA_NEE_LIJSTEN: Final = frozenset(
    {lijsten.JA_NEE.naam, lijsten.JA_NEE_ONBEKEND.naam, lijsten.JA_NEE_ONBEKEND_NVT.naam}
)
# Lists of which one word in a cell is enough: "mbo 4", "hbo (bachelor)".
PER_WOORD_LIJSTEN: Final = frozenset(
    {
        lijsten.OPLEIDINGSNIVEAU.naam,
        lijsten.WERK_EN_DENKNIVEAU.naam,
        lijsten.WERK_EN_DENKNIVEAU_MINIMAAL.naam,
    }
)
JA_WOORDEN: Final = (*split_words(_JA_VAST), *split_words(_JA_GANGBAAR))
NEE_WOORDEN: Final = (*split_words(_NEE_VAST), *split_words(_NEE_GANGBAAR))
TOESTEMMING_WOORDEN: Final = frozenset({*JA_WOORDEN, JA_CIJFER, *split_words(_AKKOORD)})


def words_of_list(lijst: Waardelijst) -> Woorden:
    """Gives the words for the codes of a list; none for a list that others keep."""
    return WOORDEN.get(lijst.naam, _GEEN_WOORDEN)


def are_digits_of_yes_and_no(words: Collection[str]) -> bool:
    """Tells whether 0 and 1 are no and yes in a column with these words, without the absent ones."""
    return NEE_CIJFER in words and {NEE_CIJFER, JA_CIJFER}.issuperset(words)


def yes_to(code: str) -> tuple[tuple[str, str], ...]:
    """Gives the words of a column with yes and no for one code: yes is the code, no is nothing."""
    return tuple([(word, code) for word in JA_WOORDEN] + [(word, "") for word in NEE_WOORDEN])
