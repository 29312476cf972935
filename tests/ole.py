"""Writes the containers of old Office files, and a small xls, in ways that programs in the wild do."""

import base64
import hashlib
import struct
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_END, _FREE, _TABLE_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR = 512
# In the place of a cell: a formula without a stored result.
FORMULA = "=zonder uitkomst"
# In the place of a cell: a formula with an empty text as its result, which is a date, and one that is a text.
DATE_FORMULA, TEXT_FORMULA = "=DATE(2026,12,31)", '=""'
_STEPS = {
    DATE_FORMULA: b"\x1e\xea\x07\x1e\x0c\x00\x1e\x1f\x00\x41\x41\x00",
    TEXT_FORMULA: b"\x17\x00\x00",
}


def ole(streams: Mapping[str, bytes], *, scattered: bool = False) -> bytes:
    """Makes a container of these streams; `scattered`: the sectors of each stand in reverse order."""
    contents = {naam: data.ljust(4096, b"\0") for naam, data in streams.items()}
    directory = _entry("Root Entry", 5, _END, 0, child=1 if contents else _FREE)
    table: list[int] = []
    sectors: list[bytes] = []
    for number, (naam, data) in enumerate(contents.items(), start=1):
        pieces = [
            data[place : place + _SECTOR].ljust(_SECTOR, b"\0") for place in range(0, len(data), _SECTOR)
        ]
        places = [len(sectors) + place for place in range(len(pieces))]
        if scattered:
            places.reverse()
        following = dict(zip(places, [*places[1:], _END], strict=True))
        for place, piece in sorted(zip(places, pieces, strict=True)):
            sectors.append(piece)
            table.append(following[place])
        last = number == len(contents)
        directory += _entry(naam, 2, places[0], len(data), right=_FREE if last else number + 1)
    directory = directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0")
    directory_at = len(sectors)
    for place in range(0, len(directory), _SECTOR):
        sectors.append(directory[place : place + _SECTOR])
        table.append(len(sectors) if place + _SECTOR < len(directory) else _END)
    needed = 1
    while needed * 128 < len(table) + needed:
        needed += 1
    table_at = [len(sectors) + place for place in range(needed)]
    table += [_TABLE_SECTOR] * needed
    table += [_FREE] * (needed * 128 - len(table))
    sectors.append(struct.pack(f"<{len(table)}I", *table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, needed, directory_at, 0, 4096, _END, 0, _END, 0
    )
    header += struct.pack(f"<{109}I", *table_at, *[_FREE] * (109 - needed))
    return header + b"".join(sectors)


def _entry(naam: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    name = naam.encode("utf-16-le") + b"\0\0"
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def biff8(
    rijen: Sequence[Sequence[str | float]],
    *,
    codepage: int | None = 1200,
    hidden: Sequence[int] = (),
    formats: Sequence[str] = (),
    struck: bool = False,
) -> bytes:
    """Writes the stream of an xls with one sheet; `hidden` has the numbers (from 0) of hidden rows.

    `struck`: every cell is struck through. `formats` has the format of the numbers in each column, from the first on.
    """
    globals_ = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))
    if codepage is not None:
        globals_ += _record(0x42, struct.pack("<H", codepage))
    for number, code in enumerate(formats):
        text = code.encode("utf-16-le")
        globals_ += _record(0x41E, struct.pack("<HHB", 164 + number, len(code), 1) + text)
    if struck:
        globals_ += _record(0x31, struct.pack("<HH", 200, 0x08) + bytes(12))
    for number in (0, *range(164, 164 + len(formats))):
        globals_ += _record(0xE0, struct.pack("<HH", 0, number) + bytes(16))
    name = b"Blad"
    place = len(globals_) + 4 + 8 + len(name) + 4
    globals_ += _record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name) + _record(0x0A)
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    width = max(map(len, rijen))
    sheet += _record(0x200, struct.pack("<IIHHH", 0, len(rijen), 0, width, 0))
    for number, rij in enumerate(rijen):
        sheet += _record(
            0x208, struct.pack("<HHHHHHI", number, 0, len(rij), 255, 0, 0, 0x20 if number in hidden else 0)
        )
    for number, rij in enumerate(rijen):
        for column, value in enumerate(rij):
            style = column + 1 if column < len(formats) else 0
            cell = struct.pack("<HHH", number, column, style)
            if value is FORMULA:
                # A formula of which the result is a text that does not follow.
                sheet += _record(0x06, cell + bytes(6) + b"\xff\xff" + bytes(6) + b"\0\0")
            elif value in _STEPS:
                steps = struct.pack("<H", len(_STEPS[str(value)])) + _STEPS[str(value)]
                sheet += _record(0x06, cell + b"\x03" + bytes(5) + b"\xff\xff" + bytes(6) + steps)
            elif isinstance(value, str):
                sheet += _record(0x204, cell + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            elif value == int(value) and abs(value) < 1 << 29:
                sheet += _record(0x27E, cell + struct.pack("<i", int(value) << 2 | 2))
            else:
                sheet += _record(0x203, cell + struct.pack("<d", value))
    return globals_ + sheet + _record(0x0A)


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def encrypted(inhoud: bytes, password: str) -> bytes:
    """Encrypts a workbook as Excel does ("agile"), with few rounds."""
    salt, key_salt, secret, spins = b"s" * 16, b"k" * 16, b"g" * 32, 100

    def sha(data: bytes) -> bytes:
        return hashlib.sha512(data).digest()

    def cbc(key: bytes, start: bytes, data: bytes) -> bytes:
        made = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
        return made.update(data.ljust(-(-len(data) // 16) * 16, b"\0")) + made.finalize()

    spun = sha(salt + password.encode("utf-16-le"))
    for number in range(spins):
        spun = sha(struct.pack("<I", number) + spun)

    def lock(purpose: str, data: bytes) -> str:
        return base64.b64encode(cbc(sha(spun + bytes.fromhex(purpose))[:32], salt, data)).decode()

    def text(data: bytes) -> str:
        return base64.b64encode(data).decode()

    about = 'saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" ' \
        'cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"'  # fmt: skip
    info = (
        '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" '
        'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
        f'<keyData {about} saltValue="{text(key_salt)}"/><keyEncryptors><keyEncryptor><p:encryptedKey '
        f'spinCount="{spins}" {about} saltValue="{text(salt)}" '
        f'encryptedVerifierHashInput="{lock("fea7d2763b4b9e79", b"v" * 16)}" '
        f'encryptedVerifierHashValue="{lock("d7aa0f6d3061344e", sha(b"v" * 16))}" '
        f'encryptedKeyValue="{lock("146e0be7abacd0d6", secret)}"/></keyEncryptor></keyEncryptors></encryption>'
    )
    package = struct.pack("<Q", len(inhoud)) + b"".join(
        cbc(secret, sha(key_salt + struct.pack("<I", number))[:16], inhoud[place : place + 4096])
        for number, place in enumerate(range(0, len(inhoud), 4096))
    )
    return ole(
        {
            "EncryptionInfo": b"\x04\0\x04\0\x40\0\0\0" + info.encode() + b"\n" * 4096,
            "EncryptedPackage": package,
        }
    )
