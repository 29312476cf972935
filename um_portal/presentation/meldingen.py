"""Keeps what the next page has to say: in a cookie, and what does not fit in the session."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class Meldingcookie(CookieStorage):
    """Messages in a signed cookie that is named as the portal's other cookies are."""

    cookie_name = settings.UM_MELDING_COOKIE


class Meldingen(FallbackStorage):
    """Messages in that cookie, as long as they fit."""

    storage_classes = (Meldingcookie, SessionStorage)
