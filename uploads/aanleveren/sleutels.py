"""Makes, revokes and checks aanleversleutels: the keys with which a municipality's own system delivers.

A key belongs to one municipality and one kind of records. Its text is shown once, when it is made:

    um_<the municipality's OIN>_<secret><checksum>

The OIN is in it because row-level security must know the municipality before the key can be looked up. The
fixed form lets a scanner recognise a key that leaked. The checksum (CRC-32, which other systems use in their
tokens too) tells a mistyped or cut-off key from a real one without asking the database.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
import string
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from exchange.standard import Soort
from um_portal.accounts import tasks
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.wissingen import Wat, log_erasure
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import beheerders
from uploads.models import Aanleversleutel

MAX_NETWERKEN = 50
# The secret has no punctuation, so a double click selects all of it.
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
# 43 characters out of 62 are 256 bits.
_GEHEIM, _CONTROLE = 43, 6
_VORM = re.compile(rf"(um_([0-9]{{20}})_[0-9A-Za-z]{{{_GEHEIM}}})([0-9A-Za-z]{{{_CONTROLE}}})")
# "Last used" needs no more precision than this; it saves a write on every call.
_LAATST_GEBRUIKT_PER = timedelta(minutes=1)


class Weigerreden(StrEnum):
    """Tells why a key is refused."""

    ONBEKEND = "onbekend"
    INGETROKKEN = "ingetrokken"
    VERLOPEN = "verlopen"
    NETWERK = "netwerk"


class SleutelGeweigerd(Exception):
    """This key is refused, from this address or at this moment."""

    def __init__(self, reden: Weigerreden) -> None:
        super().__init__(reden.value)
        self.reden = reden


class NaamBestaat(ValueError):
    """The municipality has another key of this name that is not revoked."""


class OngeldigNetwerk(ValueError):
    """The text is no list of networks; `meldingen` say so in Dutch, one per line that is wrong."""

    def __init__(self, meldingen: list[str]) -> None:
        super().__init__("ongeldig netwerk")
        self.meldingen = meldingen


@dataclass(frozen=True, slots=True)
class NieuweSleutel:
    """A key that was just made, with its text: nobody can read the text later."""

    sleutel: Aanleversleutel
    tekst: str = field(repr=False)


def make(
    gemeente: Gemeente,
    *,
    naam: str,
    soort: Soort,
    netwerken: list[str],
    verloopt_op: datetime | None,
    gebruiker: AbstractBaseUser | None,
) -> NieuweSleutel:
    """Makes a key, and tells the functioneel beheerders. `netwerken` come from `parse_networks`. Raises NaamBestaat."""
    geheim = "".join(secrets.choice(_LETTERS) for _ in range(_GEHEIM))
    begin = f"um_{gemeente.oin}_{geheim}"
    tekst = begin + _checksum(begin)
    try:
        with voor_gemeente(gemeente):
            sleutel = Aanleversleutel.objects.create(
                gemeente=gemeente,
                naam=naam,
                soort=soort.value,
                hash=_hash(tekst),
                netwerken=netwerken,
                verloopt_op=verloopt_op,
                gemaakt_door=gebruiker,
            )
            log_act(gemeente, Handeling.SLEUTEL_GEMAAKT, gebruiker=gebruiker, onderwerp=_subject(sleutel.pk))
            # When the key is really there. By a worker: whoever made it sees its text once, and a mail server that
            # is slow for each of them would take that page away.
            to = [beheerder.pk for beheerder in beheerders(gemeente)]
            transaction.on_commit(
                lambda: tasks.tell_new_key.apply_async((gemeente.pk, to), retry=False), robust=True
            )
    except IntegrityError:
        # Only the name is unique; somebody may make another key of this name at the same moment.
        raise NaamBestaat from None
    return NieuweSleutel(sleutel, tekst)


def revoke(gemeente: Gemeente, sleutel_id: int, gebruiker: AbstractBaseUser | None) -> bool:
    """Revokes a key, from this moment on. Returns False when it was revoked before, or does not exist."""
    with voor_gemeente(gemeente):
        done = Aanleversleutel.objects.filter(pk=sleutel_id, ingetrokken_op=None).update(
            ingetrokken_op=timezone.now()
        )
        if done:
            log_erasure(
                gemeente,
                Handeling.SLEUTEL_INGETROKKEN,
                Wat.SLEUTEL,
                [sleutel_id],
                gebruiker=gebruiker,
                onderwerp=_subject(sleutel_id),
            )
    return bool(done)


def authenticate(tekst: str, adres: str) -> Aanleversleutel:
    """Finds the key of this text, with its municipality, when it may be used from this address now.

    Raises SleutelGeweigerd. The caller checks whether the municipality may exchange.
    """
    match = _VORM.fullmatch(tekst)
    if match is None or not hmac.compare_digest(match[3], _checksum(match[1])):
        raise SleutelGeweigerd(Weigerreden.ONBEKEND)
    gemeente = Gemeente.objects.filter(oin=match[2]).first()
    if gemeente is None:
        raise SleutelGeweigerd(Weigerreden.ONBEKEND)
    given = _hash(tekst)
    found: Aanleversleutel | None = None
    with voor_gemeente(gemeente):
        # Every hash is compared every time and in constant time, so the duration says nothing about a hash.
        for sleutel in Aanleversleutel.objects.all():
            if hmac.compare_digest(bytes(sleutel.hash), given):
                found = sleutel
        if found is None:
            raise SleutelGeweigerd(Weigerreden.ONBEKEND)
        check(found)
        if found.netwerken and not _is_within(adres, found.netwerken):
            raise SleutelGeweigerd(Weigerreden.NETWERK)
        _note_use(found)
    # The municipality is already loaded, so no caller needs another query for it.
    found.gemeente = gemeente
    return found


def check(sleutel: Aanleversleutel) -> None:
    """Refuses a key that was revoked or that has expired. Raises SleutelGeweigerd."""
    if sleutel.ingetrokken_op is not None:
        raise SleutelGeweigerd(Weigerreden.INGETROKKEN)
    if sleutel.is_verlopen:
        raise SleutelGeweigerd(Weigerreden.VERLOPEN)


def parse_networks(tekst: str) -> list[str]:
    """Reads the networks in a text, one per line or separated by commas, as CIDR.

    An address is a network of one. Raises OngeldigNetwerk.
    """
    found, wrong = [], []
    for part in re.split(r"[\s,;]+", tekst.strip()):
        if not part:
            continue
        try:
            network = ipaddress.ip_network(part)
        except ValueError:
            wrong.append(_what_is_wrong(part))
            continue
        if network.prefixlen == 0:
            wrong.append(f"{part} is het hele internet. Laat het veld leeg als de sleutel overal mag werken.")
        elif str(network) not in found:
            found.append(str(network))
    if len(found) > MAX_NETWERKEN:
        wrong.append(f"Dit zijn {len(found)} netwerken. Vul er hoogstens {MAX_NETWERKEN} in.")
    if wrong:
        raise OngeldigNetwerk(wrong)
    return found


def _what_is_wrong(part: str) -> str:
    shown = part if len(part) <= 45 else f"{part[:44]}…"
    try:
        meant = ipaddress.ip_network(part, strict=False)
    except ValueError:
        return (
            f"{shown} is geen IP-adres of netwerk. Schrijf een adres als 192.0.2.10, of een netwerk als "
            "192.0.2.0/24 of 2001:db8::/32."
        )
    return f"{shown} is een adres in een netwerk. Bedoelt u het hele netwerk, schrijf dan {meant}."


def _is_within(adres: str, netwerken: list[str]) -> bool:
    try:
        address = ipaddress.ip_address(adres)
    except ValueError:
        # There may be no IP address at all, as with a socket in the file system; then it is in no network
        # either.
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    return any(address in ipaddress.ip_network(netwerk) for netwerk in netwerken)


def _hash(tekst: str) -> bytes:
    # One round of a fast hash is enough here, without salt. Slow hashes and salt protect passwords, which
    # people choose and others can guess; 256 random bits cannot be guessed, however fast the hash is.
    return hashlib.sha256(tekst.encode()).digest()


def _checksum(begin: str) -> str:
    rest, found = zlib.crc32(begin.encode()), ""
    for _ in range(_CONTROLE):
        rest, digit = divmod(rest, len(_LETTERS))
        found = _LETTERS[digit] + found
    return found


def _note_use(sleutel: Aanleversleutel) -> None:
    long_ago = timezone.now() - _LAATST_GEBRUIKT_PER
    stale = Q(laatst_gebruikt_op=None) | Q(laatst_gebruikt_op__lt=long_ago)
    # This does not wait for a delivery with the same key, which holds the row.
    free = Aanleversleutel.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
        stale, pk=sleutel.pk
    )
    if free.exists():
        Aanleversleutel.objects.filter(pk=sleutel.pk).update(laatst_gebruikt_op=timezone.now())


def _subject(sleutel_id: int) -> str:
    return f"aanleversleutel {sleutel_id}"
