"""Keeps uploads in memory, so that no raw file is ever written to disk."""

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

_TE_GROOT = "upload_te_groot"


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


class MemoryOnlyUploadHandler(FileUploadHandler):
    """Keeps an upload in memory, up to the limit; beyond it the upload stops and the view can say so."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._size = 0
        self._file = io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Accepts a next file in the same request; together they may be as large as one file."""
        super().new_file(*args, **kwargs)
        self._file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keeps the piece, or stops the upload."""
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
