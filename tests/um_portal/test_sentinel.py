"""Redis through Sentinel: the address says where to ask, and whoever asks finds the master of that moment."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.conf import settings as django_settings
from django.core.cache import caches
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

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


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a sentinel, and the servers: the first two of Redis, the last the sentinel."""
    ports = [free_port() for _ in range(3)]
    common = f"bind 127.0.0.1\ndir {tmp_path}\nrequirepass geheim\n"
    server = common + 'masterauth geheim\nsave ""\n'
    texts = [
        f"{server}port {ports[0]}\n",
        f"{server}port {ports[1]}\nreplicaof 127.0.0.1 {ports[0]}\n",
        f"{common}port {ports[2]}\nsentinel monitor um 127.0.0.1 {ports[0]} 1\nsentinel auth-pass um geheim\n"
        "sentinel down-after-milliseconds um 500\nsentinel failover-timeout um 2000\n",
    ]
    processes = []
    for number, text in enumerate(texts):
        file = tmp_path / f"{number}.conf"
        file.write_text(text)
        argv = [str(_program()), str(file), *(["--sentinel"] if number == 2 else [])]
        processes.append(subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    # Named twice, as there are always more.
    yield (
        f"sentinel://:geheim@127.0.0.1:{ports[2]},127.0.0.1:{ports[2]}/1?master=um&sentinel_password=geheim",
        processes,
    )
    for process in processes:
        process.kill()
        process.wait()


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
