"""When a risk may change status and its parts be changed, and the one place where a status does change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from risks.models import LinkStatus, Risk, Status
from safetyreg import preconditions
from safetyreg.errors import DomainError
from safetyreg.words import day

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Organisation
    from risks.models import Action, Control, Introduction, Involvement, RiskLink, Transfer

TRANSITIONS: dict[str, tuple[Status, ...]] = {
    Status.DRAFT: (Status.OPEN,),
    Status.OPEN: (Status.CLOSED,),
    Status.CLOSED: (Status.OPEN,),
}

LINK_TRANSITIONS: dict[str, tuple[LinkStatus, ...]] = {
    LinkStatus.PROPOSED: (LinkStatus.ACCEPTED, LinkStatus.DECLINED, LinkStatus.WITHDRAWN),
    LinkStatus.ACCEPTED: (LinkStatus.WITHDRAWN,),
    LinkStatus.DECLINED: (),
    LinkStatus.WITHDRAWN: (),
}


class WrongStatus(DomainError):
    """The risk, or the part of it that this is about, is not in a state that allows this."""


def lock(risk: Risk) -> Risk:
    """The risk as it is now, locked until the transaction ends. Locks go risk first, then escalation.

    Raises WrongStatus for a draft that was discarded meanwhile: nothing else can vanish.
    """
    locked = _lock(risk)
    preconditions.look()
    return locked


def _lock(risk: Risk) -> Risk:
    # First the row by itself: joined to its owner, one given to another while this waits would seem to have vanished.
    list(Risk.objects.select_for_update().filter(pk=risk.pk).values_list("pk"))
    try:
        return Risk.objects.select_related("organisation__parent", "owner").get(pk=risk.pk)
    except Risk.DoesNotExist:
        raise WrongStatus(f"The draft {risk.reference} has been discarded meanwhile") from None


def lock_all(*risks: Risk) -> list[Risk]:
    """Several risks, locked in the one order in which everybody locks several, and given back as they were asked for.

    Raises WrongStatus for a draft that was discarded meanwhile.
    """
    locked = {risk.pk: _lock(risk) for risk in sorted(risks, key=lambda risk: risk.pk)}
    preconditions.look()
    return [locked[risk.pk] for risk in risks]


def move(risk: Risk, status: Status, *, now: datetime) -> None:
    """Change the status of a locked risk. Raises WrongStatus."""
    if status not in TRANSITIONS[risk.status]:
        raise WrongStatus(f"{risk.reference} is {risk.get_status_display().lower()}, so this cannot be done now")
    risk.status = status
    if status == Status.OPEN:
        risk.logged_at = risk.logged_at or now
        risk.closed_at, risk.closure_reason, risk.closure_words = None, "", ""


def require_draft(risk: Risk) -> None:
    """Raises WrongStatus once the risk has been logged."""
    if not risk.is_draft:
        raise WrongStatus(f"{risk.reference} has been logged already; it is a draft no more")


def require_logged(risk: Risk) -> None:
    """Raises WrongStatus for a draft."""
    if risk.is_draft:
        raise WrongStatus(f"{risk.reference} is a draft: this can be done once it is logged")


def require_not_closed(risk: Risk) -> None:
    """Raises WrongStatus for a closed risk."""
    if risk.is_closed:
        raise WrongStatus(f"{risk.reference} is closed; open it again first")


def require_closed(risk: Risk) -> None:
    """Raises WrongStatus unless the risk is closed."""
    if not risk.is_closed:
        raise WrongStatus(f"{risk.reference} is not closed")


def require_open(risk: Risk) -> None:
    """Raises WrongStatus unless the risk is open."""
    if not risk.is_open:
        raise WrongStatus(
            f"{risk.reference} is {risk.get_status_display().lower()}: only an open risk can be worked on"
        )


def require_live(action: Action) -> None:
    """Raises WrongStatus once the action has been completed or dropped."""
    if not action.is_live:
        raise WrongStatus("This action has been completed or dropped already")


def require_in_place(control: Control) -> None:
    """Raises WrongStatus once the control has been ended."""
    if control.ended_at:
        raise WrongStatus("This control has been ended already")


def require_proposed(transfer: Transfer) -> None:
    """Raises WrongStatus, saying who answered it and when, once a transfer waits no more."""
    if not transfer.is_proposed:
        raise WrongStatus(
            f"This was {transfer.get_status_display().lower()} by {transfer.decided_by} on {day(transfer.decided_at)}"
        )


def move_link(link: RiskLink, status: LinkStatus) -> None:
    """Change the status of a locked link. Raises WrongStatus, saying what became of it."""
    if status not in LINK_TRANSITIONS[link.status]:
        since = link.ended_at or link.accepted_at
        raise WrongStatus(f"This link was {link.get_status_display().lower()} on {day(since)}")
    link.status = status


def require_standing(link: RiskLink) -> None:
    """Raises WrongStatus once a link, or the proposal of one, has ended."""
    if not link.is_standing:
        raise WrongStatus(f"This link was {link.get_status_display().lower()} on {day(link.ended_at)}")


def require_awaited(link: RiskLink, organisation: Organisation) -> None:
    """Raises WrongStatus once a proposed link stands or has ended, or the organisation has accepted it."""
    if not link.is_proposed:
        raise WrongStatus(
            f"This link was {link.get_status_display().lower()} on {day(link.ended_at or link.accepted_at)}"
        )
    if organisation.pk not in link.awaited:
        raise WrongStatus("You have accepted this link; it waits for the other organisation")


def require_unanswered(involvement: Involvement) -> None:
    """Raises WrongStatus before the question is asked, and once it has been answered."""
    if involvement.asked_at is None:
        raise WrongStatus("This has not been asked yet: the risk is a draft")
    if involvement.is_answered:
        raise WrongStatus(f"This was answered by {involvement.answered_by} on {day(involvement.answered_at)}")


def require_dismissed(is_dismissed: bool) -> None:
    """Raises WrongStatus for a pair that was not dismissed, or has been put back already."""
    if not is_dismissed:
        raise WrongStatus("These two risks are among the likely pairs already")


def require_asked(introduction: Introduction) -> None:
    """Raises WrongStatus once a request to be introduced waits no more."""
    if not introduction.is_open:
        raise WrongStatus(
            f"This request was answered: {introduction.get_status_display().lower()} on {day(introduction.ended_at)}"
        )
