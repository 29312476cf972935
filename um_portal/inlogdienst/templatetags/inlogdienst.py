"""Lets a page ask about logging in through a municipality."""

from typing import Any

from django import template

from um_portal.accounts import gemeentesessie
from um_portal.inlogdienst import regels

register = template.Library()


@register.simple_tag
def inlogdiensten() -> bool:
    """Tells whether any municipality has its login service on."""
    return bool(regels.with_service())


@register.simple_tag(takes_context=True, name="gemeentesessie")
def of_municipality(context: Any) -> bool:
    """Tells whether the session was opened by the login service of a municipality."""
    return gemeentesessie.of(context["request"]) is not None
