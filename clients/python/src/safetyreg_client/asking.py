"""What can be sent: the bodies of requests, and the filters of lists. Lists of words hold what the register takes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Required, TypedDict

Theme = Literal["1", "2", "3", "4", "5", "6", "7", "8"]
Process = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]
Service = Literal["1", "3", "4", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19"]
Reach = Literal["1", "2", "3", "4"]
Treatment = Literal["TREAT", "TOLERATE", "TRANSFER", "TERMINATE"]
ScoreKind = Literal["INITIAL", "CURRENT", "TARGET"]
Band = Literal["LOW", "MODERATE", "HIGH", "EXTREME"]
RiskStatus = Literal["DRAFT", "OPEN", "CLOSED"]
ClosureReason = Literal["CONTROLLED", "NO_LONGER_PRESENT", "TOLERATED", "DUPLICATE", "LOGGED_IN_ERROR"]
Urgency = Literal["IMMEDIATE", "EXTREME", "HIGH", "MODERATE", "LOW"]
EscalationStatus = Literal[
    "RAISED", "ACKNOWLEDGED", "INFORMATION_REQUESTED", "ACCEPTED", "ESCALATED_ON", "ANSWERED", "CLOSED", "WITHDRAWN"
]  # fmt: skip
FeedbackKind = Literal["UPDATE", "ANSWER"]
Outcome = Literal[
    "ALERT_ISSUED", "ADVICE", "RESOURCE_PROVIDED", "IMPROVEMENT_PROGRAMME", "POLICY_OR_CONTRACT_CHANGE",
    "REFERRED_TO_INVESTIGATION", "ALREADY_ADDRESSED", "RETURNED_FOR_LOCAL_ACTION", "ACCEPTED_AND_MONITORED",
    "NO_ACTION",
]  # fmt: skip
DeadlineKind = Literal[
    "ACKNOWLEDGE", "DECIDE", "INFORM", "UPDATE", "ANSWER", "CONFIRM", "TRANSFER", "POSITION", "LINK", "INTRODUCE",
    "REVIEW", "ACTION",
]  # fmt: skip
OwedToOthers = Literal[
    "ACKNOWLEDGE", "DECIDE", "INFORM", "UPDATE", "ANSWER", "CONFIRM", "TRANSFER", "POSITION", "LINK", "INTRODUCE",
]  # fmt: skip
Level = Literal["PROVIDER", "ICB", "REGION", "NATIONAL"]
Lack = Literal["control", "target", "effect"]
Age = Literal["WEEK", "MONTH", "QUARTER", "LONGER"]
Became = Literal["ANSWERED", "READ", "CONFIRMED", "DISPUTED", "WITHDRAWN", "UNANSWERED"]
RowOutcome = Literal["ADD", "DRAFT", "UPDATE", "UNCHANGED", "LEFT_OUT", "REFUSED"]
Format = Literal["csv", "xlsx"]


class Words(TypedDict, total=False):
    """Whatever holds words: text that may identify a patient is refused until somebody has checked it."""

    personal_data_checked: bool


class RiskWords(Words, total=False):
    title: str
    cause: str
    event: str
    effect: str
    theme: Literal[Theme, ""]
    process: Literal[Process, ""]
    services: Sequence[Service]
    reach: Literal[Reach, ""]
    other_bodies: str
    population: str
    treatment: Treatment
    external_reference: str


class NewRisk(RiskWords, total=False):
    """`owner` is the id of a member; `involved` are ids or ODS codes of organisations."""

    likelihood: int | None
    consequence: int | None
    owner: str
    involved: Sequence[str]
    controls: Sequence[str]


class Edit(RiskWords, total=False):
    version: Required[int]


class NewScore(Words, total=False):
    kind: Required[ScoreKind]
    likelihood: Required[int]
    consequence: Required[int]
    rationale: str


class Said(Words, total=False):
    text: Required[str]


class Close(Words, total=False):
    closure_reason: Required[ClosureReason]
    words: str


class EscalateFurther(Words, total=False):
    reason: Required[str]
    ask: Required[str]
    immediate: bool


class Escalate(EscalateFurther, total=False):
    to: str
    why_this_body: str


class Acknowledge(TypedDict, total=False):
    handler: str


class Reassign(TypedDict, total=False):
    handler: Required[str]


class AskInformation(Words, total=False):
    question: Required[str]


class GiveInformation(Words, total=False):
    information: Required[str]


class Accept(Words, total=False):
    plan: Required[str]


class Answer(Words, total=False):
    outcome: Required[Outcome]
    text: Required[str]
    passed_on_from: str


class Confirm(Words, total=False):
    text: str


class Why(Words, total=False):
    why: Required[str]


class Decide(TypedDict, total=False):
    all_or_nothing: bool
    keep_drafts: bool
    personal_data_checked: bool


class SendFile(Decide, total=False):
    """`file` goes apart from these, as what a form sends along."""

    source: Required[str]
    dry_run: bool
    owner: str


class ConfirmImport(Decide, total=False):
    rows_checked: Sequence[int]


class MatchColumns(TypedDict, total=False):
    columns: dict[str, str]
    values: dict[str, dict[str, str]]


class Paged(TypedDict, total=False):
    """Of every list; `page_size` is how many are fetched at once, and changes nothing of what comes."""

    page_size: int


class Since(Paged, total=False):
    updated_since: datetime


class RiskFilters(Since, total=False):
    """`raised` and `lowered` are months, as in 2026-11, in which a score was. `stood` is a month and the band in
    which a risk was open at its end, as in 2026-10-HIGH. Organisations and areas are ODS codes. `references` are up to
    100, with commas between them.
    """

    search: str
    status: Sequence[RiskStatus]
    band: Sequence[Band]
    theme: Theme
    process: Process
    organisation: str
    ours: bool
    escalated: bool
    review_overdue: bool
    external_reference: str
    sort: str
    likelihood: int
    consequence: int
    in_full: bool
    missing: Lack
    action_overdue: bool
    crosses_to: str
    area: str
    crosses_to_area: str
    logged_from: date
    logged_to: date
    closed_from: date
    closed_to: date
    raised: str
    lowered: str
    references: str
    stood: str


class EscalationFilters(Since, total=False):
    """`raised` and `answered` are a month, as in 2026-11, or YEAR, the last twelve of them; `to` is an ODS code."""

    search: str
    risk: str
    side: Literal["received", "sent"]
    status: Sequence[EscalationStatus]
    urgency: Sequence[Urgency]
    overdue: bool
    is_open: bool
    sort: str
    age: Age
    to: str
    level: Level
    theme: Theme
    raised: str
    answered: str
    became: Became
    outcome: Outcome


class FeedbackFilters(Since, total=False):
    risk: str
    escalation: str
    kind: FeedbackKind
    outcome: Outcome
    is_read: bool


class DeadlineFilters(Since, total=False):
    owed_by: str
    owed_to: str
    kind: Sequence[DeadlineKind]
    is_live: bool
    is_overdue: bool
    risk_reference: str


class BreachedFilters(Since, total=False):
    """`owed_by` is the ODS code of an organisation below yours, `late_for` how long it has been overdue."""

    owed_by: str
    kind: Sequence[OwedToOthers]
    late_for: Age
    band: Sequence[Band]
    theme: Theme


class OrganisationFilters(Paged, total=False):
    search: str
    ods_code: str
    level: Level
    parent: str
    is_open: bool


class RowFilters(Paged, total=False):
    outcome: Sequence[RowOutcome]
