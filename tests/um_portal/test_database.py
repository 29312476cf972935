"""The connection to the database, behind a pooler that gives each transaction another one."""

import pytest
from django.db import connection, transaction

from um_portal.accounts.models import Gebruiker


@pytest.mark.django_db(transaction=True)
def test_a_cursor_at_the_server_lives_in_a_transaction_only() -> None:
    Gebruiker.objects.create(username="iemand@test.example")
    with connection.chunked_cursor() as cursor:
        assert not getattr(cursor.cursor, "name", None)
    assert [one.username for one in Gebruiker.objects.iterator(1)] == ["iemand@test.example"]
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        assert getattr(cursor.cursor, "name", None)
