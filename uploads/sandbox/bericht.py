"""Defines the form of a message to and from the reading process, and makes the short ones, without rows.

A message is a length, then JSON of that many bytes (`uploads.sandbox.frames`).
"""

import json
import struct
from typing import Any, Final

LENGTH: Final = struct.Struct(">Q")
# An honest reading process sends no larger answer.
MAX_BYTES: Final = 8 << 20
# In characters: that of a sheet, and of a file in a zip.
LONGEST_NAME: Final = 255


def report(value: Any) -> bytes:
    """Gives a short message of plain values as bytes; needs no more than Python has."""
    return json.dumps(value).encode()
