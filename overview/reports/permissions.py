"""May this actor do it? Whether it may happen now is for the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.actors import Actor
    from overview.reports.models import Report


def can_read_reports(actor: Actor, _report: Report | None = None) -> bool:
    """Those of their own body, which the caller looked up so."""
    return actor.reads_risks


def can_ask_report(actor: Actor, _anything: object = None) -> bool:
    """A safety lead of any body, for that body: a provider's board reads reports too."""
    return actor.is_safety_lead


def can_set_schedule(actor: Actor, _anything: object = None) -> bool:
    return actor.is_safety_lead


def can_choose_link(actor: Actor, _anything: object = None) -> bool:
    """Be sent the link of each monthly report. A system reads the list instead."""
    return actor.reads_risks and actor.client is None
