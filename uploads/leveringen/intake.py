"""Takes in a file: from the browser, past the disk, into the database, encrypted."""

import re
from typing import Any

import psycopg
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from psycopg import sql

from exchange.standard import Soort
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen.upload_handler import max_bytes, too_large_message
from uploads.models import Aanleversleutel, Bronbestand, Levering, Wijze
from uploads.readers import Onleesbaar, recognise_format

_NUMBERS = re.compile(r"[0-9](?:[ .\-]?[0-9]){5,}")
_ADDRESS = re.compile(r"\S+@\S+")
_NAME_LENGTH = 100


def safe_name(bestandsnaam: str) -> str:
    """Gives a file's name as we keep it.

    It has no folder, and no parts that may be a number or address of somebody.
    """
    name = re.split(r"[/\\]", bestandsnaam)[-1]
    name = "".join(character if character.isprintable() else " " for character in name)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = _mask(stem).strip(" .")[:_NAME_LENGTH]
    return f"{stem or 'bestand'}{'.' if extension else ''}{_mask(extension)[:10]}"


def _mask(text: str) -> str:
    return _ADDRESS.sub("…", _NUMBERS.sub(_unless_date, text))


def _unless_date(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return match[0] if re.fullmatch(r"20[0-9]{6}|[0-9]{4}20[0-9]{2}|20[0-9]{4}", digits) else "…"


def receive(
    gemeente: Gemeente,
    *,
    inhoud: bytes,
    bestandsnaam: str,
    gebruiker: AbstractBaseUser | None = None,
    soort: Soort | None = None,
    koppeling: str = "",
    wijze: Wijze = Wijze.VOLLEDIG,
    aanleversleutel: Aanleversleutel | None = None,
    publiceer_vanzelf: bool = False,
    kenmerk: str = "",
) -> Levering:
    """Keeps a file (encrypted) as a new levering, waiting to be converted.

    The last three arguments are for files that come in by themselves, see `aanleveren`. Raises Onleesbaar,
    with a Dutch sentence, for a file that is too large or that no reader accepts.
    """
    if len(inhoud) > max_bytes():
        raise Onleesbaar(too_large_message())
    recognise_format(inhoud)
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.create(
            gemeente=gemeente,
            bestandsnaam=safe_name(bestandsnaam),
            bestandsgrootte=len(inhoud),
            gebruiker=gebruiker,
            soort=soort.value if soort else "",
            gevraagde_koppeling=koppeling,
            wijze=wijze,
            aanleversleutel=aanleversleutel,
            publiceer_vanzelf=publiceer_vanzelf,
            kenmerk=kenmerk,
        )
        _keep_raw(gemeente, levering.pk, inhoud)
        log_act(gemeente, Handeling.LEVERING_ONTVANGEN, gebruiker=gebruiker, onderwerp=str(levering))
    return levering


def delivered_before(levering: Levering) -> Levering | None:
    """Finds the last earlier levering of the same file; call inside `voor_gemeente`."""
    if not levering.kenmerk:
        return None
    same = Levering.objects.light().filter(kenmerk=levering.kenmerk, pk__lt=levering.pk)
    found: Levering | None = same.order_by("-pk").first()
    return found


# Django writes a value of many megabytes as hexadecimal text into the statement, and reads it back as such:
# that takes nine times the size of the file in memory. These two functions send and read the bytes
# themselves.
_RAW = sql.Identifier(Bronbestand._meta.db_table)


def _keep_raw(gemeente: Gemeente, levering_id: int, inhoud: bytes) -> None:
    sealed = keys.encrypt(gemeente, inhoud, raw_context(levering_id))
    with psycopg.Cursor(_open_connection()) as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO {} (gemeente_id, levering_id, inhoud) VALUES (%s, %s, %b)").format(_RAW),
            [gemeente.pk, levering_id, sealed],
        )


def raw_of(gemeente: Gemeente, levering_id: int) -> bytes:
    """Gives the file of a levering, as it came in. Call inside `voor_gemeente`.

    Raises Bronbestand.DoesNotExist.
    """
    with psycopg.Cursor(_open_connection()) as cursor:
        cursor.execute(
            sql.SQL("SELECT inhoud FROM {} WHERE gemeente_id = %s AND levering_id = %s").format(_RAW),
            [gemeente.pk, levering_id],
            binary=True,
        )
        row = cursor.fetchone()
    if row is None:
        raise Bronbestand.DoesNotExist
    return keys.decrypt(gemeente, row[0], raw_context(levering_id))


def _open_connection() -> "psycopg.Connection[Any]":
    """Gives the connection of the transaction that is under way."""
    found: psycopg.Connection[Any] = connection.connection
    return found


def raw_context(levering_id: int) -> str:
    """Gives the context under which a raw file is encrypted."""
    return f"bronbestand:{levering_id}"
