"""The mailbox of the demonstration: what the portal would have mailed, for whoever tries it out on this machine.

Every mail is a file in the data directory, so that the web server shows what a worker sent.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from um_portal.toegang.access import open_to_all

_MOST = 50


def _directory() -> Path:
    return Path(settings.UM_DATA_DIR) / "postvak"


class PostvakBackend(BaseEmailBackend):
    """Keeps the last mails as files instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes each mail; returns how many."""
        directory = _directory()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            file = directory / f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
            # A reader sees a whole mail or none.
            unfinished = file.with_suffix(".nieuw")
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(file)
        for old in sorted(directory.glob("*.eml"))[:-_MOST]:
            old.unlink(missing_ok=True)
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the page shows it."""

    onderwerp: str
    aan: str
    moment: datetime
    tekst: str


def _read(file: Path) -> Mail | None:
    try:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None  # another process just made room
    moment = datetime.fromtimestamp(
        int(file.name.partition("-")[0]) / 1e9, tz=timezone.get_current_timezone()
    )
    return Mail(str(message["subject"]), str(message["to"]), moment, str(message.get_content()))


@open_to_all
def postvak(request: HttpRequest) -> HttpResponse:
    """Shows the mails, newest first; not there outside the demonstration."""
    if not settings.UM_DEMO:
        raise Http404
    files = sorted(_directory().glob("*.eml"), reverse=True)[:_MOST]
    return render(
        request, "accounts/postvak.html", {"mails": [mail for file in files if (mail := _read(file))]}
    )
