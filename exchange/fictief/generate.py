"""Makes believable records in the standard 1.5: jobseekers, vacancies and employer contacts.

The parts of one record agree with each other: occupation, education, sector, licences, hours, languages and
the text. Names, addresses, phone numbers and organisations are made up, and visibly so: e-mail and web
addresses end in example.nl or example.org, phone numbers begin with 06-00, KvK numbers with 0000.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from typing import Any, Final, TypeVar

from exchange.fictief.beroepen import BEROEPEN, COMPETENTIES, VAKGEBIEDEN, Beroep

T = TypeVar("T")

# The letters that Dutch postcodes use.
_LETTERS: Final = "ABCDEGHJKLMNPRSTVWXZ"


class Postcodes:
    """Draws postcodes: four digits by their weight, and two letters."""

    def __init__(self, pc4s: Sequence[int], gewichten: Sequence[float] | None = None) -> None:
        """Takes the four-digit areas, each with its weight; without weights all are equally likely.

        Raises ValueError when there is no area.
        """
        if not pc4s or (gewichten is not None and (len(gewichten) != len(pc4s) or sum(gewichten) <= 0)):
            raise ValueError("postcodes and weights: one weight for each postcode, not all of them zero")
        self._pc4s = tuple(pc4s)
        self._cumulative = tuple(accumulate(gewichten if gewichten is not None else [1.0] * len(pc4s)))

    def draw(self, rng: random.Random) -> str:
        """Draws a postcode such as "1234AB"."""
        place = bisect(self._cumulative, rng.random() * self._cumulative[-1], hi=len(self._pc4s) - 1)
        return f"{self._pc4s[place]}{_pick(rng, _LETTERS)}{_pick(rng, _LETTERS)}"


def werkzoekenden(seed: int, aantal: int, postcodes: Postcodes) -> Iterator[dict[str, Any]]:
    """Makes `aantal` jobseekers, the same ones for the same seed (dates follow today's)."""
    for rng, record_id in _each(f"werkzoekenden-{seed}", aantal):
        yield werkzoekende(rng, postcodes.draw(rng), record_id)


def vacatures(seed: int, aantal: int, postcodes: Postcodes) -> Iterator[dict[str, Any]]:
    """Makes `aantal` vacancies, the same ones for the same seed (dates follow today's)."""
    for rng, record_id in _each(f"vacatures-{seed}", aantal):
        yield vacature(rng, postcodes.draw(rng), record_id)


def werkgeverscontactmomenten(seed: int, aantal: int, postcodes: Postcodes) -> Iterator[dict[str, Any]]:
    """Makes `aantal` contacts with employers, the same ones for the same seed (dates follow today's)."""
    for rng, _ in _each(f"werkgeverscontactmomenten-{seed}", aantal):
        yield werkgeverscontactmoment(rng, postcodes.draw(rng))


def _each(seed: str, aantal: int) -> Iterator[tuple[random.Random, str]]:
    rng = random.Random(seed)  # noqa: S311 (made-up records, the same ones for the same seed)
    for _ in range(aantal):
        yield rng, f"{rng.getrandbits(128):032x}"


# --- Drawing -----------------------------------------------------------------------------------------------


def _pick(rng: random.Random, choices: Sequence[T]) -> T:
    """Picks one of them; four times as fast as `rng.choice`, which matters for 20,000 records."""
    return choices[int(rng.random() * len(choices))]


def _chance(rng: random.Random, probability: float) -> bool:
    return rng.random() < probability


def _some(rng: random.Random, choices: Sequence[T], least: int, most: int) -> list[T]:
    """Picks between `least` and `most` different ones, in the order in which they were drawn."""
    wanted = min(least + int(rng.random() * (most - least + 1)), len(choices))
    found: list[T] = []
    while len(found) < wanted:
        choice = _pick(rng, choices)
        if choice not in found:
            found.append(choice)
    return found


def _weighted(**weights: int) -> tuple[str, ...]:
    """Repeats each name as often as its weight, to pick from."""
    return tuple(name for name, weight in weights.items() for _ in range(weight))


def _between(rng: random.Random, least: int, most: int) -> int:
    return least + int(rng.random() * (most - least + 1))


def _day(rng: random.Random, least: int, most: int) -> str:
    """Picks a day between `least` and `most` days from today, as YYYY-MM-DD."""
    return _from_today(_between(rng, least, most))


def _from_today(days: int) -> str:
    return _iso(date.today().toordinal() + days)


@cache
def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


# --- People, organisations and texts, all of them made up --------------------------------------------------

_VOORNAMEN: Final = (
    "Aafke", "Bilal", "Carmen", "Daan", "Elif", "Fenna", "Gijs", "Hanan", "Ids", "Jamila", "Koen", "Layla",
    "Mees", "Noor", "Omar", "Pleun", "Quinten", "Rania", "Sef", "Tessel", "Usha", "Vera", "Wout", "Yara", "Zeno",
)  # fmt: skip
_ACHTERNAMEN: Final = (
    "van Voorbeeld", "Verzonnen", "de Proef", "Denkbeeld", "Fictema", "ter Schets", "Nepstra", "Demomans",
    "van Maquette", "Testma", "de Schijn", "Modelaar", "van Papier", "Oefeninga", "Prototiep", "de Mal",
)  # fmt: skip
_NAMEN: Final = (
    "Voorbeeld", "De Verzinnerij", "Proefstad", "Denkbeeld", "Fictief", "De Schets", "Demostein", "Maquette",
    "Testwijk", "Modelhoek", "Oefenveld", "Prototype", "Schijnhof", "Nergenshuizen", "Luchtkasteel", "De Kaft",
    "Papierenburg", "Zomaar", "Ergensdorp", "De Repetitie", "Wolkenveld", "Stel Dat", "Nieuw Nergens", "Fantasia",
)  # fmt: skip
_ORGANISATIES: Final = ("Werkplein", "Team Werk", "Servicepunt", "Werkbedrijf", "Loket Werk")
_FUNCTIES: Final = ("Eigenaar", "Bedrijfsleider", "HR-adviseur", "Teamleider", "Directeur", "Planner")
_STRATEN: Final = (
    "Voorbeeldstraat", "Proefweg", "Schetslaan", "Modelplein", "Fictiekade", "Demodreef", "Oefenpad", "Maquettehof",
)  # fmt: skip
_PLAATSEN: Final = ("Proefstad", "Ergensdorp", "Testwijk", "Nieuw Nergens", "Modelhoek", "Schetsveen")

_OPENING_ERVAREN: Final = (
    "Ik werk al jaren als {beroep} en doe dat nog steeds met plezier.",
    "In mijn vorige baan was ik {beroep}. Dat werk ligt mij goed.",
    "Ik ben een ervaren {beroep} en zoek een nieuwe plek.",
    "Na jaren als {beroep} zoek ik een werkgever in de buurt.",
    "Ik heb veel geleerd als {beroep} en wil dat graag weer inzetten.",
)
_OPENING_STARTER: Final = (
    "Ik wil graag aan de slag als {beroep}.",
    "Ik zoek een eerste baan als {beroep}, het liefst met begeleiding in het begin.",
    "Werken als {beroep} lijkt mij heel leuk. Ik leer het vak graag op de werkvloer.",
    "Ik stap over naar een nieuw vak en wil {beroep} worden.",
)
_WERK: Final = (
    "Ik kan {taken}.",
    "Ik heb ervaring met {taken}.",
    "Het liefst wil ik {taken}.",
    "Dit kan ik zonder hulp: {taken}.",
)
_EIGENSCHAP: Final = ("Ik {zin}.", "Wat u van mij kunt verwachten: ik {zin}.", "Mijn sterke kant: ik {zin}.")
_SLOT: Final = (
    "Ik kom graag kennismaken.",
    "Een proefdag vind ik prima.",
    "Ik kan snel beginnen.",
    "Ik zoek een team waarin we elkaar helpen.",
    "Een vaste baan heeft mijn voorkeur, maar tijdelijk mag ook.",
    "Ik wil er wel een cursus bij doen.",
    "Met de fiets ben ik er zo.",
    "Werken op vaste dagen past het best bij mijn thuissituatie.",
)
_INTERESSES: Final = (
    "Tuinieren", "Koken", "Voetbal", "Fietsen", "Muziek maken", "Lezen", "Fotografie", "Techniek", "Dieren",
    "Vrijwilligerswerk", "Schaken", "Zwemmen", "Naaien", "Wandelen", "Games", "Reizen", "Hardlopen", "Houtbewerking",
)  # fmt: skip
_INTRO_VACATURE: Final = (
    "{werkgever} zoekt een {beroep}.",
    "Bij {werkgever} is plaats voor een {beroep}.",
    "Wilt u werken als {beroep}? {werkgever} maakt graag kennis met u.",
    "Ons team groeit. Daarom zoeken wij een {beroep} bij {werkgever}.",
    "Voor onze vestiging zoeken wij op korte termijn een {beroep}.",
)
_WERK_VACATURE: Final = (
    "U gaat {taken}.",
    "Wat u doet: {taken}.",
    "Uw dag bestaat uit: {taken}.",
)
_VRAAG_VACATURE: Final = (
    "Ervaring is fijn, maar niet nodig: wij leren u het vak.",
    "U heeft ervaring in dit werk of wilt het snel leren.",
    "U houdt van aanpakken en komt afspraken na.",
    "U spreekt genoeg Nederlands om met collega's te overleggen.",
    "Wij zoeken iemand die zelfstandig kan werken.",
)
_SLOT_VACATURE: Final = (
    "Wij bieden een vast rooster en goede begeleiding.",
    "U werkt in een klein team waarin iedereen elkaar kent.",
    "De werkplek is goed te bereiken met het openbaar vervoer.",
    "U krijgt de kans om cursussen te volgen.",
    "Een proefplaatsing is mogelijk.",
    "De werkplek kan worden aangepast als dat nodig is.",
)
_VOORWAARDEN: Final = (
    "Reiskostenvergoeding, pensioen en 25 vakantiedagen.",
    "Loon volgens de cao, reiskostenvergoeding en een dertiende maand.",
    "Vaste werkdagen en de mogelijkheid om te studeren op kosten van de werkgever.",
    "Toeslag voor avonden en weekenden. Na een jaar kans op een vast contract.",
    "Werkkleding, goede begeleiding en 24 vakantiedagen.",
)
_SCHOLEN: Final = {
    1: "Basisschool", 2: "Vakschool", 3: "Scholengemeenschap", 4: "ROC", 5: "Hogeschool", 6: "Universiteit",
}  # fmt: skip


def _lower_first(text: str) -> str:
    return text if text[1:2].isupper() else text[0].lower() + text[1:]


def _series(words: Sequence[str]) -> str:
    """Writes words as "a, b en c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} en {words[-1]}"


def _slug(text: str) -> str:
    return "".join(char if char.isalnum() and char.isascii() else "-" for char in text.lower()).strip("-")


def _person(rng: random.Random) -> str:
    return f"{_pick(rng, _VOORNAMEN)} {_pick(rng, _ACHTERNAMEN)}"


def _email(rng: random.Random, name: str, domain: str = "example.org") -> str:
    return f"{_slug(name).replace('-', '.')}{int(rng.random() * 1000)}@{domain}"


def _phone(rng: random.Random) -> str:
    return f"06-00{int(rng.random() * 1_000_000):06d}"


@dataclass(frozen=True, slots=True)
class Werkgever:
    """A made-up employer."""

    naam: str
    kvk: str
    sbi: int

    @property
    def website(self) -> str:
        """Gives a web address that leads nowhere."""
        return f"https://{_slug(self.naam)}.example.nl"


def _employers() -> Mapping[str, tuple[Werkgever, ...]]:
    sbi = {beroep.werkgever: beroep.sbi for beroep in reversed(BEROEPEN)}
    return {
        kind: tuple(
            Werkgever(f"{kind} {naam}", f"0000{place * len(_NAMEN) + number:04d}", sbi[kind])
            for number, naam in enumerate(_NAMEN, 1)
        )
        for place, kind in enumerate(sorted(sbi))
    }


#: Every made-up employer, by the kind of organisation.
WERKGEVERS: Final = _employers()

# --- What belongs to an occupation -------------------------------------------------------------------------

_BY_FIELD: Final = {
    slug: tuple(beroep for beroep in BEROEPEN if beroep.vakgebied == slug) for slug in VAKGEBIEDEN
}
# Work and thinking level by level of education, as numbers for a person and as text for a vacancy.
_DENKNIVEAU: Final = {1: 2, 2: 3, 3: 4, 4: 4, 5: 5, 6: 6}
_LEEFTIJD_DIPLOMA: Final = {1: 12, 2: 16, 3: 17, 4: 20, 5: 22, 6: 24}
_SALARIS: Final = {
    1: (2250, 2500),
    2: (2300, 2800),
    3: (2400, 3000),
    4: (2500, 3500),
    5: (3100, 4700),
    6: (3800, 6000),
}
# The licences that somebody with this licence also has, or must have had first.
_MET_RIJBEWIJS: Final = {
    "B": ("B",),
    "BE": ("B", "BE"),
    "C": ("B", "C"),
    "CE": ("B", "C", "CE"),
    "D": ("B", "D"),
    "T": ("B", "T"),
}
_UREN: Final = (
    (36, 40),
    (32, 40),
    (32, 36),
    (24, 32),
    (24, 36),
    (16, 24),
    (20, 32),
    (8, 16),
    (40, 40),
    (12, 24),
)
_ONREGELMATIG: Final = {"kantoor": 0.08, "dag": 0.15, "rooster": 0.75, "ploegen": 0.7}
# Mother tongues besides Dutch, each as often as it is met at a Werkplein.
_MOEDERTALEN: Final = _weighted(
    ara=8, tur=6, pol=5, tir=4, ukr=4, prs=3, spa=2, por=2, ron=2, bul=2, som=2, deu=1, fra=1, kur=2, cmn=1
)
_REISAFSTAND: Final = (5, 10, 10, 15, 15, 20, 20, 25, 25, 30, 30, 40, 50, 60, 75, 100)
_REISTIJD: Final = (20, 30, 30, 45, 45, 60, 60, 75, 90)


def _competences(rng: random.Random, beroep: Beroep, least: int, most: int) -> list[dict[str, str]]:
    chosen = _some(rng, VAKGEBIEDEN[beroep.vakgebied].competenties, least, most)
    return [{"codeCompetentie": COMPETENTIES[slug].code} for slug in chosen]


def _education_at(rng: random.Random, beroep: Beroep, niveau: int) -> str:
    """Gives the name of an education at this level: usual for the occupation, or else one in its field.

    When the field does not have that level, it gives an education at the nearest level below.
    """
    if niveau == beroep.niveau:
        return beroep.opleiding
    known = VAKGEBIEDEN[beroep.vakgebied].opleidingen
    while niveau not in known and niveau > min(known):
        niveau -= 1
    return _pick(rng, known.get(niveau, ("Basisschool",)))


# --- A jobseeker -------------------------------------------------------------------------------------------


def werkzoekende(rng: random.Random, postcode: str, id: str) -> dict[str, Any]:
    """Makes one jobseeker who lives at that postcode; every draw comes from `rng`."""
    beroep = _pick(rng, BEROEPEN)
    vakgebied = VAKGEBIEDEN[beroep.vakgebied]
    beroepen = [
        beroep,
        *(other for other in _some(rng, _BY_FIELD[beroep.vakgebied], 0, 2) if other is not beroep),
    ]
    niveau = _level_of_education(rng, beroep)
    leeftijd = _between(rng, max(19, _LEEFTIJD_DIPLOMA[niveau] + 1), 64)
    ervaren = leeftijd > 24 and _chance(rng, 0.75)
    rijbewijzen = _licences(rng, beroep, leeftijd)
    minimum, maximum = _pick(rng, _UREN)
    onregelmatig = _chance(rng, _ONREGELMATIG[vakgebied.werktijd])
    moedertaal = _pick(rng, _MOEDERTALEN) if _chance(rng, 0.28) else None
    record: dict[str, Any] = {
        "idWerkzoekende": id,
        "mobiliteit": _mobility(rng, postcode),
        "bemiddelingsberoep": [{"codeBeroepsnaam": item.code} for item in beroepen],
        "sector": [{"codeSbi": sbi} for sbi in dict.fromkeys(item.sbi for item in beroepen)],
        "contractvorm": _contract(rng, leeftijd),
        "werktijden": {
            "aantalWerkurenPerWeekMinimaal": minimum,
            "aantalWerkurenPerWeekMaximaal": maximum,
            "indicatieKantoortijden": 2 if onregelmatig else 1,
        },
        "flexibiliteit": {
            "datumAanvangBeschikbaarVoorWerk": _day(rng, -60, 90),
            "indicatieOnregelmatigWerkOfPloegendienst": 1 if onregelmatig else 2,
        },
        "vervoermiddel": _transport(rng, rijbewijzen),
        "arbeidsmarktkwalificatie": {
            "codeWerkEnDenkniveauWerkzoekende": _DENKNIVEAU[niveau],
            "opleiding": _educations(rng, beroep, niveau, leeftijd),
            "competentiebeheersing": _competences(rng, beroep, 2, 4),
            "taalbeheersing": _languages(rng, niveau, moedertaal),
        },
        "indicatieBeschikbaarheidContactgegevens": 1,
        "persoonlijkePresentatie": _presentation(rng, beroep, ervaren),
        **_contact(rng),
    }
    kwalificatie = record["arbeidsmarktkwalificatie"]
    if ervaren:
        kwalificatie["werkervaring"] = _experience(rng, beroepen, leeftijd)
    if _chance(rng, 0.45):
        kwalificatie["cursus"] = _courses(rng, beroep)
    if rijbewijzen:
        kwalificatie["rijbewijs"] = [{"codeSoortRijbewijs": code} for code in rijbewijzen]
    if _chance(rng, 0.4):
        kwalificatie["interesse"] = [{"naamInteresse": naam} for naam in _some(rng, _INTERESSES, 1, 3)]
    if _chance(rng, 0.05):
        record["flexibiliteit"]["datumEindeBeschikbaarVoorWerk"] = _day(rng, 120, 500)
    if _chance(rng, 0.14):
        record["indicatieLdrRegistratie"] = 1
        record["eisAanWerk"] = {
            "indicatieAanpassingWerkomgeving": _pick(rng, (1, 2, 2)),
            "indicatieBegeleiding": _pick(rng, (1, 1, 2)),
            "indicatieWerkvariatie": _pick(rng, (0, 1, 2)),
        }
    return record


def _level_of_education(rng: random.Random, beroep: Beroep) -> int:
    """Gives the level that the occupation asks, and now and then one above or below."""
    draw = rng.random()
    if draw < 0.75:
        return beroep.niveau
    if draw < 0.88:
        return max(1, {4: 2, 5: 4, 6: 5}.get(beroep.niveau, beroep.niveau - 1))
    return min(6, {2: 4, 1: 2}.get(beroep.niveau, beroep.niveau + 1))


def _licences(rng: random.Random, beroep: Beroep, leeftijd: int) -> list[str]:
    """Gives the licences that the work requires, or else those that somebody may happen to have."""
    if beroep.rijbewijs:
        found = list(_MET_RIJBEWIJS[beroep.rijbewijs])
    elif _chance(rng, 0.55):
        found = ["B"]
    else:
        return ["AM"] if _chance(rng, 0.2) else []
    if "BE" not in found and _chance(rng, 0.08):
        found.append("BE")
    if leeftijd > 24 and _chance(rng, 0.06):
        found.append("A")
    return found


def _transport(rng: random.Random, rijbewijzen: Sequence[str]) -> list[dict[str, int]]:
    found = []
    if "B" in rijbewijzen and _chance(rng, 0.7):
        found.append(
            {"codeVervoermiddel": 1, "indicatieBeschikbaarVoorUitvoeringWerk": _pick(rng, (1, 2, 2))}
        )
    if "A" in rijbewijzen:
        found.append({"codeVervoermiddel": 4})
    if "AM" in rijbewijzen:
        found.append({"codeVervoermiddel": 2})
    if _chance(rng, 0.65):
        found.append({"codeVervoermiddel": 3})
    if not found or _chance(rng, 0.35):
        found.append({"codeVervoermiddel": 5})
    for vervoermiddel in found:
        vervoermiddel["indicatieBeschikbaarVoorWoonWerkverkeer"] = 1
    return found


def _mobility(rng: random.Random, postcode: str) -> dict[str, Any]:
    found: dict[str, Any] = {"bemiddelingspostcode": postcode}
    if _chance(rng, 0.85):
        found["maximaleReisafstand"] = _pick(rng, _REISAFSTAND)
    if _chance(rng, 0.5):
        found["maximaleReistijd"] = _pick(rng, _REISTIJD)
    return found


def _contract(rng: random.Random, leeftijd: int) -> list[dict[str, str]]:
    found = [{"codeTypeArbeidscontract": "B", "codeTypeOvereenkomst": "01"}] if _chance(rng, 0.75) else []
    if not found or _chance(rng, 0.7):
        found.append({"codeTypeArbeidscontract": "O", "codeTypeOvereenkomst": "01"})
    if leeftijd < 28 and _chance(rng, 0.35):
        found.append({"codeTypeArbeidscontract": "B", "codeTypeOvereenkomst": "02"})
    if _chance(rng, 0.12):
        found.append({"codeTypeArbeidscontract": "B", "codeTypeOvereenkomst": "04"})
    return found


def _educations(rng: random.Random, beroep: Beroep, niveau: int, leeftijd: int) -> list[dict[str, Any]]:
    """Gives the highest finished education, and sometimes one that was broken off or is still going on."""
    diploma = -365 * (leeftijd - _LEEFTIJD_DIPLOMA[niveau]) + _between(rng, -200, 200)
    found: list[dict[str, Any]] = [
        {
            "codeNiveauOpleiding": niveau,
            "toelichtingOpleiding": _education_at(rng, beroep, niveau),
            "indicatieDiploma": 1,
            "codeStatusOpleiding": 1,
            "datumDiploma": _from_today(diploma),
            "naamOpleidingsinstituut": f"{_SCHOLEN[niveau]} {_pick(rng, _NAMEN)}",
        }
    ]
    hoger = {1: 2, 2: 4, 3: 5, 4: 5, 5: 6}.get(niveau)
    draw = rng.random()
    if hoger is not None and draw < 0.16:
        extra = {
            "codeNiveauOpleiding": hoger,
            "toelichtingOpleiding": _education_at(rng, beroep, hoger),
            "indicatieDiploma": 2,
            "naamOpleidingsinstituut": f"{_SCHOLEN[hoger]} {_pick(rng, _NAMEN)}",
        }
        if draw < 0.06 or diploma > -1000:
            extra |= {
                "codeStatusOpleiding": 3,
                "datumAanvangVolgenOpleiding": _day(rng, max(diploma, -700), -30),
            }
        else:
            begin = diploma + _between(rng, 30, 400)
            extra |= {
                "codeStatusOpleiding": 2,
                "datumAanvangVolgenOpleiding": _from_today(begin),
                "datumEindeVolgenOpleiding": _from_today(begin + _between(rng, 90, 390)),
            }
        found.append(extra)
    return found


def _courses(rng: random.Random, beroep: Beroep) -> list[dict[str, Any]]:
    return [
        {
            "naamCursus": naam,
            "indicatieCertificaat": _pick(rng, (1, 1, 1, 2)),
            "datumEindeVolgenCursus": _day(rng, -4000, -30),
        }
        for naam in _some(rng, VAKGEBIEDEN[beroep.vakgebied].cursussen, 1, 2)
    ]


def _experience(rng: random.Random, beroepen: Sequence[Beroep], leeftijd: int) -> list[dict[str, Any]]:
    """Gives the last jobs, the latest first; none overlaps another and none began before the age of 18."""
    found = []
    einde = -_between(rng, 10, 900)
    begin_of_working_life = -365 * (leeftijd - 18)
    for _ in range(_between(rng, 1, 3)):
        begin = einde - _between(rng, 150, 3000)
        if begin < begin_of_working_life:
            break
        beroep = _pick(rng, beroepen)
        found.append(
            {
                "beroep": {"codeBeroepsnaam": beroep.code},
                "datumAanvangWerkzaamheden": _from_today(begin),
                "datumEindeWerkzaamheden": _from_today(einde),
                "naamOrganisatie": _pick(rng, WERKGEVERS[beroep.werkgever]).naam,
                "toelichtingWerkervaring": f"Mijn taken waren {_series(_some(rng, beroep.taken, 2, 3))}.",
            }
        )
        einde = begin - _between(rng, 10, 400)
    if not found:
        beroep = beroepen[0]
        found.append(
            {"beroep": {"codeBeroepsnaam": beroep.code}, "toelichtingWerkervaring": "Stage en bijbaan."}
        )
    return found


def _languages(rng: random.Random, niveau: int, moedertaal: str | None) -> list[dict[str, Any]]:
    """Gives the languages: always Dutch, at a lower level for somebody with another mother tongue."""
    if moedertaal is None:
        found = [_language("nld", 4, _pick(rng, (3, 4)) if niveau < 4 else 4)]
    else:
        mondeling = _pick(rng, (2, 2, 3, 3, 4) if niveau < 4 else (3, 3, 4))
        found = [_language("nld", mondeling, mondeling - _pick(rng, (0, 1, 1))), _language(moedertaal, 4, 4)]
    if _chance(rng, 0.25 + 0.12 * niveau):
        found.append(_language("eng", min(4, _pick(rng, (2, 3)) + (niveau >= 5)), 2 + (niveau >= 4)))
    if niveau >= 4 and _chance(rng, 0.1):
        found.append(_language("deu", 2, 2))
    return found if len({item["codeTaal"] for item in found}) == len(found) else found[:2]


def _language(taal: str, mondeling: int, schriftelijk: int) -> dict[str, Any]:
    return {
        "codeTaal": taal,
        "codeNiveauTaalbeheersingMondeling": mondeling,
        "codeNiveauTaalbeheersingSchriftelijk": schriftelijk,
        "codeNiveauTaalbeheersingLezen": schriftelijk,
        "codeNiveauTaalbeheersingLuisteren": mondeling,
    }


def _presentation(rng: random.Random, beroep: Beroep, ervaren: bool) -> str:
    competentie = COMPETENTIES[_pick(rng, VAKGEBIEDEN[beroep.vakgebied].competenties)]
    opening = _pick(rng, _OPENING_ERVAREN if ervaren else _OPENING_STARTER)
    zinnen = [opening.format(beroep=_lower_first(beroep.label))]
    if ervaren:
        zinnen.append(_pick(rng, _WERK).format(taken=_series(_some(rng, beroep.taken, 2, 3))))
    zinnen.append(_pick(rng, _EIGENSCHAP).format(zin=competentie.zin))
    zinnen.extend(_some(rng, _SLOT, 1, 2))
    return " ".join(zinnen)


def _contact(rng: random.Random) -> dict[str, Any]:
    """Gives the jobseeker's own contact details and those of the jobcoach."""
    coach = _person(rng)
    found: dict[str, Any] = {
        "emailadres": [_email(rng, _person(rng))],
        "contactpersoon": [
            {
                "naamContactpersoonAfdeling": f"{coach}, {_pick(rng, _ORGANISATIES)}"[:35],
                "emailadres": _email(rng, coach, "example.nl"),
                "telefoonnummer": _phone(rng),
            }
        ],
    }
    if _chance(rng, 0.8):
        found["telefoonnummer"] = [_phone(rng)]
    if _chance(rng, 0.12):
        found["webadres"] = [
            {"codeWebadres": 2, "url": f"https://www.example.org/cv/{int(rng.random() * 1e6):06d}"}
        ]
    return found


# --- A vacancy ---------------------------------------------------------------------------------------------


def vacature(rng: random.Random, postcode: str, id: str) -> dict[str, Any]:
    """Makes one vacancy at that postcode; every draw comes from `rng`."""
    beroep = _pick(rng, BEROEPEN)
    vakgebied = VAKGEBIEDEN[beroep.vakgebied]
    werkgever = _pick(rng, WERKGEVERS[beroep.werkgever])
    minimum, maximum = _pick(rng, _UREN)
    onregelmatig = _chance(rng, _ONREGELMATIG[vakgebied.werktijd])
    aanvang = _between(rng, -20, 75)
    record: dict[str, Any] = {
        "idVacature": id,
        "nummerVacature": f"V{int(rng.random() * 1e9):09d}",
        "naamVacature": beroep.label + (_pick(rng, _TOEVOEGING[vakgebied.werktijd]) if onregelmatig else ""),
        "omschrijvingVacature": _description(rng, beroep, werkgever),
        "sluitingsdatumVacature": _day(rng, 14, 120),
        "beroep": {"codeBeroepsnaam": beroep.code},
        "sector": {"codeSbi": beroep.sbi},
        "adres": {
            "postcode": postcode,
            "straatnaam": _pick(rng, _STRATEN),
            "huisnummer": _between(rng, 1, 250),
        },
        "arbeidsVoorwaarden": {
            "datumAanvangWerkzaamheden": _from_today(aanvang),
            "omschrijvingArbeidsvoorwaarden": _pick(rng, _VOORWAARDEN),
            "salarisIndicatie": _salary(rng, beroep.niveau),
        },
        "contractvorm": _contract_offered(rng, beroep.niveau),
        "werktijden": {
            "aantalWerkurenPerWeekMinimaal": minimum,
            "aantalWerkurenPerWeekMaximaal": maximum,
            "indicatieKantoortijden": 2 if onregelmatig else 1,
        },
        "flexibiliteit": {"indicatieOnregelmatigWerkOfPloegendienst": 1 if onregelmatig else 2},
        "codeWerkEnDenkniveauMinimaal": str(_DENKNIVEAU[beroep.niveau]),
        "opleiding": [
            {
                "codeNiveauOpleiding": beroep.niveau,
                "toelichtingOpleiding": _education_at(rng, beroep, beroep.niveau),
                "indicatieDiploma": _pick(rng, (1, 2)) if beroep.niveau < 5 else 1,
            }
        ],
        "competentiebeheersing": _competences(rng, beroep, 2, 3),
        "taalbeheersing": [_language("nld", *((3, 3) if beroep.niveau >= 4 else (2, 1 + _chance(rng, 0.5))))],
        "sollicitatiewijze": _ways_to_apply(rng, werkgever),
        "werkgever": {
            "handelsnaamOrganisatie": werkgever.naam,
            "sector": [{"codeSbi": beroep.sbi}],
            "webadres": [{"codeWebadres": 3, "url": werkgever.website}],
            "contactpersoon": [_contact_of_employer(rng)],
        },
    }
    if beroep.rijbewijs:
        record["rijbewijs"] = [{"codeSoortRijbewijs": beroep.rijbewijs}]
        if beroep.rijbewijs == "B" and _chance(rng, 0.3):
            record["vervoermiddel"] = [{"codeVervoermiddel": 1, "indicatieBeschikbaarVoorUitvoeringWerk": 1}]
    if _chance(rng, 0.35):
        record["cursus"] = [
            {"naamCursus": _pick(rng, vakgebied.cursussen), "indicatieCertificaat": _pick(rng, (1, 2))}
        ]
    if _chance(rng, 0.4):
        record["werkervaring"] = [{"aantalJarenWerkzaamInBeroep": _pick(rng, (1, 1, 2, 2, 3, 5))}]
    if _chance(rng, 0.15):
        record["taalbeheersing"].append(_language("eng", 2, 2))
    if record["contractvorm"][0]["codeTypeArbeidscontract"] == "B" and _chance(rng, 0.6):
        record["arbeidsVoorwaarden"]["datumEindeWerkzaamheden"] = _from_today(
            aanvang + _between(rng, 90, 365)
        )
    return record


_TOEVOEGING: Final = {
    "kantoor": ("", " (flexibele uren)"),
    "dag": ("", " (ook op zaterdag)"),
    "rooster": ("", " (avond en weekend)", " (wisselende diensten)", " (oproep)"),
    "ploegen": (" (ploegendienst)", " (avonddienst)", " (nachtdienst)", ""),
}


def _description(rng: random.Random, beroep: Beroep, werkgever: Werkgever) -> str:
    taken = _some(rng, beroep.taken, 2, 3)
    return " ".join(
        (
            _pick(rng, _INTRO_VACATURE).format(werkgever=werkgever.naam, beroep=_lower_first(beroep.label)),
            _pick(rng, _WERK_VACATURE).format(taken=_series(taken)),
            *_some(rng, _VRAAG_VACATURE, 1, 2),
            *_some(rng, _SLOT_VACATURE, 1, 2),
        )
    )


def _salary(rng: random.Random, niveau: int) -> str:
    least, most = _SALARIS[niveau]
    begin = _between(rng, least // 50, (least + most) // 100) * 50
    return f"€ {begin} tot € {begin + _between(rng, 4, 12) * 50} bruto per maand, bij een volledige werkweek"


def _contract_offered(rng: random.Random, niveau: int) -> list[dict[str, str]]:
    draw = rng.random()
    if niveau <= 4 and draw < 0.12:
        return [{"codeTypeArbeidscontract": "B", "codeTypeOvereenkomst": "02"}]
    if draw < 0.17:
        return [{"codeTypeArbeidscontract": "B", "codeTypeOvereenkomst": "04"}]
    return [{"codeTypeArbeidscontract": "B" if draw < 0.65 else "O", "codeTypeOvereenkomst": "01"}]


def _ways_to_apply(rng: random.Random, werkgever: Werkgever) -> list[dict[str, Any]]:
    ways = _some(rng, ("2", "3", "4"), 1, 2)
    return [
        {
            "codeSollicitatiewijze": way,
            "webadres": {"codeWebadres": 4, "url": f"{werkgever.website}/solliciteren"},
        }
        if way == "4"
        else {"codeSollicitatiewijze": way}
        for way in ways
    ]


def _contact_of_employer(rng: random.Random) -> dict[str, Any]:
    naam = _person(rng)
    return {
        "naamContactpersoonAfdeling": naam,
        "emailadres": [_email(rng, naam, "example.nl")],
        "telefoonnummer": [_phone(rng)],
    }


# --- A contact with an employer ----------------------------------------------------------------------------

_EMPLOYERS: Final = tuple(werkgever for group in WERKGEVERS.values() for werkgever in group)


def werkgeverscontactmoment(rng: random.Random, postcode: str) -> dict[str, Any]:
    """Makes one contact of an account manager with a made-up employer at that postcode."""
    werkgever = _pick(rng, _EMPLOYERS)
    manager, contact = _person(rng), _person(rng)
    return {
        "datum": _day(rng, -540, 0),
        "codeOnderwerp": _between(rng, 1, 6),
        "codeSoort": _between(rng, 1, 6),
        "accountmanager": {
            "naam": manager,
            "naamOrganisatie": f"{_pick(rng, _ORGANISATIES)} {_pick(rng, _PLAATSEN)}",
            "emailadres": _email(rng, manager, "example.nl"),
            "telefoonnummer": _phone(rng),
        },
        "werkgever": {
            "handelsnaamOrganisatie": werkgever.naam,
            "nummerKvk": werkgever.kvk,
            "codeSbi": werkgever.sbi,
            "codeSoortAfspraken": _between(rng, 1, 3),
            "erkendSbbLeerbedrijf": _chance(rng, 0.4),
            "vestigingsadres": {
                "straatnaam": _pick(rng, _STRATEN),
                "huisnummer": _between(rng, 1, 250),
                "postcode": postcode,
                "woonplaatsnaam": _pick(rng, _PLAATSEN),
                "contactpersoonAfdeling": {
                    "naam": contact,
                    "functie": _pick(rng, _FUNCTIES),
                    "emailadres": _email(rng, contact, "example.nl"),
                    "telefoonnummer": _phone(rng),
                },
            },
        },
    }
