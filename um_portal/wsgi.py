"""The WSGI entrance, of the portal or of the simulator (UM_COMPONENT)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")

application = get_wsgi_application()
