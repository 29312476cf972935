"""Tells whether this process lives, and whether it is ready for work, at `/health/live` and `/health/ready`.

Whoever spreads the work asks this: a container platform, a load balancer, the demonstration. It is answered
before everything else, so by any name and without a login, and tells nothing but yes and no. Readiness is of
this part alone: the source answers without Redis, so Redis does not take it out of rotation.
"""

import json
import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from um_portal import sentinel, uitloop
from um_portal.machines import ShortWay, respond
from um_portal.onderdelen import needs_redis

logger = logging.getLogger(__name__)

LIVE, READY = "/health/live", "/health/ready"
_REDIS_SECONDS = 2.0


class HealthMiddleware(ShortWay):
    """Answers the two questions about health."""

    naam = "gezondheid"
    prefix = "/health/"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answers 200 for yes and 503 for no; never raises."""
        if request.method not in {"GET", "HEAD"}:
            return respond(b"", 405, None, {"Allow": "GET, HEAD"})
        if request.path_info == LIVE:
            found = {"live": True}
        elif request.path_info == READY:
            found = {name: _holds(name, check) for name, check in checks().items()}
            if uitloop.is_leaving():
                found["blijft"] = False
        else:
            return respond(b"", 404, None)
        return respond(json.dumps(found).encode(), 200 if all(found.values()) else 503, "application/json")


def checks() -> dict[str, Callable[[], object]]:
    """Gives what this part needs before it can work, with a check of each that raises when it is not there."""
    needed: dict[str, Callable[[], object]] = {"database": _ask_database, "migrations": _check_migrations}
    if needs_redis(settings.UM_COMPONENT):
        needed["redis"] = ask_redis
    return needed


def _holds(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception as error:  # whatever the cause, this process cannot serve
        logger.warning("gezondheid: %s ontbreekt (%s)", name, type(error).__name__)
        return False
    return True


def _ask_database() -> None:
    with connections[settings.UM_EIGEN_DATABASE].cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_redis() -> None:
    """Asks Redis whether it is there. Raises RedisError when it is not within two seconds."""
    with sentinel.client(
        settings.CACHES["default"]["LOCATION"],
        socket_timeout=_REDIS_SECONDS,
        socket_connect_timeout=_REDIS_SECONDS,
    ) as client:
        client.ping()


class Achter(Exception):
    """The database lacks migrations of this version."""


def _check_migrations() -> None:
    _applied()


@cache
def _applied() -> bool:
    # What is raised is not remembered; what was applied stays so.
    if pending_migrations():
        raise Achter
    return True


def pending_migrations() -> list[str]:
    """Lists the migrations of this version that the database does not have, oldest first."""
    executor = MigrationExecutor(connections[settings.UM_EIGEN_DATABASE])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
