"""Makes the fictional world: municipalities, people who log in, and the records they publish.

It is made once with a fixed seed, through the same verbs as the real thing. Every verb here may be run again:
it keeps what is there already.
"""

import json
import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from exchange.bemiddelaar import searching
from exchange.bron.models import Stand
from exchange.fictief.beroepen import BEROEPEN as DEMO_BEROEPEN
from exchange.fictief.beroepen import COMPETENTIES as DEMO_COMPETENTIES
from exchange.fictief.generate import Postcodes, vacature, werkzoekende
from exchange.geo.distances import within
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from exchange.waardelijsten import models as waardelijsten
from exchange.waardelijsten.talen import NAMEN
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.accounts.uitnodigingen import give_supportrol
from um_portal.audit import brontelling
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_account, log_act, new_span, trace_of
from um_portal.audit.models import Auditregel, Uitkomst
from um_portal.collegas import leden
from um_portal.collegas.models import Genodigde, Toegangstoets
from um_portal.demo.accounts import (
    AANGEMELD,
    ACCOUNTS,
    GEMEENTEN,
    HAVERBROEK,
    KLAAR,
    LINDEWAARD,
    OOSTERVEEN,
    OPGESCHORT,
    VERTROKKEN,
    WACHTWOORD,
    DemoGemeente,
)
from um_portal.demo.toelaten import admit_at_once, fill_checklist
from um_portal.gemeenten import vertrek
from um_portal.gemeenten.admission import Reden, register, suspend
from um_portal.gemeenten.models import Dagverbruik, Verbruikssoort, Voorwaarde, Voorwaardesoort
from um_portal.gemeenten.vertrek import Vertrekreden
from um_portal.herstel import herstellen
from um_portal.mededelingen import plaatsen
from um_portal.mededelingen.models import Mededeling, Niveau
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol, Scenario
from um_portal.tenants.scope import handelt, voor_gemeente
from uploads.models import LandelijkeWaarde, Waardekoppeling
from uploads.waarden import national
from uploads.waarden import words as waarden
from uploads.waarden.words import Woordkeuze

SEED = 20260901
# A condition ends soon: a warning is shown.
_BIJNA_DAGEN = 20
# A municipality's jobseekers and vacancies lie within this many kilometres of its middle.
_STRAAL_KM = 18.0


def postcodes_around(pc4: int, km: float = _STRAAL_KM) -> Postcodes:
    """Gives the postcodes near a place; those that lie nearer are drawn more often."""
    near, distances = within(pc4, km)
    return Postcodes(near, [1 / (2 + distance) for distance in distances])


def _records(demo: DemoGemeente, soort: Soort) -> list[dict[str, object]]:
    rng = random.Random(f"{SEED}:{demo.oin}:{soort}")  # noqa: S311 (fiction, not secrecy)
    postcodes = postcodes_around(demo.midden)
    if soort is Soort.WERKZOEKENDEN:
        return [werkzoekende(rng, postcodes.draw(rng), f"W{n:06d}") for n in range(demo.werkzoekenden)]
    return [vacature(rng, postcodes.draw(rng), f"V{n:06d}") for n in range(demo.vacatures)]


def _publish(demo: DemoGemeente, soort: Soort, directory: Path) -> None:
    records = _records(demo, soort)
    gemeente = Gemeente.objects.get(oin=demo.oin)
    with voor_gemeente(gemeente):
        if not records or Stand.objects.filter(soort=soort, aantal__gt=0).exists():
            return
    file = directory / f"{soort}-{demo.naam.lower()}.json"
    file.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    # This is the way in which an operator delivers: checks, history and publication are the real ones.
    with (directory / "uitvoer").open("w") as output:
        call_command("publish", str(file), oin=demo.oin, soort=soort.value, stdout=output, stderr=output)


@transaction.atomic
def make_lists() -> None:
    """Makes the fictitious lists of occupations and competences, and the names of languages."""
    waardelijsten.replace("beroepen", [(beroep.code, beroep.label) for beroep in DEMO_BEROEPEN])
    waardelijsten.replace("competenties", [(c.code, c.label) for c in DEMO_COMPETENTIES.values()])
    waardelijsten.replace("talen", list(NAMEN.items()))


def make_accounts() -> None:
    """Makes and admits the municipalities, and makes everybody who can log in."""
    for demo in GEMEENTEN:
        if not Gemeente.objects.filter(oin=demo.oin).exists():
            admit_at_once(demo.oin, demo.naam)
    password = ""
    for account in ACCOUNTS:
        gebruiker = Gebruiker.objects.filter(username=account.gebruikersnaam).first()
        if gebruiker is None:
            gebruiker = Gebruiker(username=account.gebruikersnaam)
            gebruiker.first_name, gebruiker.last_name = account.voornaam, account.achternaam
            if not password:
                gebruiker.set_password(WACHTWOORD)
                # The hash is slow on purpose; one is enough for accounts that share a public password.
                password = gebruiker.password
            gebruiker.password, gebruiker.is_active = password, False
            gebruiker.save()
            if account.supportrol:
                give_supportrol(gebruiker, Supportrol(account.supportrol))
            gebruiker.is_active = True
            gebruiker.save()
        for demo, rol in account.rollen:
            gemeente = Gemeente.objects.get(oin=demo.oin)
            with voor_gemeente(gemeente):
                Lidmaatschap.objects.get_or_create(
                    gemeente=gemeente, gebruiker=gebruiker, defaults={"rol": rol}
                )


def make_states() -> None:
    """Makes municipalities in every other state, and a condition that is about to end."""
    if Gemeente.objects.filter(oin=AANGEMELD.oin).exists():
        return
    fill_checklist(register(AANGEMELD.oin, AANGEMELD.naam), zonder=Voorwaardesoort.DPIA)
    fill_checklist(register(KLAAR.oin, KLAAR.naam))
    suspend(admit_at_once(OPGESCHORT.oin, OPGESCHORT.naam), Reden.INCIDENT)
    gone = admit_at_once(VERTROKKEN.oin, VERTROKKEN.naam)
    suspend(gone, Reden.VERZOEK)
    vertrek.announce(gone, Vertrekreden.HERINDELING, None)
    vertrek.confirm(gone, gone.naam, None)
    vertrek.erase(gone)
    haverbroek = Gemeente.objects.get(oin=HAVERBROEK.oin)
    with voor_gemeente(haverbroek):
        Voorwaarde.objects.filter(soort=Voorwaardesoort.CERTIFICAAT).update(
            geldig_tot_en_met=timezone.localdate() + timedelta(days=_BIJNA_DAGEN)
        )
    # A municipality may be a source of profiles and a searcher, and offer no vacancies.
    scenarios = [value for value in haverbroek.scenarios if value != Scenario.VACATURE_BRON]
    Gemeente.objects.filter(pk=haverbroek.pk).update(scenarios=scenarios)


def _account(naam: str) -> Gebruiker:
    return Gebruiker.objects.get(username=naam)


def make_colleagues() -> None:
    """Makes open and expired invitations, proposals, a recovery and an old review, so that the pages look lived in."""
    lindewaard, oosterveen, haverbroek = (
        Gemeente.objects.get(oin=demo.oin) for demo in (LINDEWAARD, OOSTERVEEN, HAVERBROEK)
    )
    with voor_gemeente(lindewaard):
        if Genodigde.objects.exists():
            return
    now = timezone.now()
    for days, account in enumerate(ACCOUNTS):
        # Every third one was away for long.
        away = timedelta(days=120 + days if days % 3 == 1 else days)
        Gebruiker.objects.filter(username=account.gebruikersnaam, last_login=None).update(
            last_login=now - away
        )
    beheerders = {
        gemeente.pk: _account(f"functioneel-beheerder@{gemeente.naam.lower()}.example")
        for gemeente in (lindewaard, oosterveen, haverbroek)
    }
    regio = _account("regio@servicecentrum.example")
    leden.invite(lindewaard, "tess.dijkman@lindewaard.example", Rol.JOBCOACH, beheerders[lindewaard.pk])
    oud = leden.invite(lindewaard, "hugo.maas@lindewaard.example", Rol.GEGEVENSBEHEERDER, regio)
    with voor_gemeente(lindewaard):
        Genodigde.objects.filter(pk=oud.pk).update(
            gemaakt_op=now - timedelta(days=9), verloopt_op=now - timedelta(days=2)
        )
    leden.invite(haverbroek, regio.username, Rol.GEGEVENSBEHEERDER, beheerders[haverbroek.pk])
    leden.invite(oosterveen, "ilse.koning@oosterveen.example", Rol.JOBCOACH, beheerders[oosterveen.pk])
    # One that a colleague confirms, and one for VNG support: there is nobody else.
    for gemeente, door in ((lindewaard, regio), (oosterveen, beheerders[oosterveen.pk])):
        collega = _account(f"gegevensbeheerder@{gemeente.naam.lower()}.example")
        with voor_gemeente(gemeente):
            lid = Lidmaatschap.objects.get(gebruiker=collega)
        leden.change_role(gemeente, lid.pk, Rol.FUNCTIONEEL_BEHEERDER, door)
    with voor_gemeente(oosterveen):
        Toegangstoets.objects.create(
            gemeente=oosterveen,
            gedaan_door=beheerders[oosterveen.pk],
            gedaan_op=now - timedelta(days=400),
            behouden=3,
            gewijzigd=0,
            verwijderd=1,
        )
    herstellen.ask(_account("jobcoach@haverbroek.example"), _account("support@vng.example"))


# Municipalities' own words with their codes; VNG support has already accepted the first ones.
_VASTGESTELD = (
    ("beroepen", "poetshulp", "urn:um-demo:beroep:schoonmaker"),
    ("beroepen", "caissière", "urn:um-demo:beroep:kassamedewerker"),
    ("beroepen", "truckchauffeur", "urn:um-demo:beroep:vrachtwagenchauffeur"),
    ("Vervoermiddel", "snorscooter", "2"),
)
_VOORGEDRAGEN = (
    ("beroepen", "tuinman", "urn:um-demo:beroep:hovenier"),
    ("beroepen", "heftrucker", "urn:um-demo:beroep:heftruckchauffeur"),
    ("Vervoermiddel", "bakfiets", "3"),
)


def make_words() -> None:
    """Maps words of one municipality and puts them forward, so that the others and VNG support see some."""
    gemeente = Gemeente.objects.get(oin=OOSTERVEEN.oin)
    beheerder = Gebruiker.objects.get(username=f"gegevensbeheerder@{OOSTERVEEN.naam.lower()}.example")
    support = Gebruiker.objects.get(username="support@vng.example")
    with voor_gemeente(gemeente):
        if Waardekoppeling.objects.exists():
            return
        waarden.map_words(gemeente, [Woordkeuze(*row) for row in (*_VASTGESTELD, *_VOORGEDRAGEN)], beheerder)
        national.put_forward(gemeente, Waardekoppeling.objects.values_list("pk", flat=True), beheerder)
    words = [waarde for _, waarde, _ in _VASTGESTELD]
    accepted = LandelijkeWaarde.objects.filter(waarde__in=words).values_list("pk", flat=True)
    national.decide(accepted, national.VASTSTELLEN, support)


def make_log() -> None:
    """Lets people of one municipality log in, search and ask details, and other parties ask its source something."""
    gemeente = Gemeente.objects.get(oin=LINDEWAARD.oin)
    with voor_gemeente(gemeente):
        if Auditregel.objects.filter(handeling=Handeling.BRON_BEVRAAGD).exists():
            return
    at = f"@{LINDEWAARD.naam.lower()}.example"
    coach = Gebruiker.objects.get(username=f"jobcoach{at}")
    log_account(Handeling.INLOGGEN_MISLUKT, coach, onderwerp="wachtwoord", uitkomst=Uitkomst.MISLUKT)
    for name in ("jobcoach", "gegevensbeheerder"):
        gebruiker = Gebruiker.objects.get(username=f"{name}{at}")
        with handelt(gebruiker.pk):
            log_account(Handeling.INGELOGD, gebruiker)
    search: dict[str, Any] = {"onderwerp": "zoekvraag 0", "trace": trace_of(gemeente, "zoekvraag 0")}
    with handelt(coach.pk), voor_gemeente(gemeente):
        log_act(gemeente, Handeling.ZOEKVRAAG_GESTELD, **search)
        log_act(gemeente, Handeling.ZOEKVRAAG_BEANTWOORD, aantal=37, uitkomst=Uitkomst.GELUKT, **search)
        for number, outcome in enumerate((Uitkomst.GELUKT, Uitkomst.MISLUKT, None), start=1):
            ask: dict[str, Any] = {"vum_id": f"demo-{number}", "span": new_span(), **search}
            log_act(gemeente, Handeling.DETAIL_GEVRAAGD, uitkomst=Uitkomst.ONBEKEND, **ask)
            if outcome:
                log_act(gemeente, Handeling.DETAIL_OPGEVRAAGD, uitkomst=outcome, duur_ms=840, **ask)
    hour = (timezone.now() - timedelta(hours=2)).isoformat()
    brontelling.add(
        [
            {
                "gemeente": gemeente.pk,
                "uur": hour,
                "partij": OOSTERVEEN.oin,
                "vraag": vraag,
                "uitkomst": Uitkomst.GELUKT,
                "aantal": aantal,
                "records": records,
            }
            for vraag, aantal, records in (
                ("selectievraag werkzoekenden", 18, 412),
                ("detailvraag werkzoekenden", 5, 5),
            )
        ]
    )
    brontelling.write_lines()


def make_usage() -> None:
    """Lets one municipality come near the limits of today, and searches of another one fail."""
    gemeente, today = Gemeente.objects.get(oin=LINDEWAARD.oin), timezone.localdate()
    coach = _account(f"jobcoach@{LINDEWAARD.naam.lower()}.example")
    with voor_gemeente(gemeente):
        if Dagverbruik.objects.filter(dag=today).exists():
            return
        Dagverbruik.objects.bulk_create(
            Dagverbruik(gemeente=gemeente, gebruiker=wie, dag=today, soort=soort, aantal=aantal)
            for soort, aantal in ((Verbruikssoort.DETAILS, 91), (Verbruikssoort.ZOEKVRAGEN, 24))
            for wie in (coach, None)
        )
    answer = {
        "gemeente": gemeente.pk,
        "uur": timezone.now().isoformat(),
        "partij": HAVERBROEK.oin,
        "vraag": "detailvraag werkzoekenden",
        "uitkomst": Uitkomst.GELUKT,
        "aantal": 430,
        "records": 430,
    }
    brontelling.add([answer])
    haverbroek = Gemeente.objects.get(oin=HAVERBROEK.oin)
    for afstand in (10, 20, 40):
        criteria = Criteria(postcode="2405AB", afstand=afstand)
        asked = searching.open_search(
            haverbroek, _account("jobcoach@haverbroek.example"), Soort.WERKZOEKENDEN, criteria
        )
        searching.fail_search(
            haverbroek, asked.pk, "De uitwisseling is niet bereikbaar. Probeer het straks opnieuw."
        )


def make_announcements() -> None:
    """Places announcements of VNG support for everybody."""
    if Mededeling.objects.exists():
        return
    support, today = _account("support@vng.example"), timezone.localdate()
    for titel, tekst, niveau in (
        (
            "Nieuw: kolommen koppelen met een voorbeeld",
            "U ziet nu bij elke kolom voorbeelden uit uw eigen bestand. Zo kiest u sneller het juiste gegeven.",
            Niveau.INFO,
        ),
        (
            "Onderhoud op zondagavond",
            "Op zondag tussen 20.00 en 22.00 uur kunt u niet zoeken. Aanleveren en publiceren kan wel.",
            Niveau.WAARSCHUWING,
        ),
    ):
        plaatsen.place(
            support,
            {
                "titel": titel,
                "tekst": tekst,
                "niveau": niveau,
                "van": today,
                "tot_en_met": today + timedelta(days=14),
            },
        )


def make_world() -> None:
    """Makes everything; may be run again."""
    make_lists()
    make_accounts()
    make_states()
    make_colleagues()
    make_words()
    make_log()
    make_usage()
    make_announcements()
    with tempfile.TemporaryDirectory(prefix="um-demo-") as directory:
        for demo in GEMEENTEN:
            for soort in (Soort.WERKZOEKENDEN, Soort.VACATURES):
                _publish(demo, soort, Path(directory))
