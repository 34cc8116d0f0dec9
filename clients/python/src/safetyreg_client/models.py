"""What the register answers.

What is one of a list of words, such as a status, is a `str`: the register may grow new ones, and what is not known is
to be treated as something else. `etag` is what to send as `if_match`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


def _etag() -> str | None:
    """A field that is no part of the JSON."""
    etag: str | None = field(default=None, metadata={"header": "etag"}, compare=False)
    return etag


@dataclass(frozen=True)
class OrganisationInShort:
    id: str
    ods_code: str
    name: str


@dataclass(frozen=True)
class PersonInShort:
    id: str
    name: str


@dataclass(frozen=True)
class ClientInShort:
    id: str
    name: str


@dataclass(frozen=True)
class Organisation:
    id: str
    ods_code: str
    name: str
    level: str
    kind: str
    parent: OrganisationInShort | None
    opened_on: date | None
    closed_on: date | None
    is_open: bool


@dataclass(frozen=True)
class Member:
    id: str
    name: str
    role: str


@dataclass(frozen=True)
class Membership:
    id: str
    organisation: OrganisationInShort
    role: str
    started_at: datetime


@dataclass(frozen=True)
class Me:
    """Who is calling, for which organisation, with which scopes."""

    kind: str
    id: str
    name: str
    email: str | None
    client: ClientInShort | None
    scopes: tuple[str, ...]
    expires_at: datetime | None
    acting: Membership | None
    memberships: tuple[Membership, ...]


@dataclass(frozen=True)
class Find:
    field: str
    text: str
    marked: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Risk:
    """Where `is_read_in_full` is false, what the organisation may not read is None."""

    id: str
    reference: str
    path: str
    is_read_in_full: bool
    organisation: OrganisationInShort
    owner: PersonInShort | None
    logged_by: PersonInShort | None
    status: str
    title: str
    cause: str
    event: str
    effect: str
    theme: str | None
    process: str | None
    services: tuple[str, ...] | None
    reach: str | None
    other_bodies: str | None
    population: str | None
    treatment: str | None
    external_reference: str | None
    likelihood: int | None
    consequence: int | None
    score: int | None
    band: str | None
    involved: tuple[OrganisationInShort, ...] | None
    crosses_boundary: bool | None
    is_escalated: bool | None
    drafted_at: datetime | None
    logged_at: datetime | None
    updated_at: datetime | None
    reviewed_at: datetime | None
    review_due_at: datetime | None
    closed_at: datetime | None
    closure_reason: str | None
    closure_words: str | None
    version: int | None
    searched_for: str | None
    found_in: tuple[Find, ...] | None
    etag: str | None = _etag()


@dataclass(frozen=True)
class Score:
    id: str
    kind: str
    likelihood: int
    consequence: int
    score: int
    band: str
    rationale: str
    created_at: datetime
    created_by: PersonInShort


@dataclass(frozen=True)
class Comment:
    id: str
    text: str
    organisation: OrganisationInShort
    created_at: datetime
    created_by: PersonInShort


@dataclass(frozen=True)
class Clock:
    """Something owed on an escalation now."""

    id: str
    kind: str
    owed_by: OrganisationInShort
    owed_to: OrganisationInShort
    due_at: datetime
    state: str
    words: str = field(compare=False)  # which go with the time


@dataclass(frozen=True)
class Deadline:
    """Something owed. An escalation, or what else it is about, has the id `subject_id`."""

    id: str
    kind: str
    owed_by: OrganisationInShort
    owed_to: OrganisationInShort
    holder: PersonInShort | None
    subject_id: str
    risk_reference: str
    path: str
    starts_at: datetime
    due_at: datetime
    paused_at: datetime | None
    warned_at: datetime | None
    breached_at: datetime | None
    met_at: datetime | None
    cancelled_at: datetime | None
    state: str
    words: str = field(compare=False)
    explanation: str = field(compare=False)


@dataclass(frozen=True)
class LateClock:
    """A clock that an organisation below yours let run out. What it is about is empty where you are not told."""

    id: str
    kind: str
    owed_by: OrganisationInShort
    owed_to: OrganisationInShort
    due_at: datetime
    breached_at: datetime | None
    reference: str
    title: str
    path: str


@dataclass(frozen=True)
class Escalation:
    """One hop: one organisation asks the one above to act on a risk."""

    id: str
    path: str
    risk: str
    from_organisation: OrganisationInShort
    to_organisation: OrganisationInShort
    previous: str | None
    bypasses: str | None
    reason: str
    ask: str
    why_this_body: str
    urgency: str
    duty_phone: str
    status: str
    back_to: str
    handler: PersonInShort | None
    plan: str
    raised_by: PersonInShort
    raised_at: datetime
    acknowledged_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    disputes: int
    pause_used: bool
    verdict: str
    is_overdue: bool
    next_due_at: datetime | None
    clocks: tuple[Clock, ...]
    etag: str | None = _etag()


@dataclass(frozen=True)
class Feedback:
    """An update or an answer to an escalation."""

    id: str
    escalation: str
    risk: str
    organisation: OrganisationInShort
    kind: str
    outcome: str
    text: str
    passed_on_from: str | None
    given_by: PersonInShort
    given_at: datetime
    is_read: bool


@dataclass(frozen=True)
class Batch:
    """One file that was sent, and what would become, or became, of it."""

    id: str
    source: str
    file_name: str
    digest: str
    size: int
    status: str
    words: str
    counts: dict[str, int]
    headings: tuple[str, ...]
    all_or_nothing: bool
    keep_drafts: bool
    created_by: PersonInShort
    created_at: datetime
    checked_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether the register is still at work on it."""
        return self.status in ("TO_CHECK", "TO_RUN")


@dataclass(frozen=True)
class Remark:
    kind: str
    column: str
    words: str


@dataclass(frozen=True)
class Row:
    """What would become, or became, of one row of a file. Row 1 is the headings."""

    number: int
    outcome: str
    external_reference: str
    risk: str | None
    remarks: tuple[Remark, ...]
