"""Jobs that outlast a database that is away for a moment."""

import pytest
from django.db import OperationalError, connection, transaction

from um_portal.jobs import outlast


@pytest.mark.django_db(transaction=True)
def test_what_a_job_holds_is_stored_when_the_database_is_back() -> None:
    attempts: list[int] = []

    def store() -> str:
        attempts.append(len(attempts))
        with transaction.atomic(), connection.cursor() as cursor:
            if len(attempts) == 1:
                # As when the server starts again: the connection is gone in the middle.
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            cursor.execute("SELECT 'stored'")
            return str(cursor.fetchone()[0])

    assert outlast(store) == "stored"
    assert attempts == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_what_a_job_holds_is_stored_in_the_new_primary_when_the_old_one_is_none_any_more() -> None:
    attempts: list[int] = []

    def store() -> str:
        attempts.append(len(attempts))
        if len(attempts) == 1:
            with connection.cursor() as cursor:
                # As over a connection that stays: it answers, and lets nobody write.
                cursor.execute("SET default_transaction_read_only = on")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_gebruiker SET is_active = true WHERE false")
            return "stored"

    assert outlast(store) == "stored"
    assert attempts == [0, 1]


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_tried_again() -> None:
    attempts: list[int] = []

    def store() -> None:
        attempts.append(len(attempts))
        raise OperationalError

    with pytest.raises(OperationalError):
        outlast(store)
    assert attempts == [0]
