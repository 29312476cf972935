"""Checks at the start that the documents came along: without it, somebody who needs help would be the first to know."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from um_portal.hulp.bronnen import BRONNEN


@register()
def documents_are_there(**kwargs: Any) -> list[CheckMessage]:
    """Lists the documents that the help is made of and that this installation does not have."""
    return [
        Error(
            f"Het bestand {bestand} ontbreekt; zonder dat is er geen hulp.",
            hint="Installeer ook de map docs/.",
            id="hulp.E001",
        )
        for bestand in BRONNEN.values()
        if not bestand.is_file()
    ]
