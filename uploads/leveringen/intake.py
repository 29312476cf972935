"""Takes in a file: from the browser, past the disk, into the database, encrypted."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
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
from uploads.readers.namen import LONGEST_OF_TWO, safe_name, stem_of
from uploads.readers.process import digests_of_two


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


def together(bestanden: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Makes one file of two that belong together (name and content), and gives its name and content.

    The same two files always give the same content, whichever comes first.
    """
    names = [short_name(naam) for naam, _ in bestanden]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        in_order = sorted(
            zip(names, (inhoud for _, inhoud in bestanden), strict=True), key=lambda one: _digest(one[1])
        )
        for number, (name, inhoud) in enumerate(in_order, start=1):
            alone = len(set(names)) == len(names)
            # Without a moment of its own, a part has always the same one.
            archive.writestr(zipfile.ZipInfo(name if alone else f"{number} {name}"), inhoud)
    return " en ".join(names), packed.getvalue()


def recognisable(bestanden: Sequence[tuple[str, bytes]]) -> bytes:
    """Gives the bytes by which one file, or two that came in together, are known when they come in again.

    Their names and their order make no difference, nor does it whether somebody packed the two in a zip. Raises
    Onleesbaar for a zip of two of which one cannot be read.
    """
    if len(bestanden) > 1:
        digests = [_digest(inhoud) for _, inhoud in bestanden]
    else:
        digests = digests_of_two(bestanden[0][1])
    return b"tweetal" + b"".join(sorted(digests)) if digests else bestanden[0][1]


def _digest(inhoud: bytes) -> bytes:
    return hashlib.sha256(inhoud).digest()


def short_name(bestandsnaam: str) -> str:
    """Gives the name by which a file is known among two that came in together."""
    name = safe_name(bestandsnaam)
    stem, ending = stem_of(name), name.rpartition(".")[2] if "." in name else ""
    return f"{stem[:LONGEST_OF_TWO]}.{ending}" if ending else stem[:LONGEST_OF_TWO]


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
