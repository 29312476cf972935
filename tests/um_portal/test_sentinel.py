"""Redis through Sentinel: the address says where to ask, and whoever asks finds the master of that moment."""

import contextlib
import ssl
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.conf import settings as django_settings
from django.core.cache import caches
from kombu import pools
from kombu.exceptions import OperationalError
from kombu.utils.url import parse_url
from pytest_django.fixtures import Settings

from tests.cluster import programmas
from tests.deploy.authority import CLIENT, SERVER, Issuer
from tests.processes import wait_until
from um_portal import configuration, sentinel
from um_portal.embedded.redis_server import _program, free_port
from um_portal.gemeenten.management.commands.check_config import check_config

URL = "sentinel://um_cache:p%40ss@een:26379,twee,[::1]:7/1?master=um&sentinel_password=s"


def test_an_address_names_the_sentinels_and_what_is_needed_at_both() -> None:
    found = sentinel.read(URL)
    assert found.plaatsen == (("een", 26379), ("twee", 26379), ("::1", 7))
    assert (found.master, found.database) == ("um", 1)
    assert found.login == {"username": "um_cache", "password": "p@ss"}
    assert found.login_sentinel == {"password": "s"}
    assert "p@ss" not in repr(found)
    assert sentinel.read(sentinel.without_commas(URL)) == found


def test_celery_gets_the_same_in_its_own_form() -> None:
    url, options = sentinel.broker(URL)
    assert url.split(";")[::2] == [
        "sentinel://um_cache:p%40ss@een:26379/1",
        "sentinel://um_cache:p%40ss@[::1]:7/1",
    ]
    assert options["master_name"] == "um"
    assert options["sentinel_kwargs"]["password"] == "s"
    assert options["sentinel_kwargs"]["socket_connect_timeout"] == 1, "a sentinel that is gone keeps nobody"
    assert sentinel.broker("redis://een:6379/0") == ("redis://een:6379/0", {})


@pytest.mark.parametrize(
    "url",
    ["sentinel://een:26379/0", "sentinel://een/0?master=", "sentinel:///0?master=um", "sentinel://een/x?master=um",
     "sentinel://een/0?master=um&anders=1"],
)  # fmt: skip
def test_an_address_that_is_no_address_is_told_at_the_start(url: str, settings: Settings) -> None:
    settings.UM_REDIS_WACHTRIJ_URL = url
    values = {name: getattr(django_settings, name) for name in dir(django_settings) if name.isupper()}
    [said] = [line for line in configuration.combinations(values) if "Sentinel" in line]
    assert said.startswith("UM_REDIS_WACHTRIJ_URL")


def test_files_for_tls_stand_in_every_address_that_asks_for_it_and_in_no_other() -> None:
    files = "/etc/um/ca, 1.pem", "/etc/um/c.pem", "/etc/um/c.key"
    url = sentinel.with_tls(URL.replace("sentinel://", "sentinels://"), *files)
    found = sentinel.read(sentinel.without_commas(url))
    assert found.tls == {"ssl": True, "ssl_cert_reqs": "required", "ssl_ca_certs": files[0],
                         "ssl_certfile": files[1], "ssl_keyfile": files[2]}  # fmt: skip
    assert found.asking().items() >= found.tls.items()
    for place in sentinel.broker(url)[0].split(";"):
        assert parse_url(place)["ssl"]["ssl_ca_certs"] == files[0]
    # Celery would otherwise take any certificate for that of Redis.
    alone = sentinel.with_tls("rediss://een/0", "", "", "")
    assert parse_url(alone)["ssl"] == {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    for plain in (URL, "redis://een:6379/0"):
        assert sentinel.with_tls(plain, *files) == plain


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"UM_REDIS_CA": __file__}, "UM_REDIS_CA is gegeven, maar UM_REDIS_WACHTRIJ_URL"),
        ({"UM_REDIS_CA": "/geen"}, "UM_REDIS_CA wijst naar een bestand dat er niet is"),
        ({"UM_REDIS_SLEUTEL": __file__}, "UM_REDIS_SLEUTEL is gegeven en UM_REDIS_CERTIFICAAT niet"),
        ({"UM_REDIS_WACHTRIJ_URL": "rediss://een/0?ssl_cert_reqs=none"}, "gelooft elk certificaat"),
        ({"UM_REDIS_WACHTRIJ_URL": "rediss://een/0?ssl_check_hostname=False"}, "gelooft elk certificaat"),
    ],
)
def test_tls_that_would_protect_nothing_is_told_at_the_start(changed: dict[str, str], said: str) -> None:
    values = {name: getattr(django_settings, name) for name in dir(django_settings) if name.isupper()}
    assert any(said in line for line in configuration.combinations(values | changed))


@contextlib.contextmanager
def running(
    place: Path, program: str, more: str = "", port: str = "port", env: dict[str, str] | None = None
) -> Iterator[tuple[list[int], list[subprocess.Popen[bytes]]]]:
    """Gives the ports and the servers: the first two of Redis, the last the sentinel."""
    ports = [free_port() for _ in range(3)]
    common = f"bind 127.0.0.1\ndir {place}\nrequirepass geheim\n{more}"
    server = common + 'masterauth geheim\nsave ""\n'
    texts = [
        f"{server}{port} {ports[0]}\n",
        f"{server}{port} {ports[1]}\nreplicaof 127.0.0.1 {ports[0]}\n",
        f"{common}{port} {ports[2]}\nsentinel monitor um 127.0.0.1 {ports[0]} 1\nsentinel auth-pass um geheim\n"
        "sentinel down-after-milliseconds um 500\nsentinel failover-timeout um 2000\n",
    ]
    processes = []
    for number, text in enumerate(texts):
        file = place / f"{number}.conf"
        file.write_text(text)
        argv = [program, str(file), *(["--sentinel"] if number == 2 else [])]
        processes.append(
            subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        )
    try:
        yield ports, processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a sentinel, and the servers."""
    with running(tmp_path, str(_program())) as (ports, processes):
        # Named twice, as there are always more.
        yield (
            f"sentinel://:geheim@127.0.0.1:{ports[2]},127.0.0.1:{ports[2]}/1?master=um&sentinel_password=geheim",
            processes,
        )


@pytest.mark.slow
def test_over_tls_each_side_shows_who_it_is(tmp_path: Path, settings: Settings) -> None:
    try:
        program, env = programmas.redis()
    except programmas.NietTeKrijgen as problem:
        pytest.skip(str(problem))
    own, strange = Issuer("Cluster"), Issuer("Een vreemde")
    own.issue(tmp_path / "redis", SERVER, also=(CLIENT,), addresses=("127.0.0.1",))
    own.issue(tmp_path / "portaal", CLIENT)
    strange.issue(tmp_path / "vreemd", CLIENT)
    for name, issuer in (("ca", own), ("andere-ca", strange)):
        (tmp_path / f"{name}.pem").write_bytes(issuer.pem())
    more = (
        f"port 0\ntls-ca-cert-file {tmp_path}/ca.pem\ntls-cert-file {tmp_path}/redis.pem\n"
        f"tls-key-file {tmp_path}/redis.key\ntls-auth-clients yes\ntls-replication yes\n"
    )

    def with_files(url: str, ca: str = "ca", own: str = "portaal") -> str:
        files = [str(tmp_path / f"{own}.{kind}") if own else "" for kind in ("pem", "key")]
        return sentinel.with_tls(url, str(tmp_path / f"{ca}.pem"), *files)

    def answers(url: str) -> bool:
        with contextlib.suppress(redis.RedisError), sentinel.client(url, socket_timeout=2) as one:
            return bool(one.ping())
        return False

    with running(tmp_path, program, more, "tls-port", env) as (ports, _):
        behind = f"sentinels://:geheim@127.0.0.1:{ports[2]}/1?master=um&sentinel_password=geheim"
        for bare in (behind, f"rediss://:geheim@127.0.0.1:{ports[0]}/1"):
            url = with_files(bare)
            wait_until(partial(answers, url), "Redis answers")
            assert not answers(with_files(bare, ca="andere-ca")), "nobody else is Redis"
            assert not answers(with_files(bare, own="vreemd")), "nobody else is the portal"
            assert not answers(with_files(bare, own=""))
            assert not answers(bare.replace("rediss://", "redis://").replace("sentinels://", "sentinel://"))
            settings.CACHES = {
                "default": {**settings.CACHES["default"], "LOCATION": sentinel.without_commas(url)}
            }
            caches["default"].set("over", "tls", 60)
            assert caches["default"].get("over") == "tls"
            for wrong, expected in ((url, True), (with_files(bare, ca="andere-ca"), False)):
                # A connection of another Celery to the same place would be taken, whatever it trusts.
                pools.reset()
                broker, options = sentinel.broker(wrong)
                app = Celery(broker=broker, set_as_current=False)
                app.conf.broker_transport_options = {**options, "socket_timeout": 2}
                app.conf.broker_connection_timeout = 2
                sent = False
                with contextlib.suppress(OSError, redis.RedisError, OperationalError):
                    app.send_task("iets", queue="celery-proef", retry=False)
                    sent = True
                assert sent is expected
        with sentinel.client(with_files(behind)) as one:
            assert one.llen("celery-proef") == 2


@pytest.mark.slow
@pytest.mark.django_db
def test_when_the_master_is_gone_cache_and_queue_find_the_next_one(
    three: tuple[str, list[subprocess.Popen[bytes]]], settings: Settings
) -> None:
    url, servers = three

    def has_replica() -> bool:
        try:
            with sentinel.client(url, socket_timeout=1) as one:
                state = one.info("replication")
                manager = sentinel.read(url).pool().sentinel_manager
                assert isinstance(state, dict)
                return state["connected_slaves"] == 1 and len(manager.discover_slaves("um")) == 1
        except redis.RedisError:
            return False

    wait_until(has_replica, "the replica follows, and the sentinel knows")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": sentinel.without_commas(url)}}
    settings.UM_REDIS_WACHTRIJ_URL = url
    cache = caches["default"]
    cache.set("wie", "eerste", 60)
    broker, options = sentinel.broker(url)
    app = Celery(broker=broker, set_as_current=False)
    app.conf.broker_transport_options = {**options, "socket_timeout": 1, "socket_connect_timeout": 1}

    def send() -> bool:
        try:
            app.send_task("iets", queue="celery-proef", retry=False)
            cache.set("wie", "tweede", 60)
        except (OSError, redis.RedisError, OperationalError):
            return False
        return True

    assert send()
    assert any("Minder dan 3 sentinels" in zin for _, zin in check_config())
    servers[0].kill()
    wait_until(send, "another is the master")
    assert cache.get("wie") == "tweede"
    with sentinel.client(url) as one:
        assert one.llen("celery-proef") >= 1
    servers[2].kill()
    servers[2].wait()
    assert ("let op", "Van de 2 sentinels van Redis antwoorden er 0.") in check_config()
