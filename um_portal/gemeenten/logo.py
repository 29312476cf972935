"""Reads the image of a municipality, and writes it again: what is served, the portal made itself.

Only PNG, and only the parts that make the picture: every other part of the file, such as texts, is left out.
The pixels are unpacked within limits and packed again, so that nothing else can hide in the file.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from um_portal.errors import FoutMetMelding

MAX_BYTES: Final = 200_000
MAX_BREEDTE: Final = 800
MAX_HOOGTE: Final = 400
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# By the kind of colour: the number of samples of a pixel, and the depths in bits that a sample may have.
_COLOURS: Final = {
    0: (1, {1, 2, 4, 8}),
    2: (3, {8}),
    3: (1, {1, 2, 4, 8}),
    4: (2, {8}),
    6: (4, {8}),
}
_PALETTE: Final = 3
_GEEN_PNG: Final = (
    "Dit is geen PNG-afbeelding die het portaal kan gebruiken. Bewaar het logo opnieuw als gewone PNG."
)


class OngeldigLogo(FoutMetMelding):
    """The file is no image that can be used; `melding` says why."""


def rewrite(inhoud: bytes) -> bytes:
    """Gives the same picture as a PNG of our own making. Raises OngeldigLogo."""
    if len(inhoud) > MAX_BYTES:
        raise OngeldigLogo(f"Het bestand is te groot. Een logo mag hoogstens {MAX_BYTES // 1000} kB zijn.")
    if not inhoud.startswith(_SIGNATURE):
        raise OngeldigLogo(_GEEN_PNG)
    head, palette, transparent, packed = b"", b"", b"", b""
    for kind, content in _chunks(inhoud[len(_SIGNATURE) :]):
        if kind == b"IHDR" and not head:
            head = content
        elif kind == b"PLTE" and not palette and not packed:
            palette = content
        elif kind == b"tRNS" and not transparent and not packed:
            transparent = content
        elif kind == b"IDAT":
            packed += content
        elif kind in (b"IHDR", b"PLTE", b"tRNS"):
            raise OngeldigLogo(_GEEN_PNG)
    row, height, colour = _measures(head)
    if (
        (colour == _PALETTE and not palette)
        or len(palette) % 3
        or len(palette) > 768
        or len(transparent) > 256
    ):
        raise OngeldigLogo(_GEEN_PNG)
    parts = [
        (b"IHDR", head),
        (b"PLTE", palette),
        (b"tRNS", transparent),
        (b"IDAT", zlib.compress(_pixels(packed, row, height), 9)),
        (b"IEND", b""),
    ]
    return _SIGNATURE + b"".join(
        _chunk(kind, content) for kind, content in parts if content or kind == b"IEND"
    )


def _chunks(rest: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields every chunk up to the end mark, checked. Raises OngeldigLogo."""
    while len(rest) >= 12:
        length, kind = struct.unpack(">I4s", rest[:8])
        content, end = rest[8 : 8 + length], rest[8 + length : 12 + length]
        if (
            len(content) != length
            or len(end) != 4
            or zlib.crc32(kind + content) != struct.unpack(">I", end)[0]
        ):
            break
        if kind == b"IEND":
            return
        yield kind, content
        rest = rest[12 + length :]
    raise OngeldigLogo(_GEEN_PNG)


def _measures(head: bytes) -> tuple[int, int, int]:
    """Gives the bytes of a row with its filter byte, the number of rows, and the kind of colour."""
    if len(head) != 13:
        raise OngeldigLogo(_GEEN_PNG)
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", head)
    samples, depths = _COLOURS.get(colour, (0, set()))
    if depth not in depths or packing or filtering or interlaced:
        raise OngeldigLogo(_GEEN_PNG)
    if not 0 < width <= MAX_BREEDTE or not 0 < height <= MAX_HOOGTE:
        raise OngeldigLogo(
            f"De afbeelding mag hoogstens {MAX_BREEDTE} bij {MAX_HOOGTE} beeldpunten zijn. Maak haar kleiner."
        )
    return 1 + (width * samples * depth + 7) // 8, height, colour


def _pixels(packed: bytes, row: int, height: int) -> bytes:
    """Unpacks exactly as many bytes as the picture has. Raises OngeldigLogo."""
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(packed, row * height + 1)
    except zlib.error:
        raise OngeldigLogo(_GEEN_PNG) from None
    if len(found) != row * height or max(found[::row]) > 4:
        raise OngeldigLogo(_GEEN_PNG)
    return found


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
