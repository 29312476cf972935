"""Defines the template tags and filters of the portal: `{% load um %}`.

Each component of the style page is one tag here; its markup is in `templates/componenten/`, and
`templates/componenten/README.md` describes how to use it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from um_portal.presentation.navigation import Item, url_of

register = template.Library()

# Fixed, so that a date reads the same whatever locale data the machine has.
MAANDEN = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
STREEP = SafeString('<span aria-hidden="true">–</span><span class="um-onzichtbaar">niet ingevuld</span>')

# Gives the design system's names for the parts of each of the four kinds of message.
MELDINGEN = {
    "info": ("info", "info", "status"),
    "ok": ("ok", "vink", "status"),
    "waarschuwing": ("warning", "waarschuwing", "alert"),
    "fout": ("error", "fout", "alert"),
}
BADGES = {
    "ok": "success",
    "info": "neutral",
    "waarschuwing": "warning",
    "fout": "danger",
    "neutraal": "inactive",
}
KNOPPEN = {
    "primair": "utrecht-button--primary-action",
    "secundair": "utrecht-button--secondary-action",
    "stil": "utrecht-button--subtle",
}


# --- Filters ---------------------------------------------------------------------------------------


@register.filter
def datum(waarde: Any) -> Any:
    """Writes a date, datetime or ISO text as `1 januari 2026`; leaves anything else unchanged."""
    dag = _as_date(waarde)
    return waarde if dag is None else f"{dag.day} {MAANDEN[dag.month - 1]} {dag.year}"


@register.filter
def datumtijd(waarde: Any) -> Any:
    """Writes a datetime as `1 januari 2026 om 14:05`, in the portal's time zone."""
    moment = _as_datetime(waarde)
    return waarde if moment is None else f"{datum(moment)} om {moment:%H:%M}"


@register.filter
def tijd(waarde: Any) -> Any:
    """Writes the time of a datetime, as `14:05`."""
    moment = _as_datetime(waarde)
    return waarde if moment is None else f"{moment:%H:%M}"


@register.filter
def getal(waarde: Any, decimalen: int | None = None) -> Any:
    """Writes a number as `1.234` or, with decimals, `1.234,5`; leaves anything else unchanged."""
    if decimalen is None and waarde.__class__ is int and 0 <= waarde < 1000:
        return str(waarde)  # as all the work below would write it; a page counts scores of things
    try:
        return number_format(waarde, decimal_pos=decimalen, use_l10n=True, force_grouping=True)
    except (TypeError, ValueError):
        return waarde


@register.filter
def telwoord(aantal: Any, vormen: str) -> str:
    """Writes a number with its noun: `telwoord:"profiel,profielen"` makes `2 profielen`, `geen profielen`."""
    enkel, _, meer = vormen.partition(",")
    if not aantal:
        return f"geen {meer or enkel}"
    return f"{getal(aantal)} {enkel if aantal == 1 else meer or enkel}"


@register.filter
def bestandsgrootte(aantal: Any) -> Any:
    """Writes a number of bytes as `340 kB` or `1,2 MB`."""
    try:
        grootte = float(aantal)
    except (TypeError, ValueError):
        return aantal
    if grootte < 1000:
        return f"{grootte:.0f} bytes"
    if grootte < 1_000_000:
        return f"{grootte / 1000:.0f} kB"
    return f"{getal(grootte / 1_000_000, 1)} MB"


@register.filter
def janee(waarde: Any) -> Any:
    """Writes True as `Ja`, False as `Nee`, nothing as a dash."""
    return STREEP if waarde is None or waarde == "" else ("Ja" if waarde else "Nee")


@register.filter
def of_streep(waarde: Any) -> Any:
    """Gives the value, or a dash that a screen reader reads as `niet ingevuld`. Zero is a value."""
    return STREEP if waarde is None or waarde == "" or waarde == [] else waarde


@register.filter
def berichtsoort(level_tag: str) -> str:
    """Gives the kind of alert for the level of a Django message."""
    return {"success": "ok", "warning": "waarschuwing", "error": "fout"}.get(level_tag, "info")


@register.filter
def gevuld(paren: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Keeps the label/value pairs that have a value."""
    return [(label, waarde) for label, waarde in paren if not _is_empty(waarde)]


@register.filter
def is_groep(waarde: Any) -> bool:
    """Tells whether a value of a data list is itself a list of label/value pairs."""
    return bool(waarde) and isinstance(waarde, (list, tuple)) and all(_is_pair(deel) for deel in waarde)


@register.filter
def is_groepen(waarde: Any) -> bool:
    """Tells whether a value of a data list is a list of such groups, such as several educations."""
    return bool(waarde) and isinstance(waarde, (list, tuple)) and all(is_groep(deel) for deel in waarde)


@register.filter
def is_reeks(waarde: Any) -> bool:
    """Tells whether a value of a data list is a list of plain values."""
    return isinstance(waarde, (list, tuple))


# --- Small parts -----------------------------------------------------------------------------------


@register.simple_tag
def icoon(naam: str, klasse: str = "") -> SafeString:
    """Shows an icon from `static/um/iconen.svg`, always as decoration: the text beside it has the meaning."""
    return format_html(
        '<svg class="um-icoon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {klasse}" if klasse else "",
        static("um/iconen.svg"),
        naam,
    )


@register.simple_tag
def badge(tekst: Any, soort: str = "neutraal") -> SafeString:
    """Shows a status: ok, info, waarschuwing, fout or neutraal. The colour only repeats the text."""
    return format_html(
        '<span class="utrecht-status-badge utrecht-status-badge--{} um-badge">{}</span>', BADGES[soort], tekst
    )


@register.simple_tag
def knop(
    tekst: str,
    soort: str = "primair",
    type: str = "submit",
    naam: str = "",
    waarde: Any = "",
    icoon_naam: str = "",
    gevaar: bool = False,
    bezig: str = "",
) -> SafeString:
    """Shows a button. `bezig` is the text it shows while the form is being sent."""
    return format_html(
        '<button class="{}" type="{}"{}{}>{}<span class="um-knop__tekst">{}</span></button>',
        _button_class("utrecht-button", soort, gevaar),
        type,
        format_html(' name="{}" value="{}"', naam, _text(waarde)) if naam else "",
        format_html(' data-bezig="{}"', bezig) if bezig else "",
        icoon(icoon_naam) if icoon_naam else "",
        tekst,
    )


@register.simple_tag
def linkknop(
    tekst: str, url: str, soort: str = "primair", icoon_naam: str = "", gevaar: bool = False
) -> SafeString:
    """Shows a link that looks like a button: for going somewhere, never for changing something."""
    return format_html(
        '<a class="{}" href="{}">{}<span class="um-knop__tekst">{}</span></a>',
        _button_class(
            "utrecht-button-link utrecht-button-link--html-a", soort, gevaar, "utrecht-button-link"
        ),
        url,
        icoon(icoon_naam) if icoon_naam else "",
        tekst,
    )


@register.simple_block_tag(end_name="endmelding")
def melding(
    content: str, soort: str = "info", titel: str = "", rol: str | None = None, focus: bool = False
) -> SafeString:
    """Shows an alert: info, ok, waarschuwing or fout. With `rol=""` it is simply part of the page."""
    klasse, plaatje, standaardrol = MELDINGEN[soort]
    return _render(
        "melding",
        {
            "inhoud": content,
            "soort": soort,
            "klasse": klasse,
            "plaatje": plaatje,
            "titel": titel,
            "rol": standaardrol if rol is None else rol,
            "focus": focus,
        },
    )


@register.simple_block_tag(end_name="endleeg")
def leeg(content: str, titel: str, icoon_naam: str = "lijst", kop: int = 2) -> SafeString:
    """Shows that there is nothing yet: why, and what to do."""
    return _render("leeg", {"inhoud": content, "titel": titel, "icoon_naam": icoon_naam, "kop": kop})


@register.simple_tag
def stappen(*namen: str, huidig: int = 1) -> SafeString:
    """Shows a step indicator; `huidig` counts from 1, one past the last means that all is done."""
    regels = [
        {"nummer": str(nummer), "naam": naam, "staat": _step_state(nummer, huidig)}
        for nummer, naam in enumerate(namen, start=1)
    ]
    return _render("stappen", {"stappen": regels, "aantal": str(len(namen)), "huidig": str(huidig)})


@register.simple_tag
def voortgang(waarde: float | None, totaal: float, tekst: str, label: str = "Voortgang") -> SafeString:
    """Shows a progress bar with its text; `waarde=None` when the progress is not known."""
    return _render(
        "voortgang",
        {
            "waarde": None if waarde is None else _text(waarde),
            "totaal": _text(totaal or 1),
            "tekst": tekst,
            "label": label,
        },
    )


@register.simple_block_tag(end_name="endkerncijfers")
def kerncijfers(content: str, label: str = "Kerncijfers") -> SafeString:
    """Shows a row of key figures; put `{% kerncijfer %}` in it."""
    return format_html('<dl class="um-kerncijfers" aria-label="{}">{}</dl>', label, content)


@register.simple_tag
def kerncijfer(label: str, waarde: Any, toelichting: str = "", soort: str = "", url: str = "") -> SafeString:
    """Shows one key figure; `soort` waarschuwing or fout when it asks for attention."""
    return _render(
        "kerncijfer",
        {
            "label": label,
            "waarde": getal(waarde) if isinstance(waarde, (int, float)) else waarde,
            "toelichting": toelichting,
            "soort": soort,
            "url": url,
        },
    )


@register.simple_tag
def gegevens(items: Iterable[tuple[str, Any]] | Mapping[str, Any]) -> SafeString:
    """Shows a record as label/value pairs.

    A value is text, a list of texts, a list of (label, value) tuples (a group) or a list of such groups.
    Empty values are left out.
    """
    paren = items.items() if isinstance(items, Mapping) else items
    return _render("gegevens", {"paren": list(paren)})


# --- Tables ----------------------------------------------------------------------------------------


@register.simple_block_tag(end_name="endtabel")
def tabel(
    content: str, label: str, kaarten: bool = False, bijschrift: bool = False, klasse: str = ""
) -> SafeString:
    """Shows a data table around `<thead>` and `<tbody>`.

    On a phone it scrolls sideways inside a region that can be reached with the keyboard, or, with
    `kaarten=True`, each row becomes a card (give every `<td>` a `data-label`).
    """
    return _render(
        "tabel",
        {"inhoud": content, "label": label, "kaarten": kaarten, "bijschrift": bijschrift, "klasse": klasse},
    )


@register.simple_tag(takes_context=True)
def kolomkop(
    context: Context,
    label: str,
    veld: str = "",
    standaard: str = "",
    getal: bool = False,
    param: str = "sorteer",
    pagina: str = "pagina",
) -> SafeString:
    """Shows a table header; with `veld` it sorts: `?sorteer=veld`, and `?sorteer=-veld` the other way round.

    `standaard` is the order that the page has without this parameter. Sorting goes back to the first page.
    """
    klasse = " um-tabel__getal" if getal else ""
    if not veld:
        return format_html('<th class="utrecht-table__header-cell{}" scope="col">{}</th>', klasse, label)
    request: HttpRequest | None = context.get("request")
    huidig = (request.GET.get(param) if request else None) or standaard
    oplopend, aflopend = huidig == veld, huidig == f"-{veld}"
    return _render(
        "kolomkop",
        {
            "label": label,
            "klasse": klasse,
            # htmx gives the focus back to the element with this id after the table was replaced.
            "id": f"{param}-{veld}",
            "sortering": "ascending" if oplopend else "descending" if aflopend else "",
            "url": _query(request, {param: f"-{veld}" if oplopend else veld, pagina: None}),
        },
    )


@register.simple_tag(takes_context=True)
def paginering(
    context: Context, page_obj: Page[Any], param: str = "pagina", label: str = "Pagina's"
) -> SafeString:
    """Shows links to the other pages of a list; the other parameters of the address stay as they are."""
    request: HttpRequest | None = context.get("request")
    paginator = page_obj.paginator
    if paginator.num_pages < 2:
        return SafeString("")
    nummers = [
        {"nummer": None, "url": "", "huidig": False}
        if nummer == paginator.ELLIPSIS
        else {
            "nummer": str(nummer),
            "url": _query(request, {param: str(nummer)}),
            "huidig": nummer == page_obj.number,
        }
        for nummer in paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    ]
    vorige = page_obj.previous_page_number() if page_obj.has_previous() else None
    volgende = page_obj.next_page_number() if page_obj.has_next() else None
    return _render(
        "paginering",
        {
            "nummers": nummers,
            "vorige": _query(request, {param: str(vorige)}) if vorige else "",
            "volgende": _query(request, {param: str(volgende)}) if volgende else "",
            "label": label,
            "param": param,
            "van": str(getal(page_obj.start_index())),
            "tot": str(getal(page_obj.end_index())),
            "totaal": str(getal(paginator.count)),
        },
    )


@register.simple_tag(takes_context=True)
def adres_met(context: Context, **parameters: Any) -> str:
    """Gives the parameters of this address with some changed: `?{...}`; None or an empty text removes one."""
    return _query(
        context.get("request"), {naam: _text(waarde) or None for naam, waarde in parameters.items()}
    )


# --- Page ------------------------------------------------------------------------------------------


@register.simple_tag
def kruimelpad(*delen: str) -> SafeString:
    """Shows a breadcrumb trail: label and url name (or path) in turn, and last the label of this page.

    `Start` is put in front of it automatically.
    """
    paren = zip(delen[:-1:2], delen[1:-1:2], strict=True)
    kruimels = [Item(label, doel if doel.startswith("/") else reverse(doel)) for label, doel in paren]
    start = url_of("start")
    return _render(
        "kruimelpad",
        {
            "kruimels": ([Item("Start", start)] if start else []) + kruimels,
            "huidig": delen[-1] if delen else "",
        },
    )


@register.simple_tag
def foutoverzicht(form: Any) -> SafeString:
    """Lists the errors in a form, with a link to each field. `{{ form }}` already has it."""
    return _render("formulier/foutoverzicht", {"form": form})


# --- Helpers ---------------------------------------------------------------------------------------


def _render(name: str, context: dict[str, Any]) -> SafeString:
    return SafeString(render_to_string(f"componenten/{name}.html", context).strip())


def _text(value: Any) -> str:
    """Writes a value for an attribute: without the thousands separator of the page's language."""
    return "" if value is None else str(value)


def _button_class(base: str, soort: str, gevaar: bool, block: str = "utrecht-button") -> str:
    look = KNOPPEN[soort].replace("utrecht-button--", f"{block}--")
    return f"{base} {look} um-knop" + (" um-knop--gevaar" if gevaar else "")


def _query(request: HttpRequest | None, changes: Mapping[str, str | None]) -> str:
    """Gives the address's parameters with these changes; None removes one."""
    params = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = value
    return f"?{params.urlencode()}"


def _step_state(number: int, current: int) -> str:
    return "klaar" if number < current else "huidig" if number == current else "later"


def _as_datetime(value: Any) -> dt.datetime | None:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, dt.datetime):
        return None
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _as_date(value: Any) -> dt.date | None:
    if isinstance(value, str) and len(value) == 10:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    return _as_datetime(value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == () or value == {}
