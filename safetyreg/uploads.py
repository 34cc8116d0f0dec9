"""How much anybody may send: a body with files that is larger is refused before it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from safetyreg.tables.reading import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = MOST_BYTES + 1024 * 1024  # with what stands around the file


class LimitedUpload(FileUploadHandler):
    """Looks at the length that the request says it has, and leaves the rest to the handlers after it."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803 - as Django calls it
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > MOST:
            raise RequestDataTooBig(f"More than {MOST} bytes were sent")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
