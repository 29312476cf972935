"""The WSGI entrance of every web part (UM_COMPONENT says which)."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured

from um_portal.codering import PlainEncoding, PlainHandler
from um_portal.meetpunt import Meetpunt
from um_portal.paths import PlainPaths
from um_portal.tenants.login import verify

# This process answers people and parties.
os.environ.setdefault("UM_WERK", "antwoorden")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")

try:
    django.setup(set_prefix=False)
    application = Meetpunt(PlainPaths(PlainEncoding(PlainHandler())))
    verify()
except ImproperlyConfigured as problem:
    # A list for the operator; where in the code it was found helps nobody.
    sys.exit(str(problem))
