"""All settings of the portal, in one file; every choice comes from the environment.

The defaults are the safe ones: without UM_DEMO nothing is trusted because of where it comes from,
cookies need HTTPS and keys must be given. `docs/beheer/instellingen.md` lists every
setting with its reason.
"""

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

from exchange.interfaces import current
from um_portal import configuration, logs, sentinel
from um_portal.geheimen import from_files
from um_portal.inspection import forbid_inspection
from um_portal.onderdelen import (
    GEHEEL,
    NAMEN,
    ONDERDELEN,
    Wachtrij,
    Web,
    has_pages,
    needs_master_key,
    needs_secret,
)

# Here, because whatever holds the secrets below reads this file first: web server, worker, schedule, commands.
forbid_inspection()

env = configuration.Omgeving({**os.environ, **from_files(os.environ)})

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What this process is -------------------------------------------------------------------------
UM_DEMO = env.bool("UM_DEMO", default=False)
# One of `um_portal.onderdelen`; the whole for management commands and tests.
UM_COMPONENT = env.str("UM_COMPONENT", default=GEHEEL)
UM_DATA_DIR = Path(env.str("UM_DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
UM_PORT = env.int("UM_PORT", default=8000)
UM_SIMULATOR_PORT = env.int("UM_SIMULATOR_PORT", default=8001)
UM_VERSIE = "0.1.0"

DEBUG = False


_GEHEIM = (
    "Zet deze omgevingsvariabele; `make demo` maakt zelf geheimen aan. manage.py vindt de demonstratie vanzelf "
    "zolang `make demo` draait, met dezelfde UM_DATA_DIR."
)
if UM_COMPONENT not in NAMEN or needs_secret(UM_COMPONENT):
    SECRET_KEY = env.required("UM_SECRET_KEY", _GEHEIM)
else:
    # This part signs and seals nothing: it gets a secret that nobody knows.
    SECRET_KEY = secrets.token_urlsafe(48)
SECRET_KEY_FALLBACKS: list[str] = env.list("UM_SECRET_KEYS_OUD", default=[])
# 32 bytes in base64; wraps the data key of every municipality. Older keys stay readable during rotation.
UM_MASTER_KEY = env.required("UM_MASTER_KEY", _GEHEIM) if needs_master_key(UM_COMPONENT) else ""
UM_MASTER_KEYS_OUD: list[str] = (
    env.list("UM_MASTER_KEYS_OUD", default=[]) if needs_master_key(UM_COMPONENT) else []
)

# --- The exchange ---------------------------------------------------------------------------------
UM_EIGEN_OIN = env.str("UM_EIGEN_OIN", default="00000001899000101000")
UM_EXCHANGE_OIN = env.str("UM_EXCHANGE_OIN", default="00000001899000113000")
UM_EXCHANGE_URL = env.str(
    "UM_EXCHANGE_URL", default=f"http://127.0.0.1:{UM_SIMULATOR_PORT}{current().uitwisseling_adres}"
).rstrip("/")
UM_EXCHANGE_CERTIFICAAT = env.str("UM_EXCHANGE_CERTIFICAAT", default="")
UM_EXCHANGE_SLEUTEL = env.str("UM_EXCHANGE_SLEUTEL", default="")
UM_EXCHANGE_CA = env.str("UM_EXCHANGE_CA", default="")
# The contract names no header for the reference of a request; the exchange may know this one of the W3C.
UM_EXCHANGE_TRACEPARENT = env.bool("UM_EXCHANGE_TRACEPARENT", default=False)
UM_ZOEK_TIJDSLIMIET = env.float("UM_ZOEK_TIJDSLIMIET", default=30.0)
# How often the portal itself puts a search that met a passing failure, the first time included.
UM_ZOEK_POGINGEN = env.int("UM_ZOEK_POGINGEN", default=3)
UM_DETAIL_TIJDSLIMIET = env.float("UM_DETAIL_TIJDSLIMIET", default=12.0)

# What takes a thread for long may be done at once in one process so often, and by one person or from one address.
_deel = ONDERDELEN.get(UM_COMPONENT)
_threads = env.int("UM_WEB_THREADS", default=_deel.threads if isinstance(_deel, Web) else 8)
UM_TEGELIJK_DETAILS = env.int("UM_TEGELIJK_DETAILS", default=max(1, _threads // 2))
UM_TEGELIJK_DETAILS_PERSOON = env.int("UM_TEGELIJK_DETAILS_PERSOON", default=2)
UM_TEGELIJK_UPLOADS = env.int("UM_TEGELIJK_UPLOADS", default=max(1, _threads // 4))
UM_TEGELIJK_UPLOADS_PERSOON = env.int("UM_TEGELIJK_UPLOADS_PERSOON", default=1)
# Checking a password takes a processor and 100 MB for a tenth of a second.
UM_TEGELIJK_INLOGGEN = env.int("UM_TEGELIJK_INLOGGEN", default=max(1, _threads // 4))
UM_TEGELIJK_INLOGGEN_ADRES = env.int("UM_TEGELIJK_INLOGGEN_ADRES", default=3)
# A question to the source that is longer than this may cost many times a usual one. One after the other is answered,
# and so many may be there, of which all but one wait.
UM_ZWARE_VRAAG_BYTES = 8_000
UM_TEGELIJK_ZWARE_VRAGEN = env.int("UM_TEGELIJK_ZWARE_VRAGEN", default=max(1, _threads // 2))
# From so many bytes on an upload counts; its place ends after so many seconds, however slowly it comes in.
UM_UPLOAD_GROOT_BYTES = 1_000_000
UM_UPLOAD_SECONDEN = 120
# After so many minutes a page with a detail closes by itself.
UM_DETAIL_MINUTEN = env.int("UM_DETAIL_MINUTEN", default=10)
# The names of sources that are no municipality of this portal: OIN=name, with a comma between two.
UM_PARTIJEN: dict[str, str] = {
    oin.strip(): naam.strip()
    for oin, _, naam in (one.partition("=") for one in env.list("UM_PARTIJEN", default=[]))
}

UM_MAX_RESULTATEN = env.int("UM_MAX_RESULTATEN", default=100)
UM_MAX_DETAILS = env.int("UM_MAX_DETAILS", default=10)
# What may be asked in a day: by one colleague, and by a whole municipality.
UM_DAG_ZOEKVRAGEN = env.int("UM_DAG_ZOEKVRAGEN", default=200)
UM_DAG_DETAILS = env.int("UM_DAG_DETAILS", default=100)
UM_DAG_ZOEKVRAGEN_GEMEENTE = env.int("UM_DAG_ZOEKVRAGEN_GEMEENTE", default=4000)
UM_DAG_DETAILS_GEMEENTE = env.int("UM_DAG_DETAILS_GEMEENTE", default=2000)
# What one asking party may get in a day from the source of one municipality, and what happens past it.
UM_BRON_DAG_RECORDS = env.int("UM_BRON_DAG_RECORDS", default=200_000)
UM_BRON_DAG_DETAILS = env.int("UM_BRON_DAG_DETAILS", default=500)
UM_BRON_DAGLIMIET = env.str("UM_BRON_DAGLIMIET", default="signaal")
if UM_BRON_DAGLIMIET not in {"signaal", "stop"}:
    raise ImproperlyConfigured("UM_BRON_DAGLIMIET is signaal of stop.")
# From this part of a daily limit on, those who can do something about it see so.
UM_DAGLIMIET_SIGNAAL_PERCENTAGE = env.int("UM_DAGLIMIET_SIGNAAL_PERCENTAGE", default=80)
UM_BEWAARDAGEN = env.int("UM_BEWAARDAGEN", default=7)
# A weekly repeat of a search is put this many times; 0: nobody can repeat a search.
UM_HERHAAL_WEKEN = env.int("UM_HERHAAL_WEKEN", default=8)
UM_BRONBESTAND_UREN = env.int("UM_BRONBESTAND_UREN", default=24)
# A published record that no publication held for this many days is answered no longer, and erased.
UM_VERLOOPDAGEN = env.int("UM_VERLOOPDAGEN", default=90)
# A withdrawn record stays away until somebody decides otherwise; its id is forgotten when no publication held it
# for this many days.
UM_INTREKKING_DAGEN = env.int("UM_INTREKKING_DAGEN", default=365)
# A set that was not renewed for this many days: its people are warned, and later it is answered no longer. 0: never.
UM_VERSHEID_DAGEN = env.int("UM_VERSHEID_DAGEN", default=30)
UM_VERSHEID_STOP_DAGEN = env.int("UM_VERSHEID_STOP_DAGEN", default=60)
# The audit log: how long its lines stay, where the heads of its chains are kept outside the database, and how
# often the counts of the source's answers go to the database.
UM_LOGBOEK_BEWAARDAGEN = env.int("UM_LOGBOEK_BEWAARDAGEN", default=1826)
if UM_LOGBOEK_BEWAARDAGEN < 365:
    raise ImproperlyConfigured(
        "UM_LOGBOEK_BEWAARDAGEN is minstens 365: het logboek blijft ten minste een jaar."
    )
UM_LOGBOEK_KOPPEN = Path(env.str("UM_LOGBOEK_KOPPEN", default=str(UM_DATA_DIR / "logboekkoppen")))
# What was erased, outside the database: for after a restore. As long as back-ups are kept.
UM_WISSINGEN = Path(env.str("UM_WISSINGEN", default=str(UM_DATA_DIR / "wissingen")))
UM_WISSINGEN_DAGEN = env.int("UM_WISSINGEN_DAGEN", default=35)
UM_LOGBOEK_TEL_SECONDEN = env.float("UM_LOGBOEK_TEL_SECONDEN", default=10.0)
# A municipality may choose fewer days than the two above, but not fewer than these.
UM_BEWAARDAGEN_MINIMUM = env.int("UM_BEWAARDAGEN_MINIMUM", default=1)
UM_VERLOOPDAGEN_MINIMUM = env.int("UM_VERLOOPDAGEN_MINIMUM", default=14)
# What a publication took away or changed is kept (encrypted) for this many days, to undo it.
UM_TERUGDRAAI_DAGEN = env.int("UM_TERUGDRAAI_DAGEN", default=30)
# From this part of the set that would disappear on, somebody has to say why.
UM_REM_PERCENTAGE = env.int("UM_REM_PERCENTAGE", default=20)
# A condition for taking part: warned of this many days before it ends, and this many days of grace after.
UM_VOORWAARDE_WAARSCHUWDAGEN = env.int("UM_VOORWAARDE_WAARSCHUWDAGEN", default=30)
UM_VOORWAARDE_RESPIJTDAGEN = env.int("UM_VOORWAARDE_RESPIJTDAGEN", default=0)
# VNG support sees deliveries that failed in this many days.
UM_FOUTEN_DAGEN = env.int("UM_FOUTEN_DAGEN", default=7)
UM_MAX_VRAAG_BYTES = env.int("UM_MAX_VRAAG_BYTES", default=64 * 1024)

# Who may call the source API: the OIN in a verified client certificate, as told by the proxy that
# ended the TLS connection. Only a proxy at one of these addresses is believed.
UM_CLIENTCERT_HEADER = env.str("UM_CLIENTCERT_HEADER", default="X-Client-Cert-OIN")
UM_VERTROUWDE_PROXIES: list[str] = env.list("UM_VERTROUWDE_PROXIES", default=[])
UM_BRON_BEVRAGERS: list[str] = env.list("UM_BRON_BEVRAGERS", default=[UM_EXCHANGE_OIN])

# --- Uploads --------------------------------------------------------------------------------------
UM_MAX_BESTAND_MB = env.int("UM_MAX_BESTAND_MB", default=50)
UM_MAX_UITGEPAKT_MB = env.int("UM_MAX_UITGEPAKT_MB", default=1000)
UM_MAX_RIJEN = env.int("UM_MAX_RIJEN", default=250_000)
# The rows of a second sheet that are kept in memory, to be read beside those of the first.
UM_MAX_RIJEN_BIJBLAD = env.int("UM_MAX_RIJEN_BIJBLAD", default=100_000)
UM_MAX_KOLOMMEN = env.int("UM_MAX_KOLOMMEN", default=500)
UM_LEES_SECONDEN = env.int("UM_LEES_SECONDEN", default=60)
UM_LEES_GEHEUGEN_MB = env.int("UM_LEES_GEHEUGEN_MB", default=2048)
UM_LEES_ZANDBAK = env.str("UM_LEES_ZANDBAK", default="indien-mogelijk" if UM_DEMO else "verplicht")
if UM_LEES_ZANDBAK not in {"verplicht", "indien-mogelijk"}:
    raise ImproperlyConfigured("UM_LEES_ZANDBAK is verplicht of indien-mogelijk.")

# Leveringen that come in by themselves: per key, and how long the same file is the same levering.
UM_AANLEVER_AANROEPEN_PER_MINUUT = env.int("UM_AANLEVER_AANROEPEN_PER_MINUUT", default=120)
UM_AANLEVER_PER_UUR = env.int("UM_AANLEVER_PER_UUR", default=30)
UM_AANLEVER_HERHAAL_MINUTEN = env.int("UM_AANLEVER_HERHAAL_MINUTEN", default=60)
UM_AANLEVER_AFGEWEZEN_BEWAREN = env.bool("UM_AANLEVER_AFGEWEZEN_BEWAREN", default=False)
UM_AANLEVER_BERICHT_DAGEN = env.int("UM_AANLEVER_BERICHT_DAGEN", default=30)
UM_CONTACT_URL = env.str("UM_CONTACT_URL", default="")
UM_CONTACT_EMAIL = env.str("UM_CONTACT_EMAIL", default="")

# --- The simulator --------------------------------------------------------------------------------
UM_BRON_URL = env.str("UM_BRON_URL", default=f"http://127.0.0.1:{UM_PORT}{current().bron_adres}").rstrip("/")
UM_SIMULATOR_TIJDSLIMIET = env.float("UM_SIMULATOR_TIJDSLIMIET", default=8.0)
UM_SIMULATOR_HAPERING = env.float("UM_SIMULATOR_HAPERING", default=0.3)
UM_SIMULATOR_BRONNEN: list[str] = [
    naam for naam in env.list("UM_SIMULATOR_BRONNEN", default=["landelijk", "haperend"]) if naam
]
if not set(UM_SIMULATOR_BRONNEN) <= {"landelijk", "haperend"}:
    raise ImproperlyConfigured(
        "UM_SIMULATOR_BRONNEN noemt alleen landelijk en haperend, met een komma ertussen."
    )

# --- Django ---------------------------------------------------------------------------------------
ALLOWED_HOSTS: list[str] = env.list(
    "UM_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if UM_DEMO else []
)
# The demonstration does without second factor, HTTPS and real mail. It must not be reachable under a real name.
_DEZE_MACHINE = {"localhost", "127.0.0.1", "[::1]"}
if UM_DEMO and not set(ALLOWED_HOSTS) <= _DEZE_MACHINE:
    raise ImproperlyConfigured(
        "UM_DEMO staat aan en UM_HOSTS noemt een andere naam dan deze machine. In de demonstratie gelden de "
        "tweede factor, HTTPS en de afscherming van mails niet. Zet UM_DEMO uit, of laat UM_HOSTS weg."
    )
CSRF_TRUSTED_ORIGINS: list[str] = env.list("UM_CSRF_ORIGINS", default=[])

# The portal stands at the root of its address, whatever a header or the environment says.
FORCE_SCRIPT_NAME = ""
ROOT_URLCONF = "um_portal.urls"
WSGI_APPLICATION = "um_portal.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "um_portal.presentation",
    "um_portal.hulp",
    "um_portal.accounts",
    "um_portal.tenants",
    "um_portal.gemeenten",
    "um_portal.herstel",
    "um_portal.collegas",
    "um_portal.gebruikers",
    "um_portal.mededelingen",
    "um_portal.achtergrondwerk",
    "um_portal.inlogdienst",
    "um_portal.audit",
    "exchange.geo",
    "exchange.waardelijsten",
    "exchange.bron",
    "exchange.bemiddelaar",
    "uploads",
    "um_portal.bewaking",
    "um_portal.demo",
]

MIDDLEWARE = [
    "um_portal.verzoek.VerzoekMiddleware",
    "um_portal.health.HealthMiddleware",
    "exchange.bron.middleware.BronMiddleware",
    "uploads.aanleveren.middleware.AanleverMiddleware",
    # After the machine APIs, which have answered by now: only pages are compressed.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "um_portal.accounts.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "um_portal.toegang.access.DoorMiddleware",
    "um_portal.accounts.middleware.NoStoreMiddleware",
    "um_portal.accounts.middleware.SessieduurMiddleware",
    "um_portal.inlogdienst.middleware.InlogdienstMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "um_portal.accounts.middleware.TweedeFactorMiddleware",
]

_FIRST = MIDDLEWARE[:2]
_BRON, _AANLEVEREN = MIDDLEWARE[2:4]
# Nobody logs in at the parts for machines, but the library does not start without.
_LOGIN = MIDDLEWARE[-2]
if has_pages(UM_COMPONENT):
    MIDDLEWARE = [name for name in MIDDLEWARE if name not in {_BRON, _AANLEVEREN}]
elif UM_COMPONENT == "bron":
    ROOT_URLCONF, MIDDLEWARE = "um_portal.machine_urls", [*_FIRST, _BRON, _LOGIN]
elif UM_COMPONENT == "aanleveren":
    ROOT_URLCONF, MIDDLEWARE = "um_portal.machine_urls", [*_FIRST, _AANLEVEREN, _LOGIN]
elif UM_COMPONENT == "simulator":
    ROOT_URLCONF = "exchange.simulator.urls"
    MIDDLEWARE = [*_FIRST, "django.middleware.security.SecurityMiddleware", _LOGIN]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Its csrf_token writes the municipality beside the token, in every form.
            "builtins": ["um_portal.toegang.templatetags.toegang"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "um_portal.presentation.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "um_portal.presentation.forms.NLDesignRenderer"


# --- Database: the application runs as a role that row-level security applies to ------------------
UM_DATABASE_ROL = env.str("UM_DATABASE_ROL", default="um_app")
# The role of VNG support's pages: counts and states, and no municipality's rows.
UM_SUPPORT_ROL = env.str("UM_SUPPORT_ROL", default="um_support")


# How long a connection may keep others waiting, in seconds, by the work of its process: answering people and
# parties, or work in the background. The documentation shows this table.
UM_WERK = env.str("UM_WERK", default="achtergrond")
UM_DATABASE_TIJDEN: dict[str, dict[str, int]] = {
    "antwoorden": {
        "statement_timeout": 20,
        "lock_timeout": 5,
        "idle_in_transaction_session_timeout": 60,
    },
    "achtergrond": {
        "statement_timeout": 30 * 60,
        "lock_timeout": 5 * 60,
        "idle_in_transaction_session_timeout": 30 * 60,
    },
}
if UM_WERK not in UM_DATABASE_TIJDEN:
    raise ImproperlyConfigured("UM_WERK is antwoorden of achtergrond.")
# A server that is gone is noticed within a minute, also halfway a query (libpq; the last one is in milliseconds).
UM_DATABASE_BEREIKBAAR: dict[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def _database(url_name: str, *, fallback: str | None = None, **options: Any) -> dict[str, Any]:
    raw = env.str(url_name, default="") or (env.str(fallback, default="") if fallback else "")
    if not raw:
        if not fallback:
            env.required(
                url_name, "Start het portaal met `make demo`, of geef de URL van een PostgreSQL-database."
            )
        raw = "postgresql://"
    config: dict[str, Any] = dict(environ.Env.db_url_config(raw))
    config["ENGINE"] = "um_portal.database"
    # Every thread keeps its connection for so long, and asks at the beginning of a request or job whether it still
    # works: after a restart of the server nobody gets a dead one.
    config["CONN_MAX_AGE"] = 600
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {**UM_DATABASE_BEREIKBAAR, **config.get("OPTIONS", {}), **options}
    return config


DATABASES: dict[str, dict[str, Any]] = {
    "default": _database("DATABASE_URL"),
    # Migrations only. In production this is another login than the application's.
    "eigenaar": _database("DATABASE_EIGENAAR_URL", fallback="DATABASE_URL"),
}
# A read replica, when there is one: the source API then reads there, everything else on the primary.
UM_LEESDATABASE = "default"
if env.str("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = _database("DATABASE_REPLICA_URL")
    UM_LEESDATABASE = "replica"
# The database that this part reads what all parts need from; the source goes on without the primary.
UM_EIGEN_DATABASE = UM_LEESDATABASE if UM_COMPONENT == "bron" else "default"
for _alias in {"default", UM_LEESDATABASE}:
    _start = [f"-c {name}={seconds}s" for name, seconds in UM_DATABASE_TIJDEN[UM_WERK].items()]
    if DATABASES[_alias].get("USER") != UM_DATABASE_ROL:
        _start.append(f"-c role={UM_DATABASE_ROL}")
    # What the URL itself says goes last, and counts.
    _given = DATABASES[_alias]["OPTIONS"].get("options", "")
    DATABASES[_alias]["OPTIONS"]["options"] = " ".join([*_start, _given]).strip()

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: broker, cache and login throttling, simulator; never data of the exchange -------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379").rstrip("/")
# Whom it trusts to be Redis, and how the portal shows who it is; for an address that asks for TLS.
UM_REDIS_CA = env.str("UM_REDIS_CA", default="")
UM_REDIS_CERTIFICAAT = env.str("UM_REDIS_CERTIFICAAT", default="")
UM_REDIS_SLEUTEL = env.str("UM_REDIS_SLEUTEL", default="")


def _redis(name: str, database: int) -> str:
    """Gives the URL for one use: its own, or one of the three databases counted from the number in REDIS_URL."""
    url = str(env.str(name, default=""))
    if not url:
        address, mark, more = REDIS_URL.partition("?")
        base, _, first = address.rstrip("/").rpartition("/")
        number = (
            f"{base}/{int(first) + database}" if first.isdecimal() else f"{address.rstrip('/')}/{database}"
        )
        url = f"{number}{mark}{more}"
    return sentinel.with_tls(url, UM_REDIS_CA, UM_REDIS_CERTIFICAAT, UM_REDIS_SLEUTEL)


# One Redis, or sentinels who know which it is (um_portal.sentinel).
UM_REDIS_WACHTRIJ_URL = _redis("UM_REDIS_WACHTRIJ_URL", 0)
UM_SIMULATOR_REDIS_URL = _redis("UM_REDIS_SIMULATOR_URL", 2)
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": sentinel.without_commas(_redis("UM_REDIS_CACHE_URL", 1)),
        "KEY_FUNCTION": "um_portal.cache.key",
        "OPTIONS": {
            "serializer": "um_portal.cache.JSONSerializer",
            "pool_class": "um_portal.sentinel.ConnectionPool",
            # A Redis that hangs keeps nobody waiting; one that restarted is asked once more.
            "socket_connect_timeout": 1.0,
            "socket_timeout": 1.0,
            "retry": Retry(NoBackoff(), 1),
        },
    }
}
SESSION_ENGINE = "um_portal.accounts.sessions"
# From logging in, whatever happens in between; and without a page, for VNG support and for others.
SESSION_COOKIE_AGE = 3600 * env.int("UM_SESSIE_UREN", default=12)
UM_SESSIE_STIL_MINUTEN = env.int("UM_SESSIE_STIL_MINUTEN", default=60)
UM_SESSIE_STIL_MINUTEN_SUPPORT = env.int("UM_SESSIE_STIL_MINUTEN_SUPPORT", default=15)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# The demonstration runs on plain HTTP on this machine; everything else needs HTTPS.
UM_HTTPS = env.bool("UM_HTTPS", default=not UM_DEMO)
# A browser takes a cookie with this prefix from this host itself only, over HTTPS: no neighbour can plant one.
_COOKIE = "__Host-um_" if UM_HTTPS else "um_"
SESSION_COOKIE_NAME = f"{_COOKIE}sessie_{UM_PORT}"
UM_TOESTEL_COOKIE = f"{_COOKIE}toestel_{UM_PORT}"
CSRF_COOKIE_NAME = f"{_COOKIE}csrf_{UM_PORT}"
# What the next page has to say travels in a cookie as well, with a name of its own.
UM_MELDING_COOKIE = f"{_COOKIE}melding_{UM_PORT}"
MESSAGE_STORAGE = "um_portal.presentation.meldingen.Meldingen"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True

# --- Celery: ids in, nothing out ------------------------------------------------------------------
# A queue that hangs keeps nobody waiting: whoever hands out work goes on, and the row in the database is found later.
# Longer than the second for which a worker asks for work.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 2,
    "socket_keepalive": True,
    # A connection to a machine that is gone ends by itself within eight seconds. Without this each one costs whoever
    # uses it the timeout above, one after the other.
    "socket_keepalive_options": {
        getattr(socket, name): value
        for name, value in {
            "TCP_KEEPIDLE": 4,
            "TCP_KEEPINTVL": 2,
            "TCP_KEEPCNT": 2,
            "TCP_USER_TIMEOUT": 8000,
        }.items()
        if hasattr(socket, name)
    },
    # A worker that only listens finds out within twice this, and a second, that a server hangs.
    "health_check_interval": 5,
}
CELERY_BROKER_URL = UM_REDIS_WACHTRIJ_URL
if sentinel.is_sentinel(UM_REDIS_WACHTRIJ_URL):
    # An address that cannot be read is told by um_portal.configuration, with every other that cannot.
    with suppress(ValueError):
        CELERY_BROKER_URL, _finds_master = sentinel.broker(UM_REDIS_WACHTRIJ_URL)
        CELERY_BROKER_TRANSPORT_OPTIONS |= _finds_master
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 30 * 60
# Seconds in which a worker that is told to stop finishes what it had begun; what takes longer it hands back. The units,
# compose and the chart give a worker longer than this.
UM_AFMAKEN_SECONDEN = env.float("UM_AFMAKEN_SECONDEN", default=20.0)
# What is not named here is upkeep. A large file is passed on to a queue of its own by `uploads.tasks`.
CELERY_TASK_DEFAULT_QUEUE = Wachtrij.ONDERHOUD.value
CELERY_TASK_ROUTES = {
    "exchange.bemiddelaar.tasks.*": {"queue": Wachtrij.ZOEKEN.value},
    "uploads.tasks.*": {"queue": Wachtrij.BESTANDEN.value},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Whoever can write in the queue could otherwise stop workers, or let them run something else.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_BEAT_SCHEDULE = {
    # With the leases of um_portal.jobs: a dead search goes on within 20 s, a dead conversion within 30.
    "hervat-taken": {"task": "um_portal.tasks.resume_jobs", "schedule": 10.0},
    "herstel": {"task": "um_portal.tasks.send_recovery_links", "schedule": 60.0},
    # More often than the hour that a weekly repeat is early (exchange.bemiddelaar.herhalen).
    "herhaal-zoekvragen": {"task": "um_portal.tasks.repeat_searches", "schedule": 300.0},
    "ruim-op": {"task": "um_portal.tasks.erase_expired", "schedule": 600.0},
    "schrijf-logboekkoppen": {"task": "um_portal.tasks.write_heads", "schedule": 300.0},
    "schrijf-brontellingen": {"task": "um_portal.tasks.write_source_counts", "schedule": crontab(minute=5)},
    "ruim-logboek-op": {
        "task": "um_portal.tasks.erase_expired_lines",
        "schedule": crontab(hour=3, minute=45),
    },
    # At night: it locks every set for a moment, and nobody publishes then.
    "ruim-verlopen-records-op": {
        "task": "um_portal.tasks.erase_expired_records",
        "schedule": crontab(hour=3, minute=15),
    },
    # Before people come to work, so that the mail is there when they do.
    "controleer-voorwaarden": {
        "task": "um_portal.tasks.check_conditions",
        "schedule": crontab(hour=6, minute=0),
    },
}

# A job says which turn it is: of two clocks one counts (um_portal.achtergrondwerk.planning).
for _naam, _beurt in CELERY_BEAT_SCHEDULE.items():
    _beurt["options"] = {"headers": {"um_planning": _naam}}

# --- Who may log in, and how ----------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Gebruiker"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "um_portal.accounts.hashing.PatientArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name", "last_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "um_portal.accounts.passwords.BreachedPasswordValidator"},
    {"NAME": "um_portal.accounts.passwords.OwnWordsValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "accounts:login"
# A link from a mail to set a new password.
PASSWORD_RESET_TIMEOUT = 3600
UM_UITNODIGING_DAGEN = env.int("UM_UITNODIGING_DAGEN", default=7)
# Another functioneel beheerder, or somebody who decides for VNG support, takes two people.
UM_VIER_OGEN = env.bool("UM_VIER_OGEN", default=True)
# A functioneel beheerder goes through everybody who has access; who did not log in for so long is pointed out.
UM_TOEGANG_TOETSEN_DAGEN = env.int("UM_TOEGANG_TOETSEN_DAGEN", default=365)
UM_TOEGANG_STIL_DAGEN = env.int("UM_TOEGANG_STIL_DAGEN", default=90)
# The recovery of a second factor: first this many hours to object, then so many days to use it.
UM_HERSTEL_WACHT_UREN = env.int("UM_HERSTEL_WACHT_UREN", default=24)
UM_HERSTEL_GELDIG_DAGEN = env.int("UM_HERSTEL_GELDIG_DAGEN", default=7)

# Attempts that failed: per name at one address, per address, and per name over all addresses.
UM_INLOGPOGINGEN = env.int("UM_INLOGPOGINGEN", default=8)
UM_INLOGPOGINGEN_ADRES = env.int("UM_INLOGPOGINGEN_ADRES", default=200)
UM_INLOGPOGINGEN_NAAM = env.int("UM_INLOGPOGINGEN_NAAM", default=100)

# The servers (name, or name:port) of login services of municipalities that the portal speaks with; none: nobody
# logs in that way. 127.0.0.1 and plain HTTP are for the demonstration.
UM_SSO_UITGEVERS: list[str] = env.list("UM_SSO_UITGEVERS", default=[])
UM_SSO_LOOPBACK = UM_DEMO and env.bool("UM_SSO_LOOPBACK", default=False)
# After so many minutes the login service has to confirm a session; unconfirmed it ends after so many.
UM_SSO_HERCONTROLE_MINUTEN = env.int("UM_SSO_HERCONTROLE_MINUTEN", default=5)
UM_SSO_EINDE_MINUTEN = env.int("UM_SSO_EINDE_MINUTEN", default=15)
UM_SSO_BEVESTIG_SECONDEN = 300

ACCOUNT_ADAPTER = "um_portal.inlogdienst.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# The user name is the e-mail address: one place for it.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "none"
# The library's own keeps the address once more for whoever is asked about, as one that was not verified. Whoever has
# such an address may set up no second factor, so a stranger could keep everybody out by asking for a link.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGOUT_REDIRECT_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_RATE_LIMITS = {
    # Passwords and codes are counted by um_portal/accounts/throttling.py.
    "login": None,
    "login_failed": None,
    "reset_password": "60/15m/ip,3/15m/key",
    "reset_password_from_key": "60/15m/ip",
    "change_password": "10/15m/user",
    "reauthenticate": "20/15m/user",
}
ACCOUNT_FORMS = {
    "login": "um_portal.accounts.forms.LoginForm",
    "reset_password": "um_portal.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "um_portal.accounts.forms.ResetPasswordKeyForm",
    "change_password": "um_portal.accounts.forms.ChangePasswordForm",
    "reauthenticate": "um_portal.accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "um_portal.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "UM-portaal"
# The clock of a telephone may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = False
# Nobody signs up: an address is verified by the invitation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_FORMS = {
    "authenticate": "um_portal.accounts.forms.AuthenticateForm",
    "reauthenticate": "um_portal.accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "um_portal.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "um_portal.accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "um_portal.accounts.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "um_portal.accounts.forms.ReauthenticatePasskeyForm",
    "edit_webauthn": "um_portal.accounts.forms.RenamePasskeyForm",
}

# --- Mail -----------------------------------------------------------------------------------------
# The address in mails: never that of a request, which whoever asks makes up.
UM_ADRES = env.str(
    "UM_ADRES",
    default=f"http://localhost:{UM_PORT}" if UM_DEMO else f"https://{[*ALLOWED_HOSTS, 'localhost'][0]}",
).rstrip("/")
# The demonstration sends nothing: its mails are at /postvak.
EMAIL_BACKEND = (
    "um_portal.demo.postvak.PostvakBackend" if UM_DEMO else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env.str("UM_MAIL_SERVER", default="localhost")
EMAIL_PORT = env.int("UM_MAIL_POORT", default=587)
EMAIL_HOST_USER = env.str("UM_MAIL_GEBRUIKER", default="")
EMAIL_HOST_PASSWORD = env.str("UM_MAIL_WACHTWOORD", default="")
UM_MAIL_TLS = env.str("UM_MAIL_TLS", default="starttls")
if UM_MAIL_TLS not in ("starttls", "tls", "geen"):
    raise ImproperlyConfigured("UM_MAIL_TLS moet starttls, tls of geen zijn.")
EMAIL_USE_TLS = UM_MAIL_TLS == "starttls"
EMAIL_USE_SSL = UM_MAIL_TLS == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "UM_MAIL_AFZENDER", default=f"UM-portaal <niet-beantwoorden@{urlsplit(UM_ADRES).hostname}>"
)

# --- Security headers -----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = UM_HTTPS
SECURE_SSL_REDIRECT = UM_HTTPS and env.bool("UM_HTTPS_OMLEIDEN", default=True)
SECURE_REDIRECT_EXEMPT = [r"^vum/", r"^bronnen/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if UM_HTTPS else 0
# The portal has one name. Which others there are below it, and whether they have HTTPS, is not for it to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if env.bool("UM_ACHTER_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The page on which columns are chosen has at most this many for every column.
DATA_UPLOAD_MAX_NUMBER_FIELDS = max(1000, 10 * UM_MAX_KOLOMMEN)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["uploads.leveringen.upload_handler.MemoryOnlyUploadHandler"]

# --- Language, static files, logging --------------------------------------------------------------
LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
# The pictures of the documents are shown in the help as well (um_portal/hulp).
STATICFILES_DIRS = [BASE_DIR / "static", ("beelden", BASE_DIR / "docs" / "beelden")]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "um_portal.presentation.static_files.JoinedStyles",
]
# With UM_STATIC_MANIFEST the files come from `collectstatic`, hashed and compressed; else from the source tree.
UM_STATIC_MANIFEST = env.bool("UM_STATIC_MANIFEST", default=False)
STATIC_ROOT = env.str("UM_STATIC_ROOT", default=str(UM_DATA_DIR / "static")) if UM_STATIC_MANIFEST else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "um_portal.presentation.static_files.ModuleStorage"
        if UM_STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not UM_STATIC_MANIFEST

# Nothing that a user or a party sent is logged: no request bodies, no parameters, no exception values.
UM_LOG_VORM = env.str("UM_LOG_VORM", default="regel" if UM_DEMO else "json")
# A Sentry of the host; none when empty.
UM_SENTRY_DSN = env.str("UM_SENTRY_DSN", default="")
LOGGING = logs.configuration(
    env.str("UM_LOG_NIVEAU", default="INFO"),
    UM_LOG_VORM,
    {"dsn": UM_SENTRY_DSN, "versie": UM_VERSIE} if UM_SENTRY_DSN else None,
)

# Where Prometheus asks each part for its figures (host, or host:port); nowhere when empty.
UM_METINGEN_ADRES = env.str("UM_METINGEN_ADRES", default="")

configuration.refuse([*env.problems, *configuration.combinations(globals())])
