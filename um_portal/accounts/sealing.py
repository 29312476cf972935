"""Encrypts what is kept for logging in: the contents of a session, and the secrets of second factors.

The keys follow from UM_SECRET_KEY, one for every purpose and context, so that a sealed text that is copied to
another place does not open there. Texts sealed with an older secret (UM_SECRET_KEYS_OUD) still open.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class ZegelFout(ValueError):
    """The text was changed, or was sealed for another purpose or context, or with another secret."""


def seal(text: str, purpose: str, context: str = "") -> str:
    """Returns the text encrypted and authenticated, as ASCII."""
    return _fernet(purpose, context).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str, context: str = "") -> str:
    """Returns the text again; raises ZegelFout."""
    try:
        return _fernet(purpose, context).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError):
        raise ZegelFout from None


def _fernet(purpose: str, context: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret, f"{purpose}:{context}")) for secret in secrets])


def _key(secret: str, info: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=info.encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
