"""Reads the form of the page on which columns are chosen, and fills in what is usual."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django import forms
from django.http import QueryDict

from exchange.standard import Gegevenstype, Soort
from exchange.waardelijsten.talen import VEELGEVRAAGD
from uploads.koppelingen.choices import (
    ACHTER,
    CODE_TAAL,
    LONGEST_BETWEEN,
    LONGEST_CONSTANT,
    MAAND,
    MAX_EXTRA,
    NEDERLANDS,
    NIET,
    VAST,
    Extra,
    Kolomkeuze,
    Kolomkeuzes,
    can_be_followed,
    language_of,
    leaf_at,
)
from uploads.koppelingen.codetabel import LONGEST_TABLE
from uploads.mapping.cells.dates import Volgorde, order_of
from uploads.mapping.cells.text import code_table, woordsleutel
from uploads.mapping.doelen import MAX_POSITIES, SOORTEN, constant_of
from uploads.mapping.kolommen import Kolomkop
from uploads.mapping.proposals.header_names import TOESTEMMING
from uploads.mapping.proposals.suggest import (
    has_several,
    is_alone,
    is_coded_list,
    may_be_cut,
    splits_for,
    tekens_for,
    yes_words,
)
from uploads.mapping.words import JA


def from_form(
    data: QueryDict,
    begin: Kolomkeuzes,
    kolommen: Sequence[Kolomkop],
    monsters: Mapping[str, Sequence[object]],
    te_bevestigen: Sequence[str] = (),
) -> Kolomkeuzes:
    """Reads the choices from a form that was sent; a choice that is not in the form keeps its first value.

    `te_bevestigen` are the keys of the columns that the person who sends it can say may be passed over.
    """
    by_index = {str(kolom.index): kolom.sleutel for kolom in kolommen}
    chosen = dict(begin.kolommen)
    fresh: list[str] = []
    for kolom in kolommen:
        name, old = f"k{kolom.index}", begin.kolommen[kolom.sleutel]
        doel = _text(data, f"{name}-doel", old.doel)
        # The fields beside it belong to the target that was chosen when the page was made. What the rule that the
        # page began with says of another target means nothing for this one.
        if doel == _text(data, f"{name}-bij", NIET) and f"{name}-doel" in data:
            known = old if doel == old.doel else Kolomkeuze(doel)
            chosen[kolom.sleutel] = _column_from(data, name, known, by_index)
        elif doel != old.doel:
            chosen[kolom.sleutel] = Kolomkeuze(doel)
            fresh.append(kolom.sleutel)
    for key in fresh:
        chosen[key] = _usual(begin.soort, key, chosen, monsters.get(key, ()))
    _release_followers(begin.soort, chosen, fresh, _shown_targets(data, begin, kolommen), monsters)
    if "extra" not in data:
        return replace(begin, kolommen=chosen)
    return Kolomkeuzes(
        begin.soort,
        chosen,
        tuple(_extra_from(data, begin, by_index)),
        data.get("verklaring") == "ja",
        # Who declares that everybody agreed says so of the columns that stand beside it.
        tuple(te_bevestigen) if {data.get("bevestigd"), data.get("verklaring")} & {"ja"} else (),
    )


def _shown_targets(data: QueryDict, begin: Kolomkeuzes, kolommen: Sequence[Kolomkop]) -> dict[str, str]:
    """Gives the target that every column had on the page that was sent."""
    return {
        kolom.sleutel: _text(data, f"k{kolom.index}-bij", begin.kolommen[kolom.sleutel].doel)
        for kolom in kolommen
    }


def _release_followers(
    soort: Soort,
    chosen: dict[str, Kolomkeuze],
    fresh: Sequence[str],
    before: Mapping[str, str],
    monsters: Mapping[str, Sequence[object]],
) -> None:
    """Lets the columns behind a column stay what they were when that column becomes something else.

    The first of them takes its place in the target that it left, and the others follow the first. A column that
    becomes another text keeps its followers.
    """
    for head in fresh:
        followers = [
            key
            for key, one in chosen.items()
            if one.doel == ACHTER and one.achter == head and key not in fresh
        ]
        if not followers or can_be_followed(soort, chosen[head].doel):
            continue
        first, *rest = followers
        left = leaf_at(soort, before[head])
        chosen[first] = Kolomkeuze(before[head] if left is not None else NIET)
        if left is not None:
            chosen[first] = _usual(soort, first, chosen, monsters.get(first, ()))
        for key in rest:
            chosen[key] = replace(chosen[key], achter=first) if left is not None else Kolomkeuze()


def _usual(soort: Soort, key: str, chosen: Mapping[str, Kolomkeuze], samples: Sequence[object]) -> Kolomkeuze:
    """Gives the usual choice for a target that was just chosen, given the choices for the other columns."""
    keuze = chosen[key]
    if keuze.doel == TOESTEMMING:
        return replace(keuze, toestemming=", ".join(yes_words(samples) or (JA,)))
    leaf = leaf_at(soort, keuze.doel)
    if leaf is None:
        return keuze
    each = is_alone(leaf) or (is_coded_list(leaf) and has_several(leaf, samples))
    if "[]" in leaf.pad and not each:
        used = [one.nummer for other, one in chosen.items() if one.doel == keuze.doel and other != key]
        keuze = replace(keuze, nummer=min(max(used, default=0) + 1, MAX_POSITIES))
    language = language_of(soort, leaf)
    told = language is None or any(one.doel == language.pad for one in chosen.values())
    return replace(
        keuze,
        splits=splits_for(leaf, samples) if each else "",
        inkorten=may_be_cut(leaf),
        taal="" if told else NEDERLANDS,
        tekens=tekens_for(samples) if leaf.pad == soort.id_pad else "",
        maand_eerst=leaf.attribuut.type is Gegevenstype.DATUM and order_of(samples) is Volgorde.MAAND_DAG,
    )


def _column_from(data: QueryDict, name: str, begin: Kolomkeuze, by_index: Mapping[str, str]) -> Kolomkeuze:
    return replace(
        begin,
        nummer=_place(_text(data, f"{name}-nummer", str(begin.nummer))),
        splits=_text(data, f"{name}-splits", begin.splits, strip=False)[:20].replace("\r\n", "\n"),
        eenheid=_text(data, f"{name}-eenheid", begin.eenheid),
        bij_onbekend=_text(data, f"{name}-onbekend", begin.bij_onbekend),
        inkorten=f"{name}-inkorten" in data if f"{name}-kan-inkorten" in data else begin.inkorten,
        achter=by_index.get(_text(data, f"{name}-achter", ""), "")
        if f"{name}-achter" in data
        else begin.achter,
        voeg_samen=_text(data, f"{name}-tussen", begin.voeg_samen, strip=False)[:LONGEST_BETWEEN],
        ja=_text(data, f"{name}-ja", begin.ja),
        taal=_text(data, f"{name}-taal", begin.taal),
        toestemming=_text(data, f"{name}-toestemming", begin.toestemming)[:2000],
        tekens=_text(data, f"{name}-tekens", begin.tekens),
        tabel=_text(data, f"{name}-tabel", begin.tabel)[:LONGEST_TABLE],
        maand_eerst=data[f"{name}-volgorde"] == MAAND if f"{name}-volgorde" in data else begin.maand_eerst,
    )


def _extra_from(data: QueryDict, begin: Kolomkeuzes, by_index: Mapping[str, str]) -> Iterable[Extra]:
    for place in range(MAX_EXTRA):
        name = f"x{place}"
        doel = _text(data, f"{name}-doel", "")
        if not doel:
            continue
        source = _text(data, f"{name}-bron", VAST)
        kolom = by_index.get(source, "")
        waarde = "" if kolom else _text(data, f"{name}-waarde", "")[:LONGEST_CONSTANT]
        was = _place(_text(data, f"{name}-was", "0"))
        old = begin.extra[was - 1] if 0 < was <= len(begin.extra) else None
        yield Extra(
            doel,
            _place(_text(data, f"{name}-nummer", "0")),
            kolom,
            _as_constant(begin.soort, doel, waarde),
            old.alleen_met if old is not None and old.doel == doel and not kolom else "",
        )


def _as_constant(soort: Soort, doel: str, waarde: str) -> str:
    """Gives a fixed value as rules hold it: the label of a code becomes the code."""
    leaf = leaf_at(soort, doel)
    lijst = leaf.attribuut.waardelijst if leaf is not None else None
    if not waarde or leaf is None or lijst is None:
        return waarde
    if leaf.attribuut.naam == CODE_TAAL:
        names = {woordsleutel(name): code for code, name in VEELGEVRAAGD.items()}
        return names.get(woordsleutel(waarde), waarde)
    if constant_of(leaf.attribuut, waarde) is not None:
        return waarde
    code = code_table(lijst).get(woordsleutel(waarde)) if lijst.waarden else None
    return waarde if code is None else str(code)


def _text(data: QueryDict, name: str, default: str, *, strip: bool = True) -> str:
    value = data.get(name, default)
    text = (default if value is None else value).replace("\0", "")
    return text.strip() if strip else text


def _place(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
    return number if number <= MAX_POSITIES else 0


def soort_van(text: str | None) -> Soort | None:
    """Gives the kind that a form or address names, of the kinds that a spreadsheet can hold."""
    return next((soort for soort in SOORTEN if soort.value == text), None)


class NaamForm(forms.Form):
    """Asks for another name for a koppeling; `saved` checks whether the name can be used."""

    naam = forms.CharField(
        label="Naam",
        max_length=60,
        error_messages={
            "required": "Geef de koppeling een naam.",
            "max_length": "Kies een naam van ten hoogste 60 tekens.",
        },
    )
