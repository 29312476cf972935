"""Sends the mails of an account: plain text, in `templates/accounts/mail/`, with links to UM_ADRES."""

import logging
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from um_portal.accounts.models import Gebruiker

logger = logging.getLogger(__name__)


class NietVerstuurd(RuntimeError):
    """The mail server refused the mail or did not answer."""


@dataclass(frozen=True, slots=True)
class Bericht:
    """A notice about an account: its subject, what happened, and what to do when it was somebody else."""

    onderwerp: str
    wat: str
    # A new password helps when it was somebody else.
    wachtwoord: bool = True


_NIEUW_WACHTWOORD = "Het wachtwoord van uw account is gewijzigd."
BERICHTEN = {
    "password_changed": Bericht("uw wachtwoord is gewijzigd", _NIEUW_WACHTWOORD),
    "password_reset": Bericht("uw wachtwoord is gewijzigd", _NIEUW_WACHTWOORD),
    "totp_activated": Bericht(
        "een app is toegevoegd als tweede factor",
        "U logt voortaan in met een code uit een app op uw telefoon.",
    ),
    "totp_deactivated": Bericht(
        "de app is verwijderd als tweede factor", "Codes uit de app op uw telefoon werken niet meer."
    ),
    "webauthn_added": Bericht(
        "een passkey is toegevoegd als tweede factor", "U kunt voortaan inloggen met een nieuwe passkey."
    ),
    "webauthn_removed": Bericht(
        "een passkey is verwijderd als tweede factor", "Een passkey van uw account werkt niet meer."
    ),
    "recovery_codes_generated": Bericht(
        "er zijn nieuwe herstelcodes gemaakt", "De herstelcodes die u had, werken niet meer."
    ),
    "nieuw_toestel": Bericht(
        "er is ingelogd met een nieuw toestel", "Er is ingelogd met een browser die wij niet van u kennen."
    ),
    "tweede_factor_hersteld": Bericht(
        "uw tweede factor is verwijderd",
        "Met de link voor herstel is uw oude tweede factor verwijderd. U stelt nu een nieuwe in.",
    ),
    "geblokkeerd": Bericht(
        "uw account is geblokkeerd", "VNG-support heeft uw account geblokkeerd. U kunt niet inloggen.", False
    ),
    "gedeblokkeerd": Bericht("u kunt weer inloggen", "Uw account is niet meer geblokkeerd.", False),
    "zoekvraag_overgedragen": Bericht(
        "u kreeg een zoekvraag van een collega",
        "Een collega droeg een zoekvraag aan u over. U vindt hem bij Mijn zoekvragen.",
        False,
    ),
}


def send(name: str, to: str, context: dict[str, Any]) -> None:
    """Sends the mail of this name; raises NietVerstuurd."""
    context = {"adres": settings.UM_ADRES, **context}
    subject = render_to_string(f"accounts/mail/{name}_onderwerp.txt", context)
    message = EmailMessage(
        subject=f"UM-portaal: {' '.join(subject.split())}",
        body=render_to_string(f"accounts/mail/{name}.txt", context).strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        # No out-of-office answers to a machine.
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (SMTPException, OSError) as problem:
        logger.exception("De mail %s is niet verstuurd", name)
        raise NietVerstuurd from problem


def notify(name: str, to: str, *, address: str = "", browser: str = "") -> None:
    """Tells somebody what happened to the own account; a mail server that is away stops nothing."""
    bericht = BERICHTEN[name]
    _notify(
        to,
        bericht,
        {
            "adres_van": address,
            "browser": browser,
            "herstel": reverse("account_reset_password") if bericht.wachtwoord else "",
        },
    )


def notify_role_change(gebruiker: Gebruiker, wat: str) -> None:
    """Tells somebody what happened to a role: `wat` is a sentence, such as "U bent nu jobcoach van Lindewaard."."""
    _notify(gebruiker.username, Bericht("uw rol is gewijzigd", wat), {})


def notify_new_key(gebruiker: Gebruiker, gemeente: str) -> None:
    """Tells a functioneel beheerder that the municipality of this name has another aanleversleutel."""
    wat = (
        f"Voor {gemeente} is een aanleversleutel gemaakt. Wie hem heeft, kan namens uw gemeente aanleveren en "
        "publiceren. Wie hem maakte, staat in het logboek. Intrekken kan bij Leveringen, Automatisch aanleveren."
    )
    _notify(gebruiker.username, Bericht("er is een aanleversleutel gemaakt", wat, False), {})


def tell(name: str, to: str, context: dict[str, Any]) -> None:
    """Sends the mail of this name; a mail server that is away stops nothing."""
    try:
        send(name, to, context)
    except NietVerstuurd:
        pass  # said in the log


def _notify(to: str, bericht: Bericht, context: dict[str, Any]) -> None:
    # Somebody of VNG support has no municipality to turn to.
    support = Gebruiker.objects.filter(username=to).exclude(supportrol="").exists()
    tell("bericht", to, {"bericht": bericht, "moment": timezone.now(), "support": support, **context})
