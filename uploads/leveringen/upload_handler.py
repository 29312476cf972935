"""Keeps uploads in memory, so that no raw file is ever written to disk."""

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse

from um_portal.tegelijk import UPLOADS, Bezet

_TE_GROOT = "upload_te_groot"
_BEZET = "upload_bezet"


def max_bytes() -> int:
    """Gives the largest size of a file, in bytes."""
    megabytes: int = settings.UM_MAX_BESTAND_MB
    return megabytes * 1_000_000


def too_large_message() -> str:
    """Gives the Dutch message for a file that is larger."""
    return (
        f"Dit bestand is groter dan {settings.UM_MAX_BESTAND_MB} MB. Bewaar alleen het blad met de gegevens in een "
        "nieuw bestand en upload dat."
    )


def was_too_large(request: HttpRequest) -> bool:
    """Tells whether the upload in this request was broken off because of its size."""
    return bool(getattr(request, _TE_GROOT, False))


def busy(request: HttpRequest) -> Bezet | None:
    """Gives the refusal when the upload in this request was not kept because there were too many at once."""
    found: Bezet | None = getattr(request, _BEZET, None)
    return found


def broken_off(request: HttpRequest) -> str:
    """Gives the Dutch message for an upload that was broken off; empty when it came in."""
    if was_too_large(request):
        return too_large_message()
    refusal = busy(request)
    return refusal.melding if refusal else ""


def as_busy(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Gives this answer, as one that says to try again later when there were too many uploads at once."""
    if (refusal := busy(request)) is not None:
        response.status_code = 503
        response["Retry-After"] = str(refusal.wacht)
    return response


class MemoryOnlyUploadHandler(FileUploadHandler):
    """Keeps an upload in memory, up to the limit; beyond it the upload stops and the view can say so.

    A large one needs a place until its request is answered. Without one, what comes in is not kept. `wie` is
    who sends it; otherwise the user of the request.
    """

    def __init__(self, request: HttpRequest | None = None, wie: object = None) -> None:
        super().__init__(request)
        self._wie = wie
        self._size = 0
        self._file = io.BytesIO()

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: Any = None,
    ) -> None:
        """Takes a place for a large upload, before anything of it is kept."""
        if self._wie is None and (user := getattr(self.request, "user", None)) is not None:
            # Everybody who is not logged in counts as one.
            self._wie = user.pk or 0
        if content_length < settings.UM_UPLOAD_GROOT_BYTES or self._wie is None:
            return
        try:
            UPLOADS.hold(self._wie)
        except Bezet as refusal:
            setattr(self.request, _BEZET, refusal)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Accepts a next file in the same request; together they may be as large as one file."""
        super().new_file(*args, **kwargs)
        self._file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keeps the piece, or stops the upload."""
        if self.request is not None and busy(self.request):
            raise StopUpload(connection_reset=False)
        self._size += len(raw_data)
        if self._size > max_bytes():
            self._file = io.BytesIO()
            setattr(self.request, _TE_GROOT, True)
            raise StopUpload(connection_reset=False)
        self._file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """Hands the file over, in memory."""
        self._file.seek(0)
        return InMemoryUploadedFile(
            self._file,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
