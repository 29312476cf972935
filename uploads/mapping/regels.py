"""Describes a koppeling as data: which columns go to which attribute of the standard, and how.

These are plain values without Django. `engine` runs them, the presets (`sonar`, `standaard`) make them for a
header row, and the ones that a clerk makes are kept as JSON. The possible targets, and the possible rules for
each, follow from `exchange.standard` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from exchange.standard import Gegevenstype, Soort, Veld, veld_op
from uploads.mapping.cells.text import woordsleutel
from uploads.mapping.doelen import (
    SOORTEN,
    OngeldigeRegels,
    code_in,
    constant_of,
    is_splitsbaar,
    is_uren,
    veld_van,
    without_positions,
)
from uploads.mapping.kolommen import LONGEST_HEADER, says_bsn
from uploads.mapping.words import JA

SONAR: Final = "sonar"
STANDAARD_KOLOMMEN: Final = "standaard"
HERKOMSTEN: Final = ("", SONAR, STANDAARD_KOLOMMEN)

AFKEUREN: Final = "afkeuren"
PSEUDONIEM: Final = "pseudoniem"
VERVANGEN: Final = "vervangen"
# The factor that turns a number in this unit into hours a week.
EENHEDEN: Final[Mapping[str, float]] = {"uren_per_dag": 5.0, "uren_per_maand": 12 / 52}
# The places where a cell with several codes is cut when the rule names no others.
GEWONE_SPLITS: Final = ",;|\n"
# The greatest length of a word of `Regel.waarden`.
LONGEST_VALUE: Final = 300

MAX_REGELS = 300
MAX_KOLOMMEN = 20
# The most rows of a second sheet that are read beside one row of the first.
MAX_BIJRIJEN = 5
MAX_WAARDEN = 5000
LONGEST_KEY = LONGEST_HEADER + 10
LONGEST_CONSTANT = 2000
LONGEST_BETWEEN = 20


@dataclass(frozen=True, slots=True)
class Regel:
    """One target and its source: columns or a constant.

    Of several rules with the same `doel` (without `[]`), the first that gives a value counts; with `[]` each
    rule adds its elements. A constant at `groep[].naam` goes into each element of the group that is present.
    """

    # The path with positions: "mobiliteit.bemiddelingspostcode", "bemiddelingsberoep[].codeBeroepsnaam",
    # "arbeidsmarktkwalificatie.opleiding[0].codeNiveauOpleiding".
    doel: str
    # Keys of headers, as `kolomsleutels` gives them; empty for a constant.
    kolommen: tuple[str, ...] = ()
    constante: str = ""
    # Stands between the values of several columns.
    voeg_samen: str = ", "
    # Characters at which one cell is cut into several elements (" en " among them is that
    # word); `doel` then has [].
    splits: str = ""
    # One of EENHEDEN; empty when the number is in the unit of the standard.
    eenheid: str = ""
    # The municipality's own words and their codes, instead of the labels and codes of the list: a 1 that
    # means yes is not code 1. A word with an empty code is left out on purpose.
    waarden: tuple[tuple[str, str], ...] = ()
    # One known word in the cell is enough: "mbo 4" is found under "mbo".
    per_woord: bool = False
    # "": the value is left out with a warning, and counted for the value mapping; AFKEUREN: it is refused; a
    # code: that code is used, with a warning.
    bij_onbekend: str = ""
    # A text that is too long is cut at a word, with a warning, instead of refused.
    inkorten: bool = False
    # The rule counts only when this other target (with positions) has a value too.
    alleen_met: str = ""
    # For a date only: the month comes before the day in this column.
    maand_eerst: bool = False
    # For the id only: what happens to one with characters that are not allowed. "": it is refused; PSEUDONIEM or
    # VERVANGEN (by a dash).
    tekens: str = ""
    # For the id only: always use a keyed pseudonym. Otherwise only a BSN gets one, also when only the
    # header says that it is a BSN.
    pseudoniem: bool = False


@dataclass(frozen=True, slots=True)
class Toestemming:
    """The source of consent: a column with certain values, or a declaration for everybody in the file."""

    kolom: str = ""
    waarden: tuple[str, ...] = (JA,)
    verklaring: bool = False


@dataclass(frozen=True, slots=True)
class Bijblad:
    """A second sheet or file that is read beside the first, on a key that both have; see `mapping.bijblad`.

    `hoofd` and `blad` are the names of the sheets, `sleutel` and `sleutel_bij` the columns with the key (by the
    keys of their headers), and `aantal` is the number of rows of `blad` that are read beside one of `hoofd`.
    `los` tells that the two came in as two files, and only decides the words.
    """

    hoofd: str
    sleutel: str
    blad: str
    sleutel_bij: str
    aantal: int = 1
    los: bool = False

    @property
    def wat(self) -> str:
        """Gives the word for each of the two."""
        return "bestand" if self.los else "blad"

    @property
    def voorzetsel(self) -> str:
        """Gives the word for being there: in a file, on a sheet."""
        return "in" if self.los else "op"

    @property
    def waar(self) -> str:
        """Gives the words for the place of the extra rows."""
        return f"{self.voorzetsel} het tweede {self.wat}"


@dataclass(frozen=True, slots=True)
class Regels:
    """The rules for reading one kind of file. `toestemming` is None when everybody in the file agreed."""

    soort: Soort
    regels: tuple[Regel, ...]
    toestemming: Toestemming | None = None
    herkomst: str = ""
    # Keys of columns that look like consent or a BSN, of which somebody said that these rules may pass over them.
    bevestigd: tuple[str, ...] = ()
    # The sheet of which the columns are read beside those of the sheet with the records.
    bijblad: Bijblad | None = None

    @property
    def kolommen(self) -> tuple[str, ...]:
        """Gives the keys of all columns that are used, each once: in the order of the rules, consent last."""
        keys = [key for regel in self.regels for key in regel.kolommen]
        if self.toestemming is not None and self.toestemming.kolom:
            keys.append(self.toestemming.kolom)
        return tuple(dict.fromkeys(keys))


# --- Checks -------------------------------------------------------------------------------------------------


def check(regels: Regels) -> None:
    """Raises OngeldigeRegels for rules that have no meaning.

    They need not be complete: see `what_is_missing`.
    """
    if regels.soort not in SOORTEN:
        raise OngeldigeRegels("Een koppeling is voor werkzoekenden of voor vacatures. Kies een van beide.")
    if regels.herkomst not in HERKOMSTEN:
        raise OngeldigeRegels("De herkomst van deze koppeling is niet bekend.")
    if len(regels.regels) > MAX_REGELS:
        raise OngeldigeRegels(f"Een koppeling kan ten hoogste {MAX_REGELS} regels hebben. Verwijder regels.")
    for regel in regels.regels:
        _check_rule(regels.soort, regel)
    if regels.toestemming is not None:
        _check_consent(regels.toestemming)
    if regels.bijblad is not None and not 1 <= regels.bijblad.aantal <= MAX_BIJRIJEN:
        raise OngeldigeRegels(f"Van een tweede blad gaan ten hoogste {MAX_BIJRIJEN} rijen per profiel mee.")


def what_is_missing(regels: Regels) -> tuple[str, ...]:
    """Says in Dutch what these rules still lack before a file can be read; empty when they are complete."""
    soort = regels.soort
    filled = {without_positions(regel.doel) for regel in regels.regels}
    missing = [
        f"Kies uit welke kolom {_quoted(veld_op(soort, pad))} komt. Elk profiel heeft dit nodig."
        for pad in (soort.id_pad, soort.postcode_pad)
        if pad is not None and pad not in filled
    ]
    if soort is Soort.WERKZOEKENDEN and regels.toestemming is None and regels.herkomst != STANDAARD_KOLOMMEN:
        missing.append(
            "Geef aan in welke kolom de toestemming staat, of verklaar dat iedereen in dit bestand toestemming gaf."
        )
    return tuple(missing)


def _check_rule(soort: Soort, regel: Regel) -> None:
    leaf = veld_van(soort, regel.doel)
    attribuut, label = leaf.attribuut, leaf.volledig_label

    def wrong(melding: str) -> NoReturn:
        raise OngeldigeRegels(f"{label}: {melding}")

    _check_columns(regel, leaf, soort, wrong)
    if regel.splits and not ("[]" in regel.doel and is_splitsbaar(leaf)):
        wrong("een cel kan hier niet in stukken worden geknipt.")
    if regel.eenheid and not (regel.eenheid in EENHEDEN and is_uren(attribuut)):
        wrong("omrekenen van uren kan hier niet.")
    if attribuut.waardelijst is None:
        if regel.waarden or regel.bij_onbekend or regel.per_woord:
            wrong("dit veld heeft geen waardelijst, dus er zijn geen waarden te koppelen.")
    else:
        if len(regel.waarden) > MAX_WAARDEN:
            wrong(f"er zijn ten hoogste {MAX_WAARDEN} waarden te koppelen.")
        for waarde, code in regel.waarden:
            if not woordsleutel(waarde) or (code and code_in(attribuut.waardelijst, code) is None):
                wrong("een gekoppelde waarde heeft een code die niet in de waardelijst staat.")
        if (
            regel.bij_onbekend not in {"", AFKEUREN}
            and code_in(attribuut.waardelijst, regel.bij_onbekend) is None
        ):
            wrong("de code voor onbekende waarden staat niet in de waardelijst.")
    if regel.constante and constant_of(attribuut, regel.constante) is None:
        wrong("deze vaste waarde past niet bij dit veld. Kies een andere waarde.")
    if regel.inkorten and attribuut.lengte is None:
        wrong("dit veld is niet in te korten.")
    if regel.alleen_met:
        veld_van(soort, regel.alleen_met)
    if regel.pseudoniem and leaf.pad != soort.id_pad:
        wrong("alleen het kenmerk van een profiel kan een pseudoniem worden.")
    if regel.tekens and (leaf.pad != soort.id_pad or regel.tekens not in {PSEUDONIEM, VERVANGEN}):
        wrong("alleen in het kenmerk van een profiel zijn tekens te vervangen.")
    if regel.maand_eerst and attribuut.type is not Gegevenstype.DATUM:
        wrong("alleen bij een datum kan de maand voorop staan.")


def _check_columns(regel: Regel, leaf: Veld, soort: Soort, wrong: Any) -> None:
    if bool(regel.kolommen) is bool(regel.constante):
        wrong("kies een of meer kolommen, of een vaste waarde.")
    if len(regel.kolommen) > MAX_KOLOMMEN or len(set(regel.kolommen)) < len(regel.kolommen):
        wrong(f"kies ten hoogste {MAX_KOLOMMEN} verschillende kolommen.")
    is_id = leaf.pad == soort.id_pad
    if is_id and not regel.kolommen:
        wrong("een vaste waarde kan hier niet: elk profiel heeft een eigen kenmerk nodig.")
    if any(says_bsn(key) for key in regel.kolommen) and not (is_id and len(regel.kolommen) == 1):
        wrong(
            "een kolom met burgerservicenummers mag alleen dienen om profielen te herkennen. Kies een andere kolom."
        )


def _check_consent(toestemming: Toestemming) -> None:
    if bool(toestemming.kolom) is toestemming.verklaring:
        raise OngeldigeRegels(
            "Kies voor toestemming een kolom, of verklaar dat iedereen in het bestand toestemming gaf; niet allebei."
        )
    if toestemming.kolom and not any(map(woordsleutel, toestemming.waarden)):
        raise OngeldigeRegels("Kies bij welke waarden in de kolom er toestemming is.")


def _quoted(leaf: Veld) -> str:
    return f"'{leaf.volledig_label}'"
