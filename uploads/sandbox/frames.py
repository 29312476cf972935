"""Defines the messages to and from the reading process: a length, then bytes of plain values.

Plain values are numbers, text, dates and times, and lists and dictionaries of them. Unpacking never makes
anything else, whatever the bytes are.
"""

import datetime
import io
import pickle
import struct
from typing import Any, Final

LENGTH: Final = struct.Struct(">Q")
# An honest reading process sends no larger answer.
MAX_BYTES: Final = 64 << 20

_PLAIN = {("datetime", name): getattr(datetime, name) for name in ("date", "datetime", "time", "timedelta")}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _PLAIN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(name) from None


def pack(value: Any) -> bytes:
    """Gives a value as bytes."""
    return pickle.dumps(value, protocol=5)


def unpack(data: bytes | bytearray) -> Any:
    """Gives the value in these bytes. Raises pickle.UnpicklingError for anything that is not plain."""
    return _Unpickler(io.BytesIO(data)).load()
