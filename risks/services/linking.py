"""Links between risks: proposed with a reason, accepted or declined by those who own them, withdrawn by either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from deadlines.models import Urgency
from notifications.models import Kind as Told
from notifications.services import notify_safety_leads
from risks import lifecycle, permissions, references, sharing
from risks.models import LinkConsent, LinkStatus, Risk, RiskLink, Status
from risks.services.checking import required
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.words import day

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation

# One answer for all of these, so that nobody learns which it was.
NO_SUCH_RISK = (
    "There is no open risk with this reference that you can see and that this risk can be linked with. "
    "It cannot be this risk itself, one that is linked with it already, or one of a closed organisation"
)
WHY_LINKED = "Enter why these risks belong together"


@transaction.atomic
def propose_link(
    *,
    risk: Risk,
    to: str,
    kind: str,
    reason: str,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> RiskLink:
    """Say how a risk relates to another, given by its reference ("PSR-000123" or "123").

    Between two risks of the actor's own organisation the link stands at once; otherwise it stands once every other
    owner has accepted it, and until then their clocks run.
    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    other = find_other(risk, to, by)
    personal_data.screen(checked=personal_data_checked, reason=reason)
    return relate(risk, other, kind=kind, reason=reason, by=by, now=now)


def find_other(risk: Risk, reference: str, by: Actor, field: str = "to") -> Risk:
    """The risk that is meant, as far as the actor sees it. Raises ValidationError for `field`."""
    said = references.in_full(reference) or reference.strip()
    found = Risk.objects.visible_to(by).filter(reference=said, status=Status.OPEN, organisation__closed_on=None)
    other = found.exclude(pk=risk.pk).first()
    if other is None or RiskLink.objects.between(risk, other).standing().exists():
        raise ValidationError({field: NO_SUCH_RISK})
    return other


def relate(risk: Risk, other: Risk, *, kind: str, reason: str, by: Actor, now: datetime) -> RiskLink:
    """Propose a link between two risks that the actor sees, or make it where both are the actor's own."""
    risk, other = lifecycle.lock_all(risk, other)
    _require_proposable(risk, by)
    if RiskLink.objects.between(risk, other).standing().exists():  # somebody was quicker
        raise ValidationError({"to": NO_SUCH_RISK})
    link = _new(risk, other, kind, reason, by, now)
    _refuse_repeated(link, by)
    link.save()
    for owner, side in _to_be_asked(link, by):
        _ask(link, owner, side, now)
    if link.awaited:
        _record("propose_link", link, "proposed a link", link.get_kind_display().lower(), by, now)
    else:
        _let_stand(link, by, now)
    return link


def relate_by_consent(risk: Risk, other: Risk, *, kind: str, reason: str, by: Actor, now: datetime) -> RiskLink:
    """Link two locked risks whose owners have both said so: one by asking, the other by answering."""
    link = RiskLink.objects.between(risk, other).standing().select_related(*sharing.SIDES).first()
    if link is None:
        link = _new(risk, other, kind, reason, by, now)
    if not link.is_accepted:
        link.save()
        for consent in link.consents.filter(given_at=None):
            deadlines.stop(subject=consent, now=now)
            consent.given_at, consent.given_by = now, by.user
            consent.save()
        _let_stand(link, by, now)
    return link


def _new(risk: Risk, other: Risk, kind: str, reason: str, by: Actor, now: datetime) -> RiskLink:
    link = RiskLink(
        from_risk=risk,
        to_risk=other,
        kind=kind,
        reason=required("reason", reason, WHY_LINKED),
        proposed_by=by.organisation,
        created_at=now,
        created_by=by.user,
    )
    link.full_clean(exclude=["ended_by", "ended_for"])
    return link


def _require_proposable(risk: Risk, by: Actor) -> None:
    """Permission and moment, asked of the locked risk. A body above the providers proposes between what it sees."""
    if not permissions.can_propose_link(by, risk):
        raise PermissionDenied
    if not Risk.objects.visible_to(by).filter(pk=risk.pk).exists():
        raise PermissionDenied
    lifecycle.require_open(risk)


def _refuse_repeated(link: RiskLink, by: Actor) -> None:
    """A link that was declined may be proposed again, but only with something new to say."""
    between = RiskLink.objects.visible_to(by).between(link.from_risk, link.to_risk)
    for before in between.filter(status=LinkStatus.DECLINED):
        if _plain(before.reason) == _plain(link.reason):
            raise ValidationError(
                {"reason": f"This was declined on {day(before.ended_at)}. Propose it again only with a new reason"}
            )


def _plain(text: str) -> str:
    """Without what makes no difference to a reader."""
    return " ".join("".join(one if one.isalnum() else " " for one in text.casefold()).split())


def _to_be_asked(link: RiskLink, by: Actor) -> list[tuple[Organisation, Risk]]:
    """Each owner but whoever proposes it, with their own risk of the two."""
    owners = {side.organisation: side for side in (link.to_risk, link.from_risk)}
    owners.pop(by.organisation, None)
    return sorted(owners.items(), key=lambda owner: owner[0].name)


def _ask(link: RiskLink, owner: Organisation, side: Risk, now: datetime) -> None:
    consent = LinkConsent.objects.create(link=link, organisation=owner, risk=side)
    deadlines.start(
        kind=DeadlineKind.LINK,
        subject=consent,
        owed_by=owner,
        owed_to=link.proposed_by,
        urgency=Urgency.ANY,
        reference=side.reference,
        path=link.path,
        now=now,
    )


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
        _record("accept_link", link, "agreed to the link", "the other organisation has yet to", by, now)
    else:
        _let_stand(link, by, now)
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
    _record("decline_link", link, "declined the link", why, by, now)
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
    _record("withdraw_link", link, did, link.ended_why, by, now)
    return link


def withdraw_proposed(risk: Risk, why: str, by: Actor, now: datetime) -> None:
    """End every proposal that still waits on a locked risk: what it was asked for has changed."""
    for link in RiskLink.objects.of_risk(risk).filter(status=LinkStatus.PROPOSED).select_related(*sharing.SIDES):
        _end(link, LinkStatus.WITHDRAWN, why, by, now)
        _record("withdraw_link", link, "withdrew the proposed link", why, by, now)


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


def _let_stand(link: RiskLink, by: Actor, now: datetime) -> None:
    lifecycle.move_link(link, LinkStatus.ACCEPTED)
    link.accepted_at = now
    link.save()
    sharing.refresh_links(link.from_risk, now)
    sharing.refresh_links(link.to_risk, now)
    _record("link", link, "made a link", link.get_kind_display().lower(), by, now)


def _end(link: RiskLink, status: LinkStatus, why: str, by: Actor, now: datetime) -> None:
    lifecycle.move_link(link, status)
    link.ended_at, link.ended_by, link.ended_for, link.ended_why = now, by.user, by.organisation, why
    link.save()
    for consent in link.consents.all():
        deadlines.stop(subject=consent, now=now)
    sharing.refresh_links(link.from_risk, now)
    sharing.refresh_links(link.to_risk, now)


def _record(verb: str, link: RiskLink, did: str, said: str, by: Actor, now: datetime) -> None:
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
    )
