"""Envelope encryption and pseudonyms, per municipality.

A municipality's data key encrypts what is kept of it; the master key from the environment wraps that
data key. Losing the database alone therefore tells nothing, and erasing a data key erases the rest.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from um_portal.tenants.models import Gemeente, Sleutel
from um_portal.tenants.scope import voor_gemeente

_VERSIE = b"\x01"
_NONCE = 12
_CACHE_SECONDS = 300.0


class OntsleutelFout(RuntimeError):
    """The data was changed, or belongs to another key or context."""


@dataclass(frozen=True, slots=True)
class Sleutels:
    """One municipality's keys, unwrapped; kept in the process only and never printed."""

    data: AESGCM
    pseudoniem: bytes

    def __repr__(self) -> str:
        return "Sleutels(…)"


_unwrapped: dict[int, tuple[float, Sleutels]] = {}


def forget() -> None:
    """Drop the unwrapped keys of this process (after rotation or erasure, and in tests)."""
    _unwrapped.clear()
    _masters.cache_clear()


@cache
def _masters() -> tuple[AESGCM, ...]:
    keys = []
    for text in (settings.UM_MASTER_KEY, *settings.UM_MASTER_KEYS_OUD):
        try:
            raw = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raw = b""
        if len(raw) != 32:
            raise ImproperlyConfigured(
                "UM_MASTER_KEY moet 32 bytes in base64 zijn (openssl rand -base64 32)."
            )
        keys.append(AESGCM(raw))
    return tuple(keys)


def _seal(key: AESGCM, plain: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _VERSIE + nonce + key.encrypt(nonce, plain, context)


def _open(key: AESGCM, blob: bytes, context: bytes) -> bytes:
    if blob[:1] != _VERSIE:
        raise OntsleutelFout("onbekende versie")
    try:
        return key.decrypt(blob[1 : 1 + _NONCE], blob[1 + _NONCE :], context)
    except InvalidTag:
        raise OntsleutelFout("niet te ontsleutelen") from None


def _unwrap(blob: bytes, context: bytes) -> bytes:
    for master in _masters():
        try:
            return _open(master, blob, context)
        except OntsleutelFout:
            continue
    raise OntsleutelFout("geen van de hoofdsleutels past")


def create(gemeente: Gemeente) -> None:
    """Give a municipality its keys, once; call inside `voor_gemeente`."""
    context = gemeente.oin.encode()
    Sleutel.objects.get_or_create(
        gemeente=gemeente,
        defaults={
            "datasleutel": _seal(_masters()[0], AESGCM.generate_key(256), context + b":data"),
            "pseudoniemsleutel": _seal(_masters()[0], secrets.token_bytes(32), context + b":pseudoniem"),
        },
    )


def sleutels(gemeente: Gemeente) -> Sleutels:
    """The municipality's keys, from the process for at most five minutes, else from the database."""
    known = _unwrapped.get(gemeente.pk)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    with voor_gemeente(gemeente):
        row = Sleutel.objects.get(gemeente=gemeente)
    context = gemeente.oin.encode()
    keys = Sleutels(
        data=AESGCM(_unwrap(bytes(row.datasleutel), context + b":data")),
        pseudoniem=_unwrap(bytes(row.pseudoniemsleutel), context + b":pseudoniem"),
    )
    _unwrapped[gemeente.pk] = (time.monotonic() + _CACHE_SECONDS, keys)
    return keys


def rewrap(gemeente: Gemeente) -> None:
    """Wrap the municipality's keys with the current master key; what they encrypt stays as it is."""
    context = gemeente.oin.encode()
    with voor_gemeente(gemeente):
        row = Sleutel.objects.select_for_update().get(gemeente=gemeente)
        row.datasleutel = _seal(
            _masters()[0], _unwrap(bytes(row.datasleutel), context + b":data"), context + b":data"
        )
        row.pseudoniemsleutel = _seal(
            _masters()[0],
            _unwrap(bytes(row.pseudoniemsleutel), context + b":pseudoniem"),
            context + b":pseudoniem",
        )
        row.save()


def versleutel(gemeente: Gemeente, plain: bytes, context: str) -> bytes:
    """Encrypt for this municipality; `context` says what it is, and must be given again to open it."""
    return _seal(sleutels(gemeente).data, plain, f"{gemeente.oin}:{context}".encode())


def ontsleutel(gemeente: Gemeente, blob: bytes, context: str) -> bytes:
    """Open what `versleutel` made. Raises OntsleutelFout when key, context or content differ."""
    return _open(sleutels(gemeente).data, bytes(blob), f"{gemeente.oin}:{context}".encode())


def pseudoniem(gemeente: Gemeente, text: str) -> str:
    """The stable pseudonym of an id: 32 hexadecimal characters, different in every municipality."""
    return hmac.new(sleutels(gemeente).pseudoniem, text.encode(), hashlib.sha256).hexdigest()[:32]
