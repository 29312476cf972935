"""Defines the fixed shapes of numbers and identifiers: OIN, ids, postcode, KvK number and BSN.

The patterns are written as the VUM contracts write them. A BSN has no place in the standard; it is here only
so that others can recognise one and keep it out.
"""

import re
from typing import Final

OIN_PATROON: Final = r"^[0-9]{20}$"
ID_PATROON: Final = r"^[a-zA-Z0-9_.-]{0,200}$"
VUM_ID_PATROON: Final = r"^[a-zA-Z0-9_.-]{0,500}$"
POSTCODE_PATROON: Final = r"^[0-9]{4}[a-zA-Z]{2}$"
KVK_PATROON: Final = r"^[0-9]{8}$"
TAAL_PATROON: Final = r"^[a-z]{3}$"
CIJFERS_PATROON: Final = r"^[0-9]+$"

_OIN = re.compile(OIN_PATROON)
_BSN = re.compile(r"[0-9]{8,9}")
_WITHOUT_SEPARATORS = str.maketrans("", "", " .\u00a0")
_BSN_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def is_oin(text: str) -> bool:
    """Tells whether the text is an organisation id: exactly 20 digits, nothing around them."""
    return _OIN.fullmatch(text) is not None


def is_bsn(text: str) -> bool:
    """Tells whether the text can be a BSN: 8 or 9 digits that pass the elfproef; dots and spaces are allowed.

    About one in eleven arbitrary numbers of this length passes, so this can only raise a suspicion.
    """
    digits = text.translate(_WITHOUT_SEPARATORS)
    if not _BSN.fullmatch(digits) or not digits.strip("0"):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_BSN_WEIGHTS, digits.zfill(9), strict=True))
    return total % 11 == 0
