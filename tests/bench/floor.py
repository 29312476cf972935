"""The floor to measure the source API against: a bare WSGI function on the same server.

It runs the same SQL over such a connection and returns the same bytes, and does nothing else: no checks of
who asks, no reading of the question, no errors.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from exchange.bron.answer import matches_statement  # noqa: E402
from exchange.standard import Soort  # noqa: E402
from exchange.vum3.interface import VUM3  # noqa: E402
from tests.bench.questions import QUESTIONS  # noqa: E402
from um_portal.tenants.models import Gemeente  # noqa: E402

_statements: dict[tuple[str, str], tuple[int, str, Any]] = {}


def _statement(oin: str, name: str) -> tuple[int, str, Any]:
    found = _statements.get((oin, name))
    if found is None:
        gemeente = Gemeente.objects.get(oin=oin)
        connection.close()
        vraag = VUM3.parse(Soort.WERKZOEKENDEN, QUESTIONS[name](oin))
        statement = matches_statement(gemeente, vraag)
        assert statement is not None
        found = _statements[oin, name] = (gemeente.pk, *statement)
    return found


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer the question that the header names."""
    environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    pk, sql, parameters = _statement(environ["HTTP_X_VUM_TOPARTY"], environ["HTTP_X_BENCH"])
    connection.ensure_connection()
    raw = connection.connection
    with raw.transaction():
        raw.execute("SELECT set_config('um.gemeente', %s, true)", [str(pk)])
        rows = [row[0] for row in raw.execute(sql, parameters).fetchall()]
    reached = "true" if len(rows) > settings.UM_MAX_RESULTATEN else "false"
    matches = ",".join(rows[: settings.UM_MAX_RESULTATEN])
    body = f'{{"maximumAantalResultatenBereikt":{reached},"matches":[{matches}]}}'.encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
