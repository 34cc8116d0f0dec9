"""What happened to a risk, from the audit trail, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risks.history import events_for
from risks.models import Risk

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from safetyreg.audit.models import AuditEvent


@dataclass(frozen=True)
class Change:
    """One field that was edited, before and after, in the reader's words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: str
    by: str
    changes: list[Change]


def of_risk(risk: Risk, actor: Actor) -> list[Happened]:
    """Newest first."""
    return [_happened(event) for event in events_for(actor).filter(reference=risk.reference)]


def _happened(event: AuditEvent) -> Happened:
    who = event.by.name if event.by else ""
    what = f"{who} {event.summary}".strip()
    organisation = event.organisation.name if event.organisation else "The register"
    return Happened(event.at, what, organisation, _changes(event) if event.verb == "edit_risk" else [])


def _changes(event: AuditEvent) -> list[Change]:
    return [Change(_label(name), _words(name, before), _words(name, after)) for name, (before, after) in _edits(event)]


def _edits(event: AuditEvent) -> list[tuple[str, tuple[Any, Any]]]:
    return [(name, (pair[0], pair[1])) for name, pair in event.details.items()]


def _label(name: str) -> str:
    return str(Risk._meta.get_field(name).verbose_name).capitalize()


def _words(name: str, value: Any) -> str:
    """A stored value as the page says it: codes by their names."""
    field = Risk._meta.get_field(name)
    choices = dict(getattr(field, "base_field", field).choices or ())
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(choices.get(one, one)) for one in values if one not in (None, ""))
