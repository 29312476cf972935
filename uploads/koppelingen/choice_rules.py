"""Turns rules into the choices on the page for choosing columns, and choices into rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from exchange.standard import Gegevenstype, Soort, Veld
from uploads.koppelingen.choices import (
    ACHTER,
    ALTIJD,
    CODE_TAAL,
    LONGEST_WORD,
    MOST_WORDS,
    NIET,
    Extra,
    Kolomkeuze,
    Kolomkeuzes,
    language_of,
    leaf_at,
)
from uploads.koppelingen.codetabel import as_table, can_have_table, read_table, words_with
from uploads.mapping.cells.text import woordsleutel
from uploads.mapping.doelen import (
    OngeldigeRegels,
    is_splitsbaar,
    usual_target,
    with_position,
    without_positions,
)
from uploads.mapping.kolommen import Kolomkop
from uploads.mapping.proposals.header_names import TOESTEMMING
from uploads.mapping.proposals.suggest import (
    is_alone,
    may_be_cut,
    one_word_is_enough,
    splits_for,
    words_for,
)
from uploads.mapping.regels import Regel, Regels, Toestemming, check
from uploads.mapping.words import JA_CIJFER, NEE, NEE_CIJFER, yes_to

_NO_SAMPLES: Final[Mapping[str, Sequence[object]]] = {}


def from_regels(regels: Regels, kolommen: Sequence[Kolomkop]) -> Kolomkeuzes:
    """Gives the choices that stand for these rules, for a file with these columns."""
    present = {kolom.sleutel for kolom in kolommen}
    chosen: dict[str, Kolomkeuze] = {}
    extra: list[Extra] = []
    consent = regels.toestemming
    if consent is not None and consent.kolom in present:
        chosen[consent.kolom] = Kolomkeuze(TOESTEMMING, toestemming=", ".join(consent.waarden))
    for regel in regels.regels:
        pad, nummer = without_positions(regel.doel), _number_in(regel.doel)
        keys = [key for key in regel.kolommen if key in present]
        if not regel.kolommen:
            if not _is_language(regel, regels, present):
                extra.append(Extra(pad, nummer, "", regel.constante, regel.alleen_met))
        elif keys and keys[0] in chosen:
            extra.append(Extra(pad, nummer, keys[0]))
        elif keys:
            chosen[keys[0]] = Kolomkeuze(
                pad, nummer, regel.splits, regel.eenheid, regel.bij_onbekend, regel.inkorten,
                voeg_samen=regel.voeg_samen, ja=_code_for_yes(regel), taal=_language_with(regel, regels),
                tekens=ALTIJD if regel.pseudoniem else regel.tekens, maand_eerst=regel.maand_eerst,
                tabel=_table_of(regels.soort, regel),
            )  # fmt: skip
            for key in keys[1:]:
                chosen.setdefault(key, Kolomkeuze(ACHTER, achter=keys[0]))
    return Kolomkeuzes(
        regels.soort,
        {kolom.sleutel: chosen.get(kolom.sleutel, Kolomkeuze()) for kolom in kolommen},
        tuple(extra),
        consent is not None and consent.verklaring,
        regels.bevestigd,
    )


def _table_of(soort: Soort, regel: Regel) -> str:
    """Gives the system's own codes of a rule as a table; '' when it has only the usual words, or yes and no."""
    leaf = leaf_at(soort, without_positions(regel.doel))
    return "" if leaf is None or _code_for_yes(regel) else as_table(leaf, regel.waarden)


def _is_language(regel: Regel, regels: Regels, present: set[str]) -> bool:
    """Tells whether a constant is the language of a level that has a column here.

    That column's choice then covers it.
    """
    return regel.doel.endswith(f".{CODE_TAAL}") and any(
        other.doel == regel.alleen_met and not present.isdisjoint(other.kolommen) for other in regels.regels
    )


def _language_with(regel: Regel, regels: Regels) -> str:
    """Gives the language that belongs to the level of this rule."""
    doel = f"{regel.doel.rpartition('.')[0]}.{CODE_TAAL}"
    found = (one for one in regels.regels if one.doel == doel and one.alleen_met == regel.doel)
    return next((one.constante for one in found), "")


def _number_in(doel: str) -> int:
    _, bracket, rest = doel.partition("[")
    number = rest.partition("]")[0]
    return int(number) + 1 if bracket and number else 0


def _code_for_yes(regel: Regel) -> str:
    """Gives the code that stands for yes, when the rule's words are only yes and no."""
    codes = {code for _, code in regel.waarden if code}
    return codes.pop() if len(codes) == 1 and (NEE, "") in regel.waarden else ""


@dataclass(frozen=True, slots=True)
class Keuzefout:
    """Tells what is wrong with the choices.

    `plaats` is a key of a column, `x<number>` of an extra rule, or empty.
    """

    plaats: str
    melding: str


def to_regels(
    keuzes: Kolomkeuzes,
    begin: Regels,
    kolommen: Sequence[Kolomkop],
    monsters: Mapping[str, Sequence[object]] = _NO_SAMPLES,
) -> tuple[Regels, tuple[Keuzefout, ...]]:
    """Gives the rules that stand for these choices, and the errors in the choices.

    `monsters` has a few values per column (by its key): a target that is new on the page gets the words that
    people use for it, as in a proposal. A choice with an error is left out of the rules, so that the others
    can be shown.
    """
    old = {
        (without_positions(regel.doel), *regel.kolommen[:1]): regel
        for regel in begin.regels
        if regel.kolommen
    }
    faults: list[Keuzefout] = []
    made: list[Regel] = []

    def add(regel: Regel, plaats: str) -> None:
        try:
            check(Regels(keuzes.soort, (regel,)))
        except OngeldigeRegels as problem:
            faults.append(Keuzefout(plaats, problem.melding))
        else:
            made.append(regel)

    for kolom in kolommen:
        keuze = keuzes.kolommen[kolom.sleutel]
        if keuze.doel in {NIET, TOESTEMMING}:
            continue
        if keuze.doel == ACHTER:
            head = keuzes.kolommen.get(keuze.achter)
            if head is None or head.doel in {NIET, ACHTER, TOESTEMMING}:
                faults.append(Keuzefout(kolom.sleutel, "Kies achter welke kolom dit moet komen."))
            continue
        leaf = leaf_at(keuzes.soort, keuze.doel)
        if leaf is None:
            faults.append(Keuzefout(kolom.sleutel, _NO_TARGET))
            continue
        regel = _rule(leaf, kolom, keuzes, old, monsters)
        if keuze.tabel and can_have_table(leaf):
            wrong = read_table(leaf, keuze.tabel)[1]
            faults += [Keuzefout(kolom.sleutel, _WRONG_LINE.format(number)) for number in wrong[:3]]
        add(regel, kolom.sleutel)
        if keuze.taal and language_of(keuzes.soort, leaf) is not None:
            doel = f"{regel.doel.rpartition('.')[0]}.{CODE_TAAL}"
            add(Regel(doel, constante=keuze.taal, alleen_met=regel.doel), kolom.sleutel)
    for place, extra in enumerate(keuzes.extra):
        leaf = leaf_at(keuzes.soort, extra.doel)
        if leaf is None:
            faults.append(Keuzefout(f"x{place}", _NO_TARGET))
        elif not extra.kolom and not extra.waarde:
            faults.append(
                Keuzefout(f"x{place}", f"Vul een vaste waarde in voor {_quoted(leaf)}, of kies een kolom.")
            )
        else:
            add(_extra_rule(leaf, extra, old, monsters), f"x{place}")
    consent, fault = _consent(keuzes)
    # The rules are those of the person who sends the page, whatever rules the page began with.
    regels = Regels(keuzes.soort, tuple(sorted(made, key=_like(begin))), consent, bevestigd=keuzes.bevestigd)
    return regels, (*faults, *fault)


def _like(begin: Regels) -> Callable[[Regel], int]:
    """Gives the order of the rules that the page began with, so that the same choices give the same rules."""
    places: dict[tuple[str, ...], int] = {}
    for place, regel in enumerate(begin.regels):
        places.setdefault((regel.doel, regel.constante, regel.alleen_met, *regel.kolommen[:1]), place)
        places.setdefault((without_positions(regel.doel), regel.constante, *regel.kolommen[:1]), place)
    last = len(begin.regels)

    def place_of(regel: Regel) -> int:
        first = regel.kolommen[:1]
        anywhere = places.get((without_positions(regel.doel), regel.constante, *first), last)
        return places.get((regel.doel, regel.constante, regel.alleen_met, *first), anywhere)

    return place_of


def target_at(leaf: Veld, nummer: int, *, constante: bool = False) -> str:
    """Gives the target at a place in its list, from 1.

    At 0 every value is an element of its own, and a constant stands in every element.
    """
    pad = leaf.pad
    if "[]" not in pad:
        return pad
    if nummer == 0:
        if constante and pad.count("[]") == 1:
            return pad
        return pad if is_alone(leaf) else usual_target(leaf)
    if leaf.attribuut.meervoudig and pad.count("[]") > 1:
        return f"{with_position(pad[:-2], nummer - 1)}[]"
    return with_position(pad, nummer - 1)


def _rule(
    leaf: Veld,
    kolom: Kolomkop,
    keuzes: Kolomkeuzes,
    old: Mapping[tuple[str, ...], Regel],
    monsters: Mapping[str, Sequence[object]],
) -> Regel:
    key = kolom.sleutel
    keuze, begin = keuzes.kolommen[key], old.get((leaf.pad, key))
    usual = words_for(leaf, monsters[key]) if key in monsters else ()
    per_woord = bool(usual) and one_word_is_enough(leaf)
    followers = [
        other
        for other, choice in keuzes.kolommen.items()
        if choice.doel == ACHTER and choice.achter == key and other != key
    ]
    doel = target_at(leaf, keuze.nummer)
    regel = replace(
        begin or Regel(doel, (key,), waarden=usual, per_woord=per_woord),
        doel=doel,
        kolommen=(key, *followers),
        voeg_samen=keuze.voeg_samen,
        splits=keuze.splits if "[]" in doel and is_splitsbaar(leaf) else "",
        eenheid=keuze.eenheid,
        bij_onbekend=keuze.bij_onbekend if leaf.attribuut.waardelijst is not None else "",
        inkorten=keuze.inkorten,
        maand_eerst=keuze.maand_eerst and leaf.attribuut.type is Gegevenstype.DATUM,
        tekens=keuze.tekens if leaf.pad == keuzes.soort.id_pad and keuze.tekens != ALTIJD else "",
        pseudoniem=keuze.tekens == ALTIJD and leaf.pad == keuzes.soort.id_pad,
    )
    if can_have_table(leaf) and not keuze.ja and keuze.tabel != _table_of(keuzes.soort, begin or regel):
        own, _ = read_table(leaf, keuze.tabel)
        samples = monsters.get(key, ())
        return replace(regel, waarden=words_with(leaf, own, samples) if own else usual, per_woord=per_woord)
    if keuze.ja:
        return replace(regel, waarden=_words_for_yes(regel, keuze.ja), splits="", per_woord=False)
    if begin is not None and _code_for_yes(begin):
        # The code for yes was chosen before, and is now taken away.
        return replace(regel, waarden=usual, per_woord=per_woord)
    return regel


def _words_for_yes(regel: Regel, code: str) -> tuple[tuple[str, str], ...]:
    """Gives yes and no in the words of the rule, or in the usual words."""
    if not _code_for_yes(regel):
        return (*yes_to(code), (JA_CIJFER, code), (NEE_CIJFER, ""))
    return tuple((word, code if old else "") for word, old in regel.waarden)


def _extra_rule(
    leaf: Veld,
    extra: Extra,
    old: Mapping[tuple[str, ...], Regel],
    monsters: Mapping[str, Sequence[object]],
) -> Regel:
    if not extra.kolom:
        doel = target_at(leaf, extra.nummer, constante=True)
        return Regel(doel, constante=extra.waarde, alleen_met=extra.alleen_met)
    doel = target_at(leaf, extra.nummer)
    begin = old.get((leaf.pad, extra.kolom))
    if begin is not None:
        return replace(begin, doel=doel)
    usual = words_for(leaf, monsters[extra.kolom]) if extra.kolom in monsters else ()
    return Regel(
        doel,
        (extra.kolom,),
        splits=splits_for(leaf) if "[]" in doel else "",
        inkorten=may_be_cut(leaf),
        waarden=usual,
        per_woord=bool(usual) and one_word_is_enough(leaf),
    )


def _consent(keuzes: Kolomkeuzes) -> tuple[Toestemming | None, tuple[Keuzefout, ...]]:
    columns = [key for key, keuze in keuzes.kolommen.items() if keuze.doel == TOESTEMMING]
    if keuzes.soort is not Soort.WERKZOEKENDEN:
        return None, ()
    if keuzes.verklaring:
        return Toestemming(verklaring=True), tuple(Keuzefout(key, _BOTH) for key in columns[:1])
    if not columns:
        return None, ()
    words = consent_words(keuzes.kolommen[columns[0]].toestemming)
    faults = [
        Keuzefout(key, "De toestemming staat al in een andere kolom. Kies er één.") for key in columns[1:]
    ]
    if not words:
        faults.append(Keuzefout(columns[0], "Vul in bij welke waarden er toestemming is, bijvoorbeeld: ja."))
        return None, tuple(faults)
    return Toestemming(columns[0], words), tuple(faults)


_NO_TARGET: Final = "Dit gegeven bestaat niet in de gegevensstandaard. Kies er een uit de lijst."
_WRONG_LINE: Final = (
    "Regel {} van de codetabel is niet te lezen. "
    "Zet op elke regel een code en wat die betekent, zoals N1 = MBO."
)
_BOTH: Final = (
    "U koos een kolom voor de toestemming en u verklaarde dat iedereen toestemming gaf. Kies een van beide."
)


def consent_words(text: str) -> tuple[str, ...]:
    """Reads the words that mean yes, which somebody typed with commas between them."""
    words = dict.fromkeys(woordsleutel(part)[:LONGEST_WORD] for part in text.replace(";", ",").split(","))
    return tuple(word for word in words if word)[:MOST_WORDS]


def _quoted(leaf: Veld) -> str:
    return f"‘{leaf.volledig_label}’"
