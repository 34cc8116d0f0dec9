"""Doing one thing to one thing, or to several at once: each by the service that its own page calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from overview.triage import happened
from overview.triage.entries import by_keys
from overview.triage.permissions import can_triage
from risks import lifecycle
from safetyreg import preconditions
from safetyreg.errors import ConfirmationNeeded, DomainError, StaleEdit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.actors import Actor
    from overview.triage.doings import Doing
    from overview.triage.entries import Entry

NOT_SEEN = "You cannot see this, or there is no such thing"
NOT_YOURS = "This is not yours to do"
MOST = 100  # at once


@dataclass(frozen=True)
class Outcome:
    """What became of one of several. `why` it could not be done is empty where it was."""

    key: str
    why: str = ""
    entry: Entry | None = None

    @property
    def is_done(self) -> bool:
        return not self.why


@transaction.atomic
def do_each(
    *, doing: Doing, seen: Mapping[str, str], given: Mapping[str, Any], by: Actor, now: datetime
) -> list[Outcome]:
    """Do one thing to each, by its key. What was read of each has to hold: its `Entry.state`, or empty for anything.

    One that cannot be done, because somebody was quicker or because it is not the moment, is left as it is and told
    with who did what; the others are done. What is wrong with the words is wrong for all of them, so nothing is done
    then. All risks are locked first, in the one order in which everybody locks several.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded.
    """
    if not can_triage(by):
        raise PermissionDenied
    if len(seen) > MOST:
        raise ValidationError({"items": f"Choose at most {MOST} at once"})
    found = {entry.key: entry for entry in by_keys(seen, by, now)}
    touched = {risk.pk: risk for entry in found.values() for risk in _behind(entry)}
    if len(seen) > 1:
        lifecycle.lock_all(*touched.values())
    return [_outcome(doing, key, found.get(key), state, given, by, now) for key, state in seen.items()]


def _behind(entry: Entry) -> list[Any]:
    """The risks that the services lock, seen or not."""
    link = getattr(entry.subject, "link", None)
    if link:
        return [link.from_risk, link.to_risk]
    return entry.risks or [entry.subject.risk]


def _outcome(
    doing: Doing, key: str, entry: Entry | None, state: str, given: Mapping[str, Any], by: Actor, now: datetime
) -> Outcome:
    if entry is None or entry.kind not in doing.kinds:
        return Outcome(key, NOT_SEEN)
    try:
        with transaction.atomic():
            do_one(doing=doing, entry=entry, state=state, given=given, by=by, now=now)
    except ConfirmationNeeded:
        raise
    except DomainError as error:
        return Outcome(key, error.message, entry)
    except PermissionDenied:
        return Outcome(key, NOT_YOURS, entry)
    except ValidationError as error:
        if taken := happened.since(entry, entry.state, by, now):  # that is why: with the words there is nothing wrong
            return Outcome(key, taken, entry)
        raise error
    return Outcome(key, "", entry)


@transaction.atomic
def do_one(*, doing: Doing, entry: Entry, state: str, given: Mapping[str, Any], by: Actor, now: datetime) -> Any:
    """Do it, if it is still as it was read.

    Raises StaleEdit with who did what meanwhile, and whatever the service raises.
    """

    def require_unchanged() -> None:
        if state and (taken := happened.since(entry, state, by, now)):
            raise StaleEdit(taken, current=entry)

    if entry.kind in happened.LOOKED_AT_WITHOUT_A_LOCK:
        require_unchanged()
    with preconditions.required(require_unchanged):
        return doing.service(**doing.on(entry), **given, by=by, now=now)
