"""Describes a version of the interface as one value: its addresses, its messages, and its questions.

Code that uses an interface gets this value and needs to know nothing of its version. The versions in use are
registered in `exchange.interfaces`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from exchange.selection import Selectievraag
from exchange.standard import Soort, is_oin
from exchange.vum3.compose import Criteria, compose
from exchange.vum3.decompose import decompose
from exchange.vum3.fouten import FOUTEN, Afgewezen, Fouten
from exchange.vum3.headers import HEADERS, Headers, Partijen, wsgi_name
from exchange.vum3.narrowing import Tekort, Toets
from exchange.vum3.parse import Vraaglezer
from exchange.vum3.zoekvelden import ZOEKVELDEN, ZONDER_PLAATS, Zoekveld


@dataclass(frozen=True)
class Interface:
    """A version of the interface.

    `naam` is its name for people, `pad` its part of every address. `zonder_plaats` tells per kind that is
    asked by area what it costs to have no postcode. `ruime_aanroep` holds the kinds of which the request of a
    selectievraag may have other properties beside `vraagObject`.
    """

    naam: str
    pad: str
    headers: Headers
    fouten: Fouten
    zoekvelden: Mapping[Soort, tuple[Zoekveld, ...]]
    zonder_plaats: Mapping[Soort, str]
    ruime_aanroep: frozenset[Soort]

    @property
    def bron_adres(self) -> str:
        """Gives the address on the portal below which it answers as a source."""
        return f"/vum/bron/{self.pad}"

    @property
    def uitwisseling_adres(self) -> str:
        """Gives the address below which the exchange answers bemiddelaars."""
        return f"/vum/{self.pad}"

    @cached_property
    def _lezers(self) -> Mapping[Soort, Vraaglezer]:
        return {soort: Vraaglezer(soort, velden) for soort, velden in self.zoekvelden.items()}

    def parse(self, soort: Soort, vraag_object: Any) -> Selectievraag:
        """Gives the typed form of the `vraagObject` of a request for this kind.

        Raises Onvolledig when something required is missing, Ongeldig when something has the wrong form.
        """
        return self._lezers[soort].read(vraag_object)

    def compose(self, soort: Soort, criteria: Criteria) -> dict[str, Any]:
        """Gives the `vraagObject` that asks for these criteria.

        Leaves out criteria that do not exist for this kind.
        """
        return compose(self.zoekvelden[soort], criteria)

    def decompose(self, soort: Soort, vraag_object: Mapping[str, Any]) -> Criteria:
        """Gives the criteria of which `compose` made this `vraagObject`."""
        return decompose(self.zoekvelden[soort], vraag_object)

    def compose_contactmomenten(self, nummer_kvk: str, sinds: date | None) -> dict[str, Any]:
        """Gives the `vraagObject` that asks for the contacts with one employer, since a day when one is given."""
        since = {"datum": {"$gte": sinds.isoformat()}} if sinds else {}
        return {"werkgever.nummerKvk": {"$eq": nummer_kvk}, **since}

    def narrow(
        self, soort: Soort, vraag_object: Any, profielen: Iterable[Mapping[str, Any]]
    ) -> list[tuple[Tekort, ...]]:
        """Gives per search profile the criteria of this question that it does not meet; the area apart.

        Raises Onvolledig or Ongeldig for a question that `parse` refuses.
        """
        toets = Toets(self.zoekvelden[soort], self.parse(soort, vraag_object))
        return [toets.shortcomings(profiel) for profiel in profielen]

    def gevolgen(self, soort: Soort) -> dict[str, str]:
        """Gives what it costs to leave an attribute empty, by the attribute's path in the standard."""
        area = {soort.postcode_pad: self.zonder_plaats[soort]} if soort.postcode_pad else {}
        return area | {
            conditie.pad: conditie.gevolg
            for zoekveld in self.zoekvelden[soort]
            for conditie in zoekveld.condities
        }

    def check_headers(self, meta: Mapping[str, Any], *more: str) -> Partijen:
        """Gives the parties of a call, from `request.META`; `more` are further required headers.

        Raises Afgewezen when a header is missing, has another version or is no OIN.
        """
        headers = self.headers
        parties = (headers.van, headers.naar, headers.via)
        missing = [name for name in (*headers.versie, *parties, *more) if not meta.get(wsgi_name(name))]
        if missing:
            raise Afgewezen(self.fouten.onvolledig, f"Deze headers ontbreken: {', '.join(missing)}.")
        for name in headers.versie:
            if meta[wsgi_name(name)] != headers.berichtversie:
                raise Afgewezen(self.fouten.ongeldig, f"Header {name} moet {headers.berichtversie} zijn.")
        for name in parties:
            if not is_oin(meta[wsgi_name(name)]):
                raise Afgewezen(self.fouten.ongeldig, f"Header {name} moet een OIN van 20 cijfers zijn.")
        return headers.read(meta)

    def read_suwi(self, meta: Mapping[str, Any]) -> bool:
        """Tells whether the asking party is a SUWI party, as the exchange states.

        Raises Afgewezen for any other word.
        """
        name = self.headers.suwi
        suwi = {"true": True, "false": False}.get(str(meta[wsgi_name(name)]).lower())
        if suwi is None:
            raise Afgewezen(self.fouten.ongeldig, f"Header {name} moet true of false zijn.")
        return suwi


VUM3: Final = Interface(
    naam="3.1",
    pad="v3",
    headers=HEADERS,
    fouten=FOUTEN,
    zoekvelden=ZOEKVELDEN,
    zonder_plaats=ZONDER_PLAATS,
    ruime_aanroep=frozenset({Soort.VACATURES}),
)
