"""Makes the question that belongs to a record of one's own: vacancies for a jobseeker, jobseekers for a vacancy.

It fills in what the record itself says about place, occupation, hours and what the work demands. Nothing is
scored; the jobcoach looks at the form and decides.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from exchange.bemiddelaar.forms import Velden, ZoekForm, as_fields
from exchange.interfaces import current
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from exchange.vum3.zoekvelden import Vorm, Zoekveld

TEGENHANGER: Final = {Soort.WERKZOEKENDEN: Soort.VACATURES, Soort.VACATURES: Soort.WERKZOEKENDEN}
_AFSTAND: Final = 25
# What is asked from the same attribute of a record of the other kind. A licence and a language are demanded by a
# vacancy and offered by a jobseeker, so only the question for jobseekers takes them over.
_PADEN: Final[Mapping[Soort, Mapping[str, str]]] = {
    Soort.WERKZOEKENDEN: {
        "beroep": "bemiddelingsberoep[].codeBeroepsnaam",
        "uren_vanaf": "werktijden.aantalWerkurenPerWeekMinimaal",
        "uren_tot": "werktijden.aantalWerkurenPerWeekMaximaal",
        "datum": "flexibiliteit.datumAanvangBeschikbaarVoorWerk",
    },
    Soort.VACATURES: {
        "beroep": "beroep.codeBeroepsnaam",
        "uren_vanaf": "werktijden.aantalWerkurenPerWeekMinimaal",
        "uren_tot": "werktijden.aantalWerkurenPerWeekMaximaal",
        "datum": "arbeidsVoorwaarden.datumAanvangWerkzaamheden",
        "rijbewijzen": "rijbewijs[].codeSoortRijbewijs",
        "taal": "taalbeheersing[].codeTaal",
    },
}


def fields_for(soort: Soort, record: Mapping[str, Any]) -> Velden:
    """Gives the texts of the form for the other kind that go with this search profile of one's own.

    What the form does not offer, such as a rare language, is left out.
    """
    asked = TEGENHANGER[soort]
    zoekvelden = {
        conditie.invoer.naam: zoekveld
        for zoekveld in current().zoekvelden[asked]
        for conditie in zoekveld.condities
        if conditie.invoer is not None
    }
    filled_in = {
        naam: _fitting(zoekvelden[naam], values)
        for naam, pad in _PADEN[soort].items()
        if (values := _values(record, pad.split(".")))
    }
    postcode = _values(record, (soort.postcode_pad or "").split("."))
    travel = _values(record, ["mobiliteit", "maximaleReisafstand"]) if soort is Soort.WERKZOEKENDEN else []
    criteria = Criteria(str(postcode[0]) if postcode else "", travel[0] if travel else _AFSTAND, filled_in)
    fields = dict(as_fields(asked, criteria))
    data = QueryDict(mutable=True)
    for name, texts in fields.items():
        data.setlist(name, texts)
    form = ZoekForm(data, soort=asked)
    # A place that is wrong is worth a look; another value that the form refuses is not.
    wrong = [name for name in form.errors if name in fields and name != "postcode"]
    return {name: texts for name, texts in fields.items() if name not in wrong}


def _fitting(zoekveld: Zoekveld, values: list[Any]) -> Any:
    """Gives as many of the values as the question takes."""
    if zoekveld.vorm in (Vorm.EEN_VAN, Vorm.ALLE):
        return list(dict.fromkeys(values))
    return values[0]


def _values(group: Any, steps: list[str]) -> list[Any]:
    """Gives every value at this path of a record."""
    if not isinstance(group, dict):
        return []
    inner = group.get(steps[0].removesuffix("[]"))
    found = inner if isinstance(inner, list) else [inner]
    if len(steps) > 1:
        return [value for one in found for value in _values(one, steps[1:])]
    return [value for value in found if value not in (None, "")]
