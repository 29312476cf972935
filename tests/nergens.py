"""Holds the settings of a program in the tests that runs outside a portal: enough to read them, with nothing behind."""

import base64
from typing import Final

OMGEVING: Final = {
    "DJANGO_SETTINGS_MODULE": "um_portal.settings",
    "UM_DEMO": "1",
    "UM_SECRET_KEY": "alleen-om-te-meten",
    "UM_MASTER_KEY": base64.b64encode(b"alleen om te meten".ljust(32)).decode(),
}
# For a program whose servers are those of a demonstration that it starts.
NERGENS: Final = {
    **OMGEVING,
    "DATABASE_URL": "postgresql://nergens/geen",
    "REDIS_URL": "redis://127.0.0.1:1",
}
