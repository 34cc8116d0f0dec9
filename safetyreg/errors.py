"""Why an operation was refused, in words for the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """The right request at the wrong moment. A page shows it as an error summary, the API as 409 with `detail`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfirmationNeeded(DomainError):
    """The text may identify a patient. `finds` gives, for each field, what was found, quoted."""

    def __init__(self, finds: Mapping[str, Sequence[str]]) -> None:
        super().__init__("Check whether what you wrote could identify a patient")
        self.finds = {field: list(found) for field, found in finds.items()}


class StaleEdit(DomainError):
    """Somebody changed it since it was opened. `current` is the row as it stands now."""

    def __init__(self, message: str, *, current: Any) -> None:
        super().__init__(message)
        self.current = current
