"""Somebody who looks on is told that the work on a file was interrupted, and that nothing has to be done."""

import pytest
from django.urls import reverse

from tests.factories import een_client, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad
from um_portal.tenants.models import Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen.intake import receive
from uploads.models import Levering

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("pogingen", "told"), [(0, False), (1, False), (2, True)])
def test_work_that_was_interrupted_says_so_from_the_second_attempt_on(pogingen: int, told: bool) -> None:
    gemeente = een_gemeente()
    levering = receive(gemeente, inhoud=een_werkblad([een_sonar_rij()]), bestandsnaam="export.xlsx")
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=levering.pk).update(pogingen=pogingen)
    browser = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    page = browser.get(reverse("uploads:voortgang", args=[levering.pk])).content.decode()
    assert ("Dit werk is onderbroken" in page) is told
