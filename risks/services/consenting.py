"""What becomes of a link: accepted or declined by those who own its risks, withdrawn by either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from notifications.models import Kind as Told
from notifications.services import notify_safety_leads
from notifications.webhooks.types import EventType
from risks import lifecycle, permissions, sharing
from risks.models import LinkStatus, Risk, RiskLink
from risks.services.checking import required
from safetyreg import personal_data
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation

# What the systems of those concerned are told, by the verb in the history.
EVENTS = {
    "propose_link": EventType.LINK_PROPOSED,
    "accept_link": EventType.LINK_ANSWERED,
    "link": EventType.LINK_ANSWERED,
    "decline_link": EventType.LINK_ANSWERED,
    "withdraw_link": EventType.LINK_WITHDRAWN,
}


@transaction.atomic
def accept_link(*, link: RiskLink, by: Actor, now: datetime) -> RiskLink:
    """Agree to a link. Once every owner has, each sees the other's risk, and none of its neighbours.

    Raises PermissionDenied, WrongStatus.
    """
    link = _locked(link)
    _require_answerable(link, by)
    for consent in link.consents.filter(organisation=by.organisation):
        consent.given_at, consent.given_by = now, by.user
        consent.save()
        deadlines.meet(subject=consent, kinds=[DeadlineKind.LINK], now=now)
    link = _again(link)
    if link.awaited:
        record_on_both("accept_link", link, "agreed to the link", "the other organisation has yet to", by, now)
    else:
        let_stand(link, by, now)
    return link


@transaction.atomic
def decline_link(
    *, link: RiskLink, why: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> RiskLink:
    """Say no, and why. It may be proposed again only with a new reason.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    link = _locked(link)
    _require_answerable(link, by)
    personal_data.screen(checked=personal_data_checked, why=why)
    why = required("why", why, "Enter why you decline it")
    for consent in link.consents.filter(organisation=by.organisation):
        deadlines.meet(subject=consent, kinds=[DeadlineKind.LINK], now=now)
    _end(link, LinkStatus.DECLINED, why, by, now)
    record_on_both("decline_link", link, "declined the link", why, by, now)
    return link


@transaction.atomic
def withdraw_link(
    *, link: RiskLink, why: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> RiskLink:
    """Take a link or a proposal back, and say why. Neither side sees the other's risk by it from the next request on.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    link = _locked(link)
    if not permissions.can_withdraw_link(by, link):
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, why=why)
    did = "withdrew the link" if link.is_accepted else "withdrew the proposed link"
    _end(link, LinkStatus.WITHDRAWN, required("why", why, "Enter why you withdraw it"), by, now)
    record_on_both("withdraw_link", link, did, link.ended_why, by, now)
    return link


def withdraw_proposed(risk: Risk, why: str, by: Actor, now: datetime) -> None:
    """End every proposal that still waits on a locked risk: what it was asked for has changed."""
    for link in RiskLink.objects.of_risk(risk).filter(status=LinkStatus.PROPOSED).select_related(*sharing.SIDES):
        _end(link, LinkStatus.WITHDRAWN, why, by, now)
        record_on_both("withdraw_link", link, "withdrew the proposed link", why, by, now)


def lock_with_linked(risk: Risk) -> tuple[Risk, list[Risk]]:
    """A risk and those it is linked with, all locked, since who sees which of them is about to change.

    Raises WrongStatus when it was linked with yet another while this waited.
    """
    wanted = _linked_with(risk)
    locked = lifecycle.lock_all(risk, *wanted)
    if {other.pk for other in _linked_with(risk)} != {other.pk for other in wanted}:
        raise lifecycle.WrongStatus(f"The links of {risk.reference} changed just now. Try again")
    return locked[0], locked[1:]


def _linked_with(risk: Risk) -> list[Risk]:
    links = RiskLink.objects.of_risk(risk).accepted().select_related(*sharing.SIDES).order_by("pk")
    return [link.other_than(risk) for link in links]


def _locked(link: RiskLink) -> RiskLink:
    lifecycle.lock_all(link.from_risk, link.to_risk)
    list(RiskLink.objects.select_for_update().filter(pk=link.pk).values_list("pk"))
    return _again(link)


def _again(link: RiskLink) -> RiskLink:
    return RiskLink.objects.select_related(*sharing.SIDES, "proposed_by").prefetch_related("consents").get(pk=link.pk)


def _require_answerable(link: RiskLink, by: Actor) -> None:
    if not permissions.can_answer_link(by, link):
        raise PermissionDenied
    lifecycle.require_awaited(link, by.organisation)


def let_stand(link: RiskLink, by: Actor, now: datetime) -> None:
    lifecycle.move_link(link, LinkStatus.ACCEPTED)
    link.accepted_at = now
    link.save()
    sharing.refresh_links(link.from_risk, now)
    sharing.refresh_links(link.to_risk, now)
    record_on_both("link", link, "made a link", link.get_kind_display().lower(), by, now)


def _end(link: RiskLink, status: LinkStatus, why: str, by: Actor, now: datetime) -> None:
    stood = link.is_accepted
    lifecycle.move_link(link, status)
    link.ended_at, link.ended_by, link.ended_for, link.ended_why = now, by.user, by.organisation, why
    link.save()
    for consent in link.consents.all():
        deadlines.stop(subject=consent, now=now)
    if stood:  # a proposal showed nobody anything
        sharing.refresh_links(link.from_risk, now)
        sharing.refresh_links(link.to_risk, now)


def record_on_both(verb: str, link: RiskLink, did: str, said: str, by: Actor, now: datetime) -> None:
    """In the history of both risks, and to everybody concerned.

    Neither is told the other's reference: whoever reads all of the one may not know of the other.
    """
    told = {by.organisation_id}
    for side in (link.from_risk, link.to_risk):
        what = f"{did} with a risk of {link.other_than(side).organisation.name}"
        record(verb, link, f"{what}: {said}" if said else what, by=by, now=now, reference=side.reference)
        if side.organisation_id not in told:
            told.add(side.organisation_id)
            _tell(link, side.organisation, side, f"{by.organisation.name} {what}", verb, now)
    if link.proposed_by_id not in told:
        whose = f"{link.from_risk.organisation.name} and {link.to_risk.organisation.name}"
        what = f"{by.organisation.name} {did} that you proposed between risks of {whose}"
        _tell(link, link.proposed_by, link.from_risk, what, verb, now)


def _tell(link: RiskLink, organisation: Organisation, side: Risk, message: str, moment: str, now: datetime) -> None:
    notify_safety_leads(
        organisation=organisation,
        kind=Told.STEP,
        message=f"{side.reference}: {message}",
        path=link.path,
        reference=side.reference,
        key=f"link:{link.pk}:{moment}:{now.isoformat()}",
        now=now,
        event=EVENTS[moment],
    )
