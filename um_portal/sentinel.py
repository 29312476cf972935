"""Finds Redis through Sentinel, where the address of Redis says so; with TLS, where it says that.

`sentinel://user:password@one:26379,two:26379,three:26379/1?master=um&sentinel_password=...` names the sentinels, which
know at any moment which Redis is the master. The user, the password and the number of the database are those of Redis
itself. Every other address is that of one Redis, as redis-py reads it. `sentinels://` and `rediss://` are the same with
TLS, which then is asked of the sentinels too; whom it trusts and how it shows who it is, is in the address (`ssl_...`).
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

SCHEME: Final = "sentinel"
_ENCRYPTED: Final = (f"{SCHEME}s://", "rediss://")
_PORT: Final = 26379
_FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_KNOWN: Final = {"master", "sentinel_username", "sentinel_password", "ssl_cert_reqs", *_FILES}
# Several hosts are no host to urllib.parse, which refuses a [ that is not at the beginning of one.
_ADDRESS: Final = re.compile(rf"{SCHEME}s?://(?:([^/?#]*)@)?([^/?#@]*)(?:/([0-9]{{1,3}}))?/?\?([^#]*)")
_HOST: Final = re.compile(r"([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(?::([0-9]{1,5}))?")
# Seconds for one sentinel: when it is gone the next one is asked, and not the same once more.
_WITHIN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Sentinels:
    """The sentinels, the name by which they know the master, and how to log in at Redis and at them."""

    plaatsen: tuple[tuple[str, int], ...]
    master: str
    database: int
    login: dict[str, str] = field(repr=False)
    login_sentinel: dict[str, str] = field(repr=False)
    # Empty without TLS, which is asked of Redis and of the sentinels alike.
    tls: dict[str, Any]

    def pool(self, **options: Any) -> SentinelConnectionPool:
        """Gives a pool that asks the sentinels for every new connection; `options` are those of a connection."""
        manager = Sentinel(list(self.plaatsen), sentinel_kwargs=self.asking())
        return SentinelConnectionPool(
            self.master, manager, db=self.database, **self.login, **self.tls, **options
        )

    def asking(self) -> dict[str, Any]:
        """Gives the options of a connection to one sentinel."""
        once = Retry(NoBackoff(), 0)
        return {
            **self.login_sentinel,
            **self.tls,
            "socket_timeout": _WITHIN,
            "socket_connect_timeout": _WITHIN,
            "retry": once,
        }

    def count(self) -> int:
        """Counts the sentinels that know the master now."""
        answering = 0
        for host, port in self.plaatsen:
            with suppress(redis.RedisError), redis.Redis(host, port, **self.asking()) as one:
                answering += bool(one.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", self.master))
        return answering


def is_sentinel(url: str) -> bool:
    """Tells whether this address names sentinels."""
    return url.startswith((f"{SCHEME}://", f"{SCHEME}s://"))


def is_encrypted(url: str) -> bool:
    """Tells whether this address asks for TLS."""
    return url.startswith(_ENCRYPTED)


def trusts_anybody(url: str) -> bool:
    """Tells whether this address takes any certificate for that of Redis."""
    given = dict(parse_qsl(url.partition("?")[2]))
    checks = given.get("ssl_cert_reqs", "required"), given.get("ssl_check_hostname", "true").lower()
    return is_encrypted(url) and checks != ("required", "true")


def with_tls(url: str, ca: str, certificate: str, key: str) -> str:
    """Gives an address that asks for TLS with these files in it, as far as they are named; any other as it is.

    What the address itself says counts. The other side always has to show who it is.
    """
    if not is_encrypted(url):
        return url
    address, _, query = url.partition("?")
    files = zip(_FILES, (ca, certificate, key), strict=True)
    given = {"ssl_cert_reqs": "required", **{name: path for name, path in files if path}}
    return f"{address}?{urlencode(given | dict(parse_qsl(query, keep_blank_values=True)))}"


def read(url: str) -> Sentinels:
    """Reads an address that names sentinels. Raises ValueError, with no part of the address in it."""
    parts = _ADDRESS.fullmatch(url)
    login, hosts, database, query = parts.groups(default="") if parts else ("",) * 4
    found = [_HOST.fullmatch(host) for host in unquote(hosts).split(",")]
    more = dict(parse_qsl(query, keep_blank_values=True))
    if not all(found) or not more.get("master") or not set(more) <= _KNOWN:
        raise ValueError("sentinel")
    user, _, password = login.partition(":")
    return Sentinels(
        tuple((one[1].strip("[]"), int(one[2] or _PORT)) for one in found if one),
        more["master"],
        int(database or 0),
        _given(username=unquote(user), password=unquote(password)),
        _given(username=more.get("sentinel_username", ""), password=more.get("sentinel_password", "")),
        {"ssl": True, **_tls(more)} if is_encrypted(url) else {},
    )


def _tls(query: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name.startswith("ssl_")}


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


class ConnectionPool(redis.ConnectionPool):
    """A pool for either kind of address, for Django's cache."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> Self:
        """Gives the pool for this address."""
        if is_sentinel(url):
            return read(url).pool(**options)  # type: ignore[return-value]
        return redis.ConnectionPool.from_url(url, **options)  # type: ignore[return-value]


def client(url: str, **options: Any) -> redis.Redis:
    """Gives a client for either kind of address, which closes its connections when it is closed."""
    return redis.Redis.from_pool(ConnectionPool.from_url(url, **options))


def without_commas(url: str) -> str:
    """Gives an address of sentinels as Django's cache takes it for one: a comma has a meaning there."""
    return url.replace(",", "%2C") if is_sentinel(url) else url


def broker(url: str) -> tuple[str, dict[str, Any]]:
    """Gives the address and the options by which Celery finds its queues."""
    if not is_sentinel(url):
        return url, {}
    found = read(url)
    user, password = (quote(found.login.get(name, ""), safe="") for name in ("username", "password"))
    login = f"{user}:{password}@" if found.login else ""
    hosts = [(f"[{host}]" if ":" in host else host, port) for host, port in found.plaatsen]
    # Celery reads TLS from what stands behind the address, as it does for one Redis.
    more = f"?{urlencode(_tls(found.tls))}" if found.tls else ""
    places = [f"{SCHEME}://{login}{host}:{port}/{found.database}{more}" for host, port in hosts]
    return ";".join(places), {"master_name": found.master, "sentinel_kwargs": found.asking()}
