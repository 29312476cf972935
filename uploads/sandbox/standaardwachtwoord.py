"""Opens workbooks that are encrypted with the password that Excel itself uses and never asks for.

Excel protects a workbook that way when only its structure is locked. Both ways of encryption of [MS-OFFCRYPTO]
are known here; a workbook with any other password is refused.
"""

import base64
import hashlib
import struct
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from uploads.sandbox.ole import Ole
from uploads.sandbox.sheets import Leesprobleem

_PASSWORD = "VelvetSweatshop".encode("utf-16-le")
_MAX_SPINS = 1_000_000
_SEGMENT = 4096
_HASHES: dict[str, Callable[[bytes], "hashlib._Hash"]] = {
    "SHA1": hashlib.sha1,
    "SHA256": hashlib.sha256,
    "SHA384": hashlib.sha384,
    "SHA512": hashlib.sha512,
}
_SPINS_OF_STANDARD = 50_000
_BLOCK_VERIFIER = bytes.fromhex("fea7d2763b4b9e79")
_BLOCK_VALUE = bytes.fromhex("d7aa0f6d3061344e")
_BLOCK_KEY = bytes.fromhex("146e0be7abacd0d6")


def _sha1(data: bytes) -> "hashlib._Hash":
    return hashlib.sha1(data, usedforsecurity=False)


def decrypted(inhoud: bytes) -> bytes:
    """Gives the workbook in this container.

    Raises Leesprobleem when it has a password of its own, or is protected in another way.
    """
    ole = Ole(inhoud)
    if "drmencrypteddataspace" in ole.names or "encryptioninfo" not in ole.names:
        raise Leesprobleem("rechten" if "drmencrypteddataspace" in ole.names else "wachtwoord")
    info, package = ole.stream("encryptioninfo"), ole.stream("encryptedpackage")
    try:
        major, minor = struct.unpack_from("<HH", info)
        (size,) = struct.unpack_from("<Q", package)
        if (major, minor) == (4, 4):
            plain = _agile(info[8:], package[8:])
        elif minor == 2 and major in {2, 3, 4}:
            plain = _standard(info, package[8:])
        else:
            raise Leesprobleem("versleuteld")
    except (struct.error, ValueError, KeyError, TypeError, etree.XMLSyntaxError):
        raise Leesprobleem("versleuteld") from None
    if not plain.startswith(b"PK"):
        raise Leesprobleem("versleuteld")
    return plain[:size] if size < len(plain) else plain


def _agile(xml: bytes, package: bytes) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(xml, parser)
    data, key = root.find("{*}keyData"), root.find(".//{*}encryptedKey")
    if data is None or key is None:
        raise Leesprobleem("versleuteld")
    spins = int(key.get("spinCount", ""))
    if (
        key.get("cipherAlgorithm") != "AES"
        or key.get("cipherChaining") != "ChainingModeCBC"
        or spins > _MAX_SPINS
    ):
        raise Leesprobleem("versleuteld")
    make = _HASHES[key.get("hashAlgorithm", "")]
    salt = base64.b64decode(key.get("saltValue", ""))
    bits = int(key.get("keyBits", ""))
    block = int(key.get("blockSize", ""))
    spun = make(salt + _PASSWORD).digest()
    for number in range(spins):
        spun = make(struct.pack("<I", number) + spun).digest()

    def unlock(name: str, purpose: bytes) -> bytes:
        secret = _sized(make(spun + purpose).digest(), bits // 8)
        return _cbc(secret, _sized(salt, block), base64.b64decode(key.get(name, "")))

    verifier = unlock("encryptedVerifierHashInput", _BLOCK_VERIFIER)
    value = unlock("encryptedVerifierHashValue", _BLOCK_VALUE)
    if make(verifier).digest() != value[: make(b"").digest_size]:
        raise Leesprobleem("wachtwoord")
    secret = unlock("encryptedKeyValue", _BLOCK_KEY)[: bits // 8]
    make_data = _HASHES[data.get("hashAlgorithm", "")]
    data_salt = base64.b64decode(data.get("saltValue", ""))
    data_block = int(data.get("blockSize", ""))
    pieces = []
    for number, place in enumerate(range(0, len(package), _SEGMENT)):
        piece = package[place : place + _SEGMENT]
        start = _sized(make_data(data_salt + struct.pack("<I", number)).digest(), data_block)
        pieces.append(_cbc(secret, start, piece[: len(piece) // 16 * 16]))
    return b"".join(pieces)


def _standard(info: bytes, package: bytes) -> bytes:
    (header,) = struct.unpack_from("<I", info, 8)
    algorithm, _, bits = struct.unpack_from("<III", info, 12 + 8)
    if algorithm not in {0, 0x660E, 0x660F, 0x6610}:
        raise Leesprobleem("versleuteld")
    after = 12 + header
    (salt_size,) = struct.unpack_from("<I", info, after)
    salt = info[after + 4 : after + 4 + salt_size]
    verifier = info[after + 4 + salt_size : after + 20 + salt_size]
    value = info[after + 24 + salt_size : after + 56 + salt_size]
    spun = _sha1(salt + _PASSWORD).digest()
    for number in range(_SPINS_OF_STANDARD):
        spun = _sha1(struct.pack("<I", number) + spun).digest()
    final = _sha1(spun + bytes(4)).digest()
    masks = (0x36, 0x5C)
    halves = [
        _sha1(bytes(byte ^ mask for byte in final) + bytes([mask]) * (64 - len(final))).digest()
        for mask in masks
    ]
    secret = b"".join(halves)[: bits // 8]
    cipher = Cipher(algorithms.AES(secret), modes.ECB())  # noqa: S305

    def unlock(data: bytes) -> bytes:
        opened = cipher.decryptor()
        return opened.update(data[: len(data) // 16 * 16]) + opened.finalize()

    if _sha1(unlock(verifier)).digest() != unlock(value)[:20]:
        raise Leesprobleem("wachtwoord")
    return unlock(package)


def _cbc(secret: bytes, start: bytes, data: bytes) -> bytes:
    opened = Cipher(algorithms.AES(secret), modes.CBC(start)).decryptor()
    return opened.update(data) + opened.finalize()


def _sized(data: bytes, size: int) -> bytes:
    return data[:size].ljust(size, b"\x36")
