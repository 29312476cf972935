"""Encrypts the data of each municipality under a key of its own, and makes pseudonyms.

A municipality's data key encrypts what is kept of it; the master key from the environment wraps that data
key. Without the master key a stolen database does not give what is encrypted (it does give the search profiles,
which are not), and erasing a data key erases the data. `register` tells which columns are encrypted, so that a
new data key (`rotation`) reaches all of them.
"""

import base64
import binascii
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from um_portal.tenants.models import Gemeente, Sleutel
from um_portal.tenants.scope import voor_gemeente

_VERSIE = b"\x01"
_NONCE = 12
_NONCES_AT_ONCE = 256
_DATASLEUTEL = 32
# The longest time that a process uses keys after they were replaced.
CACHE_SECONDS = 300.0


class OntsleutelFout(RuntimeError):
    """The data was changed, or belongs to another key or context."""


@dataclass(frozen=True, slots=True)
class Sleutels:
    """The unwrapped keys of one municipality; kept in the process only and never printed.

    `pseudoniem`, `vingerafdruk` and `kenmerk` are derived from one secret, each for its own purpose: what one of them
    makes is never what another makes. Each is a hash begun with its key, which `mac` copies. `vorige` is the data key
    before this one, as long as something may still be encrypted with it.
    """

    data: AESGCM
    pseudoniem: HMAC
    vingerafdruk: HMAC
    kenmerk: HMAC
    vorige: AESGCM | None = None

    def __repr__(self) -> str:
        return "Sleutels(…)"


_unwrapped: dict[int, tuple[float, Sleutels]] = {}

# Gives the `context` with which a row's column was encrypted.
Context = Callable[[Any], str]
_registered: dict[str, dict[str, Context]] = {}


def register(model: str, **columns: Context) -> None:
    """Registers the columns of a model ("uploads.Bronbestand") that `encrypt` fills, with each row's context.

    Call it from the app's `ready`. A column that is not registered becomes unreadable when the data key is
    renewed. Where encrypted rows are copied from one table to another, register the table they come from
    first.
    """
    _registered.setdefault(model, {}).update(columns)


def registered() -> Mapping[str, Mapping[str, Context]]:
    """Gives every encrypted column, by model."""
    return _registered


def forget() -> None:
    """Drops the unwrapped keys of this process (after rotation or erasure, and in tests)."""
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


def _seal(key: AESGCM, plain: bytes, context: bytes, nonce: bytes = b"") -> bytes:
    nonce = nonce or os.urandom(_NONCE)
    return _VERSIE + nonce + key.encrypt(nonce, plain, context)


def _nonces() -> Iterator[bytes]:
    """Yields nonces that the system draws, many at a time: to ask for each takes as long as to encrypt a record."""
    while True:
        drawn = os.urandom(_NONCE * _NONCES_AT_ONCE)
        for place in range(0, len(drawn), _NONCE):
            yield drawn[place : place + _NONCE]


def _open(key: AESGCM, blob: bytes, context: bytes) -> bytes:
    if blob[:1] != _VERSIE:
        raise OntsleutelFout("onbekende versie")
    try:
        # A view, because the data may be a whole file: this avoids another copy.
        return key.decrypt(blob[1 : 1 + _NONCE], memoryview(blob)[1 + _NONCE :], context)
    except InvalidTag:
        raise OntsleutelFout("niet te ontsleutelen") from None


def _unwrap(blob: bytes, context: bytes) -> bytes:
    for master in _masters():
        try:
            return _open(master, blob, context)
        except OntsleutelFout:
            continue
    raise OntsleutelFout("geen van de hoofdsleutels past")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    """Derives a key of 32 bytes for one purpose; the others cannot be computed from it."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"um:" + purpose).derive(secret)


def create(gemeente: Gemeente) -> None:
    """Gives a municipality its keys, once; call inside `voor_gemeente`."""
    context = gemeente.oin.encode()
    Sleutel.objects.get_or_create(
        gemeente=gemeente,
        defaults={
            "datasleutel": _seal(_masters()[0], AESGCM.generate_key(256), context + b":data"),
            "pseudoniemsleutel": _seal(_masters()[0], secrets.token_bytes(32), context + b":pseudoniem"),
        },
    )


def keys_of(gemeente: Gemeente) -> Sleutels:
    """Gives the municipality's keys, remembered in the process for at most five minutes."""
    known = _unwrapped.get(gemeente.pk)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    with voor_gemeente(gemeente):
        row = Sleutel.objects.get(gemeente=gemeente)
    context = gemeente.oin.encode()
    # The present data key, and the previous one while it is being replaced.
    data = _unwrap(bytes(row.datasleutel), context + b":data")
    secret = _unwrap(bytes(row.pseudoniemsleutel), context + b":pseudoniem")
    keys = Sleutels(
        data=AESGCM(data[:_DATASLEUTEL]),
        pseudoniem=HMAC(_derive(secret, b"pseudoniem"), SHA256()),
        vingerafdruk=HMAC(_derive(secret, b"vingerafdruk"), SHA256()),
        kenmerk=HMAC(_derive(secret, b"kenmerk"), SHA256()),
        vorige=AESGCM(data[_DATASLEUTEL:]) if len(data) > _DATASLEUTEL else None,
    )
    _unwrapped[gemeente.pk] = (time.monotonic() + CACHE_SECONDS, keys)
    return keys


def rewrap(gemeente: Gemeente) -> bool:
    """Wraps the municipality's keys with the current master key; their encrypted data stays as it is.

    Gives False when this was done already, or when there are no keys. Raises OntsleutelFout when no master
    key fits.
    """
    context = gemeente.oin.encode()
    with voor_gemeente(gemeente):
        row = Sleutel.objects.select_for_update().filter(gemeente=gemeente).first()
        if row is None:
            return False
        wrapped = {"datasleutel": b":data", "pseudoniemsleutel": b":pseudoniem"}
        plain = {
            name: _unwrap(bytes(getattr(row, name)), context + suffix) for name, suffix in wrapped.items()
        }
        if all(_is_current(bytes(getattr(row, name)), context + suffix) for name, suffix in wrapped.items()):
            return False
        for name, suffix in wrapped.items():
            setattr(row, name, _seal(_masters()[0], plain[name], context + suffix))
        row.save()
    return True


def _is_current(blob: bytes, context: bytes) -> bool:
    try:
        _open(_masters()[0], blob, context)
    except OntsleutelFout:
        return False
    return True


def start_data_key(gemeente: Gemeente) -> bool:
    """Gives the municipality a new data key beside the present one; False when it has two already.

    From now on everything is encrypted with the new one; in other processes within CACHE_SECONDS.
    """
    context = gemeente.oin.encode() + b":data"
    with voor_gemeente(gemeente):
        row = Sleutel.objects.select_for_update().get(gemeente=gemeente)
        data = _unwrap(bytes(row.datasleutel), context)
        if len(data) > _DATASLEUTEL:
            return False
        row.datasleutel = _seal(_masters()[0], AESGCM.generate_key(256) + data, context)
        row.save()
    _unwrapped.pop(gemeente.pk, None)
    return True


def finish_data_key(gemeente: Gemeente) -> None:
    """Erases the previous data key; data that is still encrypted with it is lost."""
    context = gemeente.oin.encode() + b":data"
    with voor_gemeente(gemeente):
        row = Sleutel.objects.select_for_update().get(gemeente=gemeente)
        row.datasleutel = _seal(
            _masters()[0], _unwrap(bytes(row.datasleutel), context)[:_DATASLEUTEL], context
        )
        row.save()
    _unwrapped.pop(gemeente.pk, None)


def renewed(gemeente: Gemeente, blob: bytes, context: str) -> bytes | None:
    """Encrypts the same data under the present data key; None when it is already. Raises OntsleutelFout."""
    own, associated = keys_of(gemeente), f"{gemeente.oin}:{context}".encode()
    try:
        _open(own.data, blob, associated)
    except OntsleutelFout:
        if own.vorige is None:
            raise
        return _seal(own.data, _open(own.vorige, blob, associated), associated)
    return None


def encrypt(gemeente: Gemeente, plain: bytes, context: str) -> bytes:
    """Encrypts for this municipality; `context` says what the data is, and must be given again to decrypt."""
    return _seal(keys_of(gemeente).data, plain, f"{gemeente.oin}:{context}".encode())


def encryptor(gemeente: Gemeente) -> Callable[[bytes, str], bytes]:
    """Gives `encrypt` for many values, each with its context.

    Use it at once, in one thread of one process: keys may change within minutes, and a copy of it in another process
    would use the same nonces.
    """
    key, begin, nonces = keys_of(gemeente).data, f"{gemeente.oin}:", _nonces()
    return lambda plain, context: _seal(key, plain, (begin + context).encode(), next(nonces))


def decrypt(gemeente: Gemeente, blob: bytes, context: str) -> bytes:
    """Decrypts what `encrypt` made. Raises OntsleutelFout when key, context or content differ."""
    blob, associated = bytes(blob), f"{gemeente.oin}:{context}".encode()
    own = keys_of(gemeente)
    try:
        return _open_either(own, blob, associated)
    except OntsleutelFout:
        # Another process may have given the municipality a new key after this one read it.
        _unwrapped.pop(gemeente.pk, None)
        return _open_either(keys_of(gemeente), blob, associated)


def _open_either(own: Sleutels, blob: bytes, associated: bytes) -> bytes:
    try:
        return _open(own.data, blob, associated)
    except OntsleutelFout:
        if own.vorige is None:
            raise
        return _open(own.vorige, blob, associated)


def pseudoniem(gemeente: Gemeente, text: str) -> str:
    """Makes the stable pseudonym of an id: 32 hexadecimal characters, different in every municipality."""
    return mac(keys_of(gemeente).pseudoniem, text.encode()).hex()


def kenmerk(gemeente: Gemeente, content: bytes) -> str:
    """Makes the mark by which a file is known when it comes again: 32 hexadecimal characters."""
    return mac(keys_of(gemeente).kenmerk, content).hex()


def mac(begun: HMAC, content: bytes) -> bytes:
    """Gives the first 16 bytes of the keyed hash of this content, begun with a key of `Sleutels`."""
    # Begun once and copied, which takes less than to begin anew: a conversion makes some per row.
    made = begun.copy()
    made.update(content)
    return made.finalize()[:16]
