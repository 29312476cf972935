"""With a read replica the source API reads there, and nowhere else."""

import json
import os
import subprocess
import sys

import pytest

from tests.places import ROOT

# A process of its own, because Django knows its databases from the start. The replica is the same database,
# through sessions that may not write: as strict as a real one.
PROGRAM = """
import json
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from exchange.geo import distances
from exchange.standard import Soort
from tests.factories import publish_set, een_gemeente, een_vraag, een_werkzoekende, vum_headers
from um_portal.tenants import keys

gemeente = een_gemeente("Replicadorp")
publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
path = "/vum/bron/v3/werkzoekendeProfielen/"
found = []
for _ in range(2):
    distances.forget()  # the table of postcodes is looked at every few seconds
    default, replica = connections["default"], connections["replica"]
    with CaptureQueriesContext(default) as primary, CaptureQueriesContext(replica) as replicas:
        body, headers = json.dumps({"vraagObject": een_vraag()}), vum_headers(gemeente)
        answer = Client(HTTP_HOST="localhost").post(path + "matches", body, "application/json", headers=headers)
        detail = Client(HTTP_HOST="localhost").get(path + "W1", headers=headers)
    found = [
        answer.json()["matches"][0]["idWerkzoekende"], detail.json()["idWerkzoekende"], len(primary), len(replicas)]
with connections["replica"].cursor() as cursor:
    cursor.execute("SHOW transaction_read_only")
    found.append(cursor.fetchone()[0])
    cursor.execute("SELECT count(*) FROM bron_werkzoekende")
    found.append(cursor.fetchone()[0])
print(json.dumps(found))
"""


@pytest.mark.django_db(transaction=True)
def test_the_source_reads_from_the_replica_only_and_row_level_security_applies_there() -> None:
    url = os.environ["DATABASE_URL"]
    read_only = f"{url}{'&' if '?' in url else '?'}options=-c%20default_transaction_read_only%3Don"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "DATABASE_REPLICA_URL": read_only, "UM_DEMO": "1", "UM_COMPONENT": "bron"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    match, detail, primary, replica, only_reads, visible = json.loads(done.stdout.splitlines()[-1])
    assert (match, detail) == ("W1", "W1")
    assert primary == 0
    assert replica >= 6
    assert only_reads == "on"
    assert visible == 0  # outside a municipality's scope there is nothing
