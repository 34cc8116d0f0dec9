"""What can stand against a request: the register refuses it, in words; or no answer comes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class RegisterError(Exception):
    """Whatever this package raises by itself."""


class SettingsMissing(RegisterError):
    """The address, the id or the secret is not there, or cannot be used."""


class Unanswered(RegisterError):
    """No answer came, after all tries. Whether it was done is not known.

    Send the same again with `key` as its `idempotency_key`, within 24 hours, and it is done once. None: nothing would
    have been changed, or it was a PATCH, which the version that goes with it keeps from being done twice.
    """

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


class NotUnderstood(RegisterError):
    """An answer that is none of the register's: the address leads to something else, or something stands in between."""


@dataclass(frozen=True)
class Wrong:
    """What to put right, and where: a JSON pointer into what was sent."""

    pointer: str
    detail: str


class Refused(RegisterError):
    """The register said no: a problem document (RFC 9457). `reference` is what to quote when asking for help."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.problem = dict(problem)
        self.headers = headers or {}
        self.title: str = problem.get("title") or f"Refused ({status})"
        self.detail: str = problem.get("detail") or self.title
        self.reference: str = problem.get("reference") or self.headers.get("x-request-id", "")
        self.errors = tuple(Wrong(wrong["pointer"], wrong["detail"]) for wrong in problem.get("errors", ()))
        super().__init__(self.detail)

    @property
    def retry_after(self) -> int | None:
        """The seconds that the register asks to wait."""
        said = self.headers.get("retry-after", "")
        return int(said) if said.isdecimal() else None


class BadInput(Refused):
    """400: `errors` says what to put right."""


class NotSignedIn(Refused):
    """401: the id and the secret are not accepted, or a new token is refused like the one before."""


class NotPermitted(Refused):
    """403: the role of the client, its organisation or its scopes do not allow it."""


class NotFound(Refused):
    """404: it does not exist, or the client's organisation may not see it."""


class NotNow(Refused):
    """409: not at this moment, or not before something is confirmed."""

    @property
    def confirmation_needed(self) -> dict[str, list[str]]:
        """What may identify a patient, by field: check it, and send it with `personal_data_checked=True`."""
        found: dict[str, list[str]] = self.problem.get("confirmation_needed", {})
        return found

    @property
    def current_version(self) -> int | None:
        """The version there is now, where what was sent goes by an older one."""
        version: int | None = self.problem.get("current_version")
        return version


class Changed(Refused):
    """412: it is not any more what was read."""

    @property
    def current(self) -> dict[str, Any]:
        """What it is now, as far as it can be read."""
        found: dict[str, Any] = self.problem.get("current", {})
        return found

    @property
    def etag(self) -> str | None:
        etag: str | None = self.problem.get("etag")
        return etag


class KeyUsedOtherwise(Refused):
    """422: the key was sent with another request before."""


class TooMany(Refused):
    """429: more requests than the client may send, and waiting has not helped or would take too long."""


class Failed(Refused):
    """5xx: the register, or something before it, failed, after all tries. Nothing was changed."""

    key: str | None = None  # of the request that failed, which may be sent again with it


KINDS: dict[int, type[Refused]] = {
    400: BadInput,
    401: NotSignedIn,
    403: NotPermitted,
    404: NotFound,
    409: NotNow,
    412: Changed,
    422: KeyUsedOtherwise,
    429: TooMany,
}


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> Refused:
    """The exception for an answer that is no success. One that is no problem document has its status alone."""
    kind = KINDS.get(status, Failed if status >= 500 else Refused)
    return kind(status, _problem(body), headers)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        problem = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(problem, dict):
        return {}
    if isinstance(problem.get("error"), str):  # where a token is asked for, as RFC 6749 has it
        return {"title": problem["error"], "detail": problem.get("error_description")}
    return problem
