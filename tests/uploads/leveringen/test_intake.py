"""Checks that a file comes in through memory only, under a name that tells nothing about anybody."""

import tempfile
from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory

from tests.factories import een_gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen.intake import receive, safe_name
from uploads.leveringen.upload_handler import was_too_large
from uploads.models import Levering
from uploads.readers import Onleesbaar


def posted(*files: bytes) -> Any:
    data = {f"bestand{n}": SimpleUploadedFile(f"{n}.csv", inhoud) for n, inhoud in enumerate(files)}
    return RequestFactory().post("/", data)


def test_a_large_upload_stays_in_memory(monkeypatch):
    def no_disk(*_: Any, **__: Any) -> None:
        raise AssertionError("an upload must not touch the disk")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", no_disk)
    request = posted(b"x" * 8_000_000)
    (file,) = request.FILES.values()
    assert isinstance(file, InMemoryUploadedFile)
    assert len(file.read()) == 8_000_000
    assert not was_too_large(request)


@pytest.mark.parametrize("files", [(b"x" * 1_000_001,), (b"x" * 600_000, b"x" * 600_000)])
def test_an_upload_beyond_the_limit_is_dropped(settings, files):
    settings.UM_MAX_BESTAND_MB = 1
    request = posted(*files)
    assert sum(len(file.read()) for file in request.FILES.values()) <= 1_000_000
    assert was_too_large(request)


@pytest.mark.parametrize(
    ("naam", "bewaard"),
    [
        ("export.xlsx", "export.xlsx"),
        ("C:\\Users\\jan\\Sonar 2026-05-01.xlsx", "Sonar 2026-05-01.xlsx"),
        ("/tmp/lijst.csv", "lijst.csv"),
        ("799890005.xlsx", "….xlsx"),
        ("wie@voorbeeld.example.xlsx", "….xlsx"),
        ("06-12345678 jansen.csv", "… jansen.csv"),
        ("20260501 export.csv", "20260501 export.csv"),
        ("x" * 400 + ".xlsx", "x" * 100 + ".xlsx"),
        ("zonder", "zonder"),
        ("a\u202eb\x00.csv", "a b.csv"),
        ("..", "bestand"),
        ("", "bestand"),
    ],
)
def test_the_name_of_a_file_is_kept_without_what_may_be_personal(naam, bewaard):
    assert safe_name(naam) == bewaard


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing(settings):
    gemeente = een_gemeente()
    settings.UM_MAX_BESTAND_MB = 1
    for inhoud in (b"", b"a;b\n" * 300_000, b"%PDF"):
        with pytest.raises(Onleesbaar):
            receive(gemeente, inhoud=inhoud, bestandsnaam="x.csv")
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()
