"""Asks who had contact with an employer. The answer holds names and numbers of people: it is stored nowhere.

Like a detail it is fetched in the request of the page. A question counts as one detail of the day, and leaves a
line in the audit log before it goes out and one after it. The KvK number is in neither: that of a one-person
business leads to a person.
"""

import time
from datetime import date

from exchange.bemiddelaar import client, searching, tellingen
from exchange.bemiddelaar.models import Geteld
from exchange.standard import Soort
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act, new_span
from um_portal.audit.models import Uitkomst
from um_portal.gemeenten import daglimieten
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.gemeenten.models import Verbruikssoort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def request_contactmomenten(
    gemeente: Gemeente, gebruiker: Gebruiker, nummer_kvk: str, sinds: date | None
) -> client.Contactmomenten:
    """Fetches the contacts with the employer of this KvK number, of eight digits.

    Raises DaglimietBereikt, and UitwisselingFout when the request failed. A failed request does not count, unless
    it is not known whether it was answered. Call outside `voor_gemeente`: it waits for another party.
    """
    span, begin = new_span(), time.monotonic()
    try:
        with voor_gemeente(gemeente):
            dag = daglimieten.take(gemeente, gebruiker, Verbruikssoort.DETAILS)
            log_act(
                gemeente,
                Handeling.CONTACTMOMENTEN_GEVRAAGD,
                gebruiker=gebruiker,
                uitkomst=Uitkomst.ONBEKEND,
                span=span,
            )
    except DaglimietBereikt:
        searching.log_daglimiet(gemeente, gebruiker, Verbruikssoort.DETAILS)
        raise

    def settle(uitkomst: Uitkomst, aantal: int | None = None) -> None:
        def write() -> None:
            if uitkomst is Uitkomst.MISLUKT:
                daglimieten.give_back(gemeente, gebruiker, Verbruikssoort.DETAILS, dag)
            if uitkomst is Uitkomst.GELUKT:
                tellingen.count(gemeente, Soort.WERKGEVERSCONTACTMOMENTEN, Geteld.CONTACTMOMENTEN)
            log_act(
                gemeente,
                Handeling.CONTACTMOMENTEN_OPGEVRAAGD,
                gebruiker=gebruiker,
                uitkomst=uitkomst,
                aantal=aantal,
                span=span,
                duur_ms=int(1000 * (time.monotonic() - begin)),
            )

        searching.settle_once(gemeente, Handeling.CONTACTMOMENTEN_OPGEVRAAGD, span, write)

    try:
        found = client.fetch_contactmomenten(nummer_kvk, sinds, gemeente.oin)
    except client.UitwisselingFout as fout:
        settle(Uitkomst.ONBEKEND if fout.onbekend else Uitkomst.MISLUKT)
        raise
    except Exception:
        settle(Uitkomst.ONBEKEND)
        raise client.UitwisselingFout(searching.unexpected_error("contactmomenten"), onbekend=True) from None
    except BaseException:
        # The process is being stopped.
        settle(Uitkomst.ONBEKEND)
        raise
    settle(Uitkomst.GELUKT, len(found.momenten))
    return found
