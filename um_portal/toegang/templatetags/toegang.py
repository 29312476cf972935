"""Lets the municipality that a page was made for travel with every form on it."""

from typing import Any

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from um_portal.toegang.access import GEMEENTE_VELD

register = template.Library()


class FormulierNode(CsrfTokenNode):
    """Renders Django's token, and beside it the municipality that the page was made for."""

    def render(self, context: Any) -> SafeString:
        """Renders both as hidden fields; the municipality only where there is one."""
        token = super().render(context)
        gemeente = getattr(context.get("request"), "gemeente", None)
        if gemeente is None:
            return SafeString(token)
        return SafeString(
            token + format_html('<input type="hidden" name="{}" value="{}">', GEMEENTE_VELD, gemeente.pk)
        )


@register.tag
def csrf_token(parser: Any, token: Any) -> FormulierNode:
    """Takes the place of Django's own tag, so that no form can be written without the municipality."""
    return FormulierNode()
