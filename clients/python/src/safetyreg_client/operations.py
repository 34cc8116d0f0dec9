"""Every operation of the register that this package uses, each with what it sends and what it is answered.

The register's own tests hold this table against its OpenAPI description, both ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from safetyreg_client import asking, models

T = TypeVar("T")


@dataclass(frozen=True)
class Operation(Generic[T]):
    """`asks` is what its query takes. A list answers with pages of `answers`."""

    verb: str
    path: str  # below /api/v1/
    answers: type[T]
    sends: Any = None
    asks: Any = None
    is_list: bool = False
    may_end_sight: bool = False  # and is then answered with nothing

    @property
    def address(self) -> str:
        return f"/api/v1/{self.path}"


def _list(path: str, of: type[T], asks: Any = asking.Paged) -> Operation[T]:
    return Operation("GET", path, of, asks=asks, is_list=True)


def _post(path: str, answers: type[T], sends: Any = None) -> Operation[T]:
    return Operation("POST", path, answers, sends)


NOTHING = type(None)

ME = Operation("GET", "me/", models.Me)
MEMBERS = _list("members/", models.Member)
ORGANISATIONS = _list("organisations/", models.Organisation, asking.OrganisationFilters)

RISKS = _list("risks/", models.Risk, asking.RiskFilters)
RISK = Operation("GET", "risks/{reference}/", models.Risk)
LOG = _post("risks/", models.Risk, asking.NewRisk)
EDIT = Operation("PATCH", "risks/{reference}/", models.Risk, asking.Edit)
SCORE = _post("risks/{reference}/score/", models.Score, asking.NewScore)
COMMENT = _post("risks/{reference}/comments/", models.Comment, asking.Said)
CLOSE = _post("risks/{reference}/close/", models.Risk, asking.Close)
ESCALATE = _post("risks/{reference}/escalate/", models.Escalation, asking.Escalate)
READ_FEEDBACK = _post("risks/{reference}/read-feedback/", NOTHING)
SCORES = _list("risks/{reference}/scores/", models.Score, asking.Since)
COMMENTS = _list("risks/{reference}/comments/", models.Comment, asking.Since)

ESCALATIONS = _list("escalations/", models.Escalation, asking.EscalationFilters)
ESCALATION = Operation("GET", "escalations/{id}/", models.Escalation)
ACKNOWLEDGE = _post("escalations/{id}/acknowledge/", models.Escalation, asking.Acknowledge)
REASSIGN = _post("escalations/{id}/reassign/", models.Escalation, asking.Reassign)
REQUEST_INFORMATION = _post("escalations/{id}/request-information/", models.Escalation, asking.AskInformation)
GIVE_INFORMATION = _post("escalations/{id}/give-information/", models.Escalation, asking.GiveInformation)
ACCEPT = _post("escalations/{id}/accept/", models.Escalation, asking.Accept)
ESCALATE_ON = _post("escalations/{id}/escalate-on/", models.Escalation, asking.EscalateFurther)
BYPASS = _post("escalations/{id}/bypass/", models.Escalation, asking.EscalateFurther)
ANSWER = _post("escalations/{id}/answer/", models.Feedback, asking.Answer)
UPDATE = _post("escalations/{id}/update/", models.Feedback, asking.Said)
CONFIRM = _post("escalations/{id}/confirm/", models.Escalation, asking.Confirm)
DISPUTE = _post("escalations/{id}/dispute/", models.Escalation, asking.Why)
WITHDRAW = Operation("POST", "escalations/{id}/withdraw/", models.Escalation, asking.Why, may_end_sight=True)

FEEDBACK = _list("feedback/", models.Feedback, asking.FeedbackFilters)
DEADLINES = _list("deadlines/", models.Deadline, asking.DeadlineFilters)
BREACHED_BELOW = _list("triage/breached/", models.LateClock, asking.BreachedFilters)

IMPORT = _post("risks/import/", models.Batch, asking.SendFile)
BATCH = Operation("GET", "imports/{id}/", models.Batch)
ROWS = _list("imports/{id}/rows/", models.Row, asking.RowFilters)
MATCH = _post("imports/{id}/match/", models.Batch, asking.MatchColumns)
CONFIRM_IMPORT = _post("imports/{id}/confirm/", models.Batch, asking.ConfirmImport)
DISCARD = _post("imports/{id}/discard/", models.Batch)

EXPORT_RISKS = Operation("GET", "risks/export/", bytes, asks=asking.RiskFilters)
EXPORT_ESCALATIONS = Operation("GET", "escalations/export/", bytes, asks=asking.EscalationFilters)
EXPORT_FEEDBACK = Operation("GET", "feedback/export/", bytes, asks=asking.FeedbackFilters)
EXPORT_BREACHED_BELOW = Operation("GET", "triage/breached/export/", bytes, asks=asking.BreachedFilters)

ALL: tuple[Operation[Any], ...] = tuple(found for found in list(globals().values()) if isinstance(found, Operation))
