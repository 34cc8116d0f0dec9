"""Made-up things for the sample pages to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from deadlines.models import Urgency
from escalations.models import Status as EscalationStatus
from risks import scoring
from risks.models import Status as RiskStatus

NOW = datetime(2026, 4, 2, 15, 10, tzinfo=UTC)
EXPLANATION = (
    "2 working days from Thursday 2 April 2026, 4:10pm, is Wednesday 8 April 2026, 4:10pm. Friday 3 April (Good "
    "Friday), the weekend and Monday 6 April (Easter Monday) do not count."
)


def with_status(status: Any) -> SimpleNamespace:
    return SimpleNamespace(status=status, get_status_display=lambda: status.label)


def with_urgency(urgency: Any) -> SimpleNamespace:
    return SimpleNamespace(urgency=urgency, get_urgency_display=lambda: urgency.label)


def clock(state: str, words: str, what: str = "Acknowledge the escalation", explanation: str = EXPLANATION) -> Any:
    due_at = NOW + timedelta(days=6)
    return SimpleNamespace(
        state=state, words=words, what=what, explanation=explanation, due_at=due_at, owed_by="Test Own ICB"
    )


def rungs() -> list[dict[str, Any]]:
    return [
        {
            "level": "Provider",
            "organisation": "Test Royal Hospital",
            "state": "done",
            "you": True,
            "note": "Raised by Amina Yusuf on Thursday 2 April 2026, 4:10pm",
        },
        {
            "level": "Integrated care board",
            "organisation": "Test Own Integrated Care Board",
            "state": "done",
            "tag": with_status(EscalationStatus.ESCALATED_ON),
            "href": "#",
            "clock": clock("running", "Due in 12 working days", "Give an update on the escalation"),
        },
        {
            "level": "Region",
            "organisation": "Test Region North",
            "state": "here",
            "tag": with_status(EscalationStatus.ACKNOWLEDGED),
            "href": "#",
            "clock": clock("overdue", "Overdue by 2 working days", "Decide what to do about the escalation"),
        },
        {"level": "National", "organisation": "Test England", "state": "waiting", "note": "Not asked"},
    ]


def everything() -> dict[str, Any]:
    return {
        "now": NOW,
        "scoring": scoring,
        "bands": [(3, "LOW"), (6, "MODERATE"), (12, "HIGH"), (20, "EXTREME")],
        "scores": [
            {"kind": "INITIAL", "likelihood": 4, "consequence": 5},
            {"kind": "CURRENT", "likelihood": 3, "consequence": 4},
            {"kind": "TARGET", "likelihood": 3, "consequence": 4},
        ],
        "statuses": [with_status(status) for status in (*RiskStatus, *EscalationStatus)],
        "urgencies": [with_urgency(urgency) for urgency in Urgency if urgency != Urgency.ANY],
        "clocks": [
            clock("running", "Due in 3 working days"),
            clock("soon", "Due in 5 hours"),
            clock("overdue", "Overdue by 2 working days"),
            clock("paused", "Paused with 4 working days left"),
            clock("met", "Done in time", explanation=""),
        ],
        "rungs": rungs(),
        "steps": [
            {"at": NOW, "what": "Escalated to Test Own ICB", "by": "Amina Yusuf, Test Royal Hospital"},
            {
                "at": NOW - timedelta(days=12),
                "what": "Scored 16, extreme",
                "by": "Amina Yusuf",
                "words": "Two in a week",
            },
        ],
    }
