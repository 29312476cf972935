"""How values stand in the Redis cache: as JSON, never as pickle.

Reading a pickle runs the code that is in it, so whoever writes in Redis would run code in the portal.
"""

import json
from typing import Any


class JSONSerializer:
    """Writes and reads the values of Django's Redis cache; a tuple comes back as a list.

    A whole number is written as its digits, so that Redis can count with it.
    """

    def dumps(self, obj: Any) -> bytes:
        """Returns the value as JSON; raises TypeError for what JSON has no form for."""
        return json.dumps(obj, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        """Returns the value; raises ValueError when it is not JSON."""
        return json.loads(data)
