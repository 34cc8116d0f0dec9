"""Files of risks: sending one, seeing what would become of each row, and importing it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from safetyreg_client import operations
from safetyreg_client.doing import Group
from safetyreg_client.errors import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from safetyreg_client import asking
    from safetyreg_client.models import Batch, Row

EVERY = 2.0  # seconds between one look and the next
LOOKS = 300


class StillAtWork(RegisterError):
    """The register has not come to an end with a file: ask again later."""


class Imports(Group):
    def send(self, file: Path | str, *, idempotency_key: str | None = None, **how: Unpack[asking.SendFile]) -> Batch:
        """Send a CSV or XLSX file. A dry run, unless `dry_run=False`: nothing is imported before `confirm`.

        Of a large file the answer says only that it arrived: `wait` for it.
        """
        path = Path(file)
        form = multipart(how, path.name, path.read_bytes())
        return self._do(operations.IMPORT, form=form, key=idempotency_key)

    def get(self, id: str) -> Batch:
        return self._do(operations.BATCH, id=id)

    def wait(self, batch: Batch) -> Batch:
        """What became of it, once the register has come to an end. Raises StillAtWork after ten minutes."""
        for _ in range(LOOKS):
            if not batch.is_waiting:
                return batch
            self._session.sleep(EVERY)
            batch = self.get(batch.id)
        raise StillAtWork(f"The register is still at work on {batch.file_name}")

    def rows(self, id: str, **filters: Unpack[asking.RowFilters]) -> Iterator[Row]:
        return self._all(operations.ROWS, filters, id=id)

    def match(self, id: str, *, idempotency_key: str | None = None, **holds: Unpack[asking.MatchColumns]) -> Batch:
        """Say what the columns hold, and what the words in them mean. It is remembered for the source."""
        return self._do(operations.MATCH, holds, id=id, key=idempotency_key)

    def confirm(self, id: str, *, idempotency_key: str | None = None, **how: Unpack[asking.ConfirmImport]) -> Batch:
        return self._do(operations.CONFIRM_IMPORT, how, id=id, key=idempotency_key)

    def discard(self, id: str, *, idempotency_key: str | None = None) -> Batch:
        return self._do(operations.DISCARD, id=id, key=idempotency_key)


def multipart(fields: Mapping[str, Any], file_name: str, data: bytes) -> tuple[str, bytes]:
    """A form with one file (RFC 7578): its content type and its bytes.

    What marks the parts off comes from what is in them, so that the same form sent again is the same to the byte.
    """
    boundary = hashlib.sha256(repr(sorted(fields.items())).encode() + data).hexdigest()
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{_plain(value)}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(file_name)}"\r\n'
    kind = "Content-Type: application/octet-stream\r\n\r\n"
    body = "".join([*parts, head, kind]).encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(name: str) -> str:
    return name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")
