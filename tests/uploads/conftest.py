"""Provides the people of most tests of uploads: a municipality, a manager of its data, and a browser."""

import pytest
from django.test import Client

from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente, Rol


@pytest.fixture
def gemeente() -> Gemeente:
    """Gives an admitted municipality."""
    return een_gemeente("Testdorp")


@pytest.fixture
def gebruiker(gemeente: Gemeente) -> Gebruiker:
    """Gives somebody who manages the data of the municipality."""
    return een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada", last_name="Beheerder")


@pytest.fixture
def client(gebruiker: Gebruiker) -> Client:
    """Gives a browser in which that person is logged in."""
    return een_client(gebruiker)
