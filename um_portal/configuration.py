"""Checks the settings while they are read, so that a wrong one is told at the start, all at once and in Dutch.

`Omgeving` reads the environment and remembers what it could not read; `combinations` looks at what may not go
together; `refuse` stops with the list. No value of a setting is repeated in it: it may be a secret.
"""

import base64
import binascii
import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from um_portal import foutmelder, logs, metingen, sentinel
from um_portal.geheimen import is_given
from um_portal.onderdelen import GEHEEL, NAMEN, ONDERDELEN, UNIX, calls_exchange, has_pages, needs_secret

_OIN: Final = re.compile(r"[0-9]{20}")
_SERVER: Final = re.compile(r"(?:[a-zA-Z0-9.-]+|\[::1\])(?::[0-9]{1,5})?")
_YES, _NO = {"true", "on", "ok", "y", "yes", "1"}, {"false", "off", "n", "no", "0"}
_SHORTEST_SECRET: Final = 32
_DAGLIMIETEN: Final = (
    "UM_DAG_ZOEKVRAGEN",
    "UM_DAG_DETAILS",
    "UM_DAG_ZOEKVRAGEN_GEMEENTE",
    "UM_DAG_DETAILS_GEMEENTE",
    "UM_BRON_DAG_RECORDS",
    "UM_BRON_DAG_DETAILS",
)


class Omgeving(environ.Env):
    """Reads the environment like django-environ; a value of the wrong form becomes a line in `problems`."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__()
        self.ENVIRON = dict(values)
        self.problems: list[str] = []

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        """Gives the value, or the default with a problem written down when it has the wrong form."""
        if cast is bool and var in self.ENVIRON and self.ENVIRON[var].lower() not in _YES | _NO:
            self.problems.append(f"{var} is ja of nee: geef 1 of 0.")
            return default
        try:
            return super().get_value(var, cast=cast, default=default, **options)
        except ValueError:
            kind = "een geheel getal" if cast is int else "een getal"
            self.problems.append(f"{var} moet {kind} zijn, bijvoorbeeld {default}.")
            return default

    def required(self, var: str, hint: str) -> str:
        """Gives the value; without one it writes down that it is missing, with the hint, and gives ''."""
        value: str = self.str(var, default="")
        if not value:
            self.problems.append(f"{var} ontbreekt. {hint}")
        return value


def combinations(settings: Mapping[str, Any]) -> list[str]:
    """Lists what is wrong with these settings taken together; [] when nothing is.

    Most of it holds outside the demonstration only, which answers to this machine alone.
    """
    found = _forms(settings)
    if settings["UM_DEMO"]:
        return found
    found += _web(settings)
    found += _parties(settings)
    if settings["UM_COMPONENT"] in ONDERDELEN and is_given("DATABASE_EIGENAAR_URL", os.environ):
        found.append(
            "DATABASE_EIGENAAR_URL hoort niet bij dit onderdeel: voor de eigenaar van de tabellen geldt "
            "row-level security niet. Geef die alleen aan `manage.py migrate`."
        )
    if settings["UM_COMPONENT"] == "simulator":
        found.append("UM_COMPONENT=simulator: de nagebootste uitwisseling draait alleen in de demonstratie.")
    return found


def refuse(problems: Iterable[str]) -> None:
    """Raises ImproperlyConfigured with all problems as a list, when there are any."""
    lines = [f"  {number}. {line}" for number, line in enumerate(problems, start=1)]
    if lines:
        raise ImproperlyConfigured(
            "\n".join(
                [
                    "Het portaal start niet: de instellingen kloppen niet.",
                    *lines,
                    "Alle instellingen staan in docs/beheer/instellingen.md.",
                ]
            )
        )


def _forms(settings: Mapping[str, Any]) -> list[str]:
    found = []
    if settings["UM_COMPONENT"] not in NAMEN:
        found.append(f"UM_COMPONENT moet een van deze zijn: {', '.join(NAMEN)}.")
    keys = {
        "UM_MASTER_KEY": [settings["UM_MASTER_KEY"]],
        "UM_MASTER_KEYS_OUD": settings["UM_MASTER_KEYS_OUD"],
    }
    for name, values in keys.items():
        if any(value and not _is_key(value) for value in values):
            found.append(f"{name} moet 32 bytes in base64 zijn. Maak die met: openssl rand -base64 32")
    if settings["UM_MASTER_KEY"] and settings["UM_MASTER_KEY"] in settings["UM_MASTER_KEYS_OUD"]:
        found.append("UM_MASTER_KEY staat ook in UM_MASTER_KEYS_OUD. Haal hem daar weg.")
    for address in settings["UM_VERTROUWDE_PROXIES"]:
        if address != UNIX and not _is_address(address):
            found.append(
                "UM_VERTROUWDE_PROXIES noemt adressen van één machine, of `unix` voor een socket op deze machine; "
                "geen namen, netwerken of sterretjes."
            )
            break
    for name in _DAGLIMIETEN:
        if settings[name] < 1:
            found.append(f"{name} moet minstens 1 zijn. Schort een gemeente op om haar te stoppen.")
    if not 1 <= settings["UM_DETAIL_MINUTEN"] <= 60:
        found.append("UM_DETAIL_MINUTEN moet van 1 tot en met 60 zijn.")
    if not all(_OIN.fullmatch(oin) and naam for oin, naam in settings["UM_PARTIJEN"].items()):
        found.append(
            "UM_PARTIJEN is een lijst als OIN=naam, met een komma ertussen; een OIN heeft 20 cijfers."
        )
    if not all(_SERVER.fullmatch(name) for name in settings["UM_SSO_UITGEVERS"]):
        found.append(
            "UM_SSO_UITGEVERS noemt servers, met een komma ertussen: een naam, zonder https:// en zonder sterretje."
        )
    if not 0 < settings["UM_SSO_HERCONTROLE_MINUTEN"] < settings["UM_SSO_EINDE_MINUTEN"] <= 60:
        found.append(
            "UM_SSO_HERCONTROLE_MINUTEN is minstens 1 en korter dan UM_SSO_EINDE_MINUTEN, en die hoogstens 60."
        )
    if settings["UM_LOG_VORM"] not in logs.VORMEN:
        found.append(f"UM_LOG_VORM moet een van deze zijn: {', '.join(logs.VORMEN)}.")
    if settings["UM_METINGEN_ADRES"] and not metingen.is_place(settings["UM_METINGEN_ADRES"]):
        found.append(
            "UM_METINGEN_ADRES is een adres van deze machine, zoals 127.0.0.1 of 10.0.0.5:9101; geen naam, en geen "
            "adres van internet."
        )
    found += _sentry(settings["UM_SENTRY_DSN"])
    found += _redis(settings)
    if "_" in settings["UM_CLIENTCERT_HEADER"]:
        found.append("UM_CLIENTCERT_HEADER mag geen _ bevatten: zulke headers gooit de webserver weg.")
    for name in ("UM_EIGEN_OIN", "UM_EXCHANGE_OIN"):
        if not _OIN.fullmatch(settings[name]):
            found.append(f"{name} is geen OIN: dat zijn 20 cijfers.")
    if not all(_OIN.fullmatch(oin) for oin in settings["UM_BRON_BEVRAGERS"]):
        found.append("UM_BRON_BEVRAGERS is een lijst van OIN's van 20 cijfers.")
    return found


# For demonstration and tests alone.
_OF_SIMULATOR: Final = "UM_REDIS_SIMULATOR_URL"


def _redis(settings: Mapping[str, Any]) -> list[str]:
    addresses = {
        "UM_REDIS_WACHTRIJ_URL": settings["UM_REDIS_WACHTRIJ_URL"],
        "UM_REDIS_CACHE_URL": settings["CACHES"]["default"]["LOCATION"],
        _OF_SIMULATOR: settings["UM_SIMULATOR_REDIS_URL"],
    }
    files = [name for name in ("UM_REDIS_CA", "UM_REDIS_CERTIFICAAT", "UM_REDIS_SLEUTEL") if settings[name]]
    found = _unreadable(settings, files)
    if settings["UM_REDIS_SLEUTEL"] and not settings["UM_REDIS_CERTIFICAAT"]:
        found.append("UM_REDIS_SLEUTEL is gegeven en UM_REDIS_CERTIFICAAT niet.")
    for name, url in addresses.items():
        if files and name != _OF_SIMULATOR and not sentinel.is_encrypted(url):
            found.append(
                f"{files[0]} is gegeven, maar {name} (of REDIS_URL) gaat zonder TLS: begin dat adres met rediss:// of "
                "sentinels://."
            )
        if sentinel.trusts_anybody(url):
            found.append(f"{name} (of REDIS_URL) gelooft elk certificaat: laat ssl_cert_reqs daar weg.")
        if not sentinel.is_sentinel(url):
            continue
        try:
            sentinel.read(url)
        except ValueError:
            found.append(
                f"{name} (of REDIS_URL) is geen adres van Sentinel: "
                "sentinel://gebruiker:wachtwoord@een:26379,twee:26379,drie:26379/0?master=NAAM"
            )
    return found


def _sentry(dsn: str) -> list[str]:
    if not dsn:
        return []
    url = urlsplit(dsn)
    if not url.username or not (url.scheme == "https" or _is_loopback(url.hostname or "")):
        return ["UM_SENTRY_DSN moet met https:// beginnen, met de sleutel voor de @."]
    if not foutmelder.is_installed():
        return [
            "UM_SENTRY_DSN is gegeven, maar sentry-sdk ontbreekt. Installeer: pip install --require-hashes -r "
            "requirements-sentry.txt"
        ]
    return []


def _web(settings: Mapping[str, Any]) -> list[str]:
    found = []
    naam = settings["UM_COMPONENT"]
    secret = settings["SECRET_KEY"]
    if naam in NAMEN and needs_secret(naam) and secret and len(secret) < _SHORTEST_SECRET:
        found.append(
            f"UM_SECRET_KEY is korter dan {_SHORTEST_SECRET} tekens. Maak een nieuwe met: openssl rand -base64 48"
        )
    if "*" in settings["ALLOWED_HOSTS"]:
        found.append("UM_HOSTS mag geen * bevatten. Noem de namen waaronder mensen het portaal openen.")
    if has_pages(naam) and not settings["ALLOWED_HOSTS"]:
        found.append("UM_HOSTS ontbreekt: zonder namen geeft het portaal op elke pagina een fout.")
    if not settings["UM_HTTPS"]:
        found.append(
            "UM_HTTPS=0 mag alleen in de demonstratie: anders gaan wachtwoorden leesbaar over de lijn."
        )
    if settings.get("SECURE_PROXY_SSL_HEADER") and not settings["UM_VERTROUWDE_PROXIES"]:
        found.append(
            "UM_ACHTER_PROXY=1 zonder UM_VERTROUWDE_PROXIES: dan gelooft het portaal elke aanroeper die zegt dat hij "
            "HTTPS gebruikt. Noem het adres van de proxy, of `unix`."
        )
    return found


def _parties(settings: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    if not calls_exchange(settings["UM_COMPONENT"]):
        return found
    if settings["UM_EXCHANGE_SLEUTEL"] and not settings["UM_EXCHANGE_CERTIFICAAT"]:
        found.append("UM_EXCHANGE_SLEUTEL is gegeven en UM_EXCHANGE_CERTIFICAAT niet.")
    found += _unreadable(settings, ("UM_EXCHANGE_CERTIFICAAT", "UM_EXCHANGE_SLEUTEL", "UM_EXCHANGE_CA"))
    url = urlsplit(settings["UM_EXCHANGE_URL"])
    # A command that is run by hand may lack the address; what serves people may not.
    near = settings["UM_COMPONENT"] == GEHEEL and _is_loopback(url.hostname or "")
    if url.scheme != "https" and not near:
        found.append("UM_EXCHANGE_URL moet met https:// beginnen: zonder TLS is er geen certificaat.")
    return found


def _unreadable(settings: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [
        f"{name} wijst naar een bestand dat er niet is of dat dit proces niet mag lezen."
        for name in names
        if settings[name] and not os.access(settings[name], os.R_OK)
    ]


def _is_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _is_address(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
