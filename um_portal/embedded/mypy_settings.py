"""Gives the type checker the portal's settings; it only needs to know which models there are.

The type checker has no servers and no secrets: each missing setting gets a value that leads nowhere.
"""

import base64
import os

os.environ.setdefault("UM_SECRET_KEY", "alleen-voor-de-typecontrole-en-nergens-anders")
os.environ.setdefault("UM_MASTER_KEY", base64.b64encode(bytes(32)).decode())
os.environ.setdefault("DATABASE_URL", "postgresql://niemand@/geen?host=/nergens")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1")

from um_portal.settings import *
