"""The WSGI entrance, of the portal or of the simulator (UM_COMPONENT)."""

import os

from django.core.wsgi import get_wsgi_application

from um_portal.paths import PlainPaths
from um_portal.tenants.login import verify

# This process answers people and parties.
os.environ.setdefault("UM_WERK", "antwoorden")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")

application = PlainPaths(get_wsgi_application())
verify()
