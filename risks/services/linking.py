"""Linking risks: proposed with a reason, or made at once between those whose owners have said so already."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from deadlines.models import Urgency
from risks import lifecycle, permissions, references, sharing
from risks.models import LinkConsent, LinkStatus, Risk, RiskLink, Status
from risks.services.checking import required
from risks.services.consenting import let_stand, record_on_both
from safetyreg import personal_data
from safetyreg.words import day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import RiskQuerySet

# One answer for all of these, so that nobody learns which it was.
NO_SUCH_RISK = (
    "There is no open risk with this reference that you can see and that this risk can be linked with. "
    "It cannot be this risk itself, one that is linked with it already, or one of a closed organisation"
)
WHY_LINKED = "Enter why these risks belong together"


class RepeatedReason(ValidationError):
    """A link that was declined is proposed again with the reason that it was declined for."""


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
    other = _linkable(by).filter(reference=said).exclude(pk=risk.pk).first()
    if other is None or RiskLink.objects.between(risk, other).standing().exists():
        raise ValidationError({field: NO_SUCH_RISK})
    return other


def _linkable(by: Actor) -> RiskQuerySet:
    return Risk.objects.visible_to(by).filter(status=Status.OPEN, organisation__closed_on=None)


def relate(risk: Risk, other: Risk, *, kind: str, reason: str, by: Actor, now: datetime, field: str = "to") -> RiskLink:
    """Propose a link between two risks that the actor sees, or make it where both are the actor's own.

    Raises PermissionDenied, ValidationError (of the other risk, for `field`), WrongStatus.
    """
    risk, other = lifecycle.lock_all(risk, other)
    _require_proposable(risk, by)
    # Somebody may have been quicker: to link the two, to close the other, or to hide it from the actor.
    linked = RiskLink.objects.between(risk, other).standing()
    if linked.exists() or not _linkable(by).filter(pk=other.pk).exists():
        raise ValidationError({field: NO_SUCH_RISK})
    link = _new(risk, other, kind, reason, by, now)
    _refuse_repeated(link, by)
    link.save()
    for owner, side in _to_be_asked(link, by):
        _ask(link, owner, side, now)
    if link.awaited:
        record_on_both("propose_link", link, "proposed a link", link.get_kind_display().lower(), by, now)
    else:
        let_stand(link, by, now)
    return link


def relate_each(
    pairs: Sequence[tuple[Risk, Risk]], kind: str, reason: str, by: Actor, now: datetime, *, field: str = "to"
) -> list[RiskLink]:
    """Relate several pairs of locked risks: all or none. Of a reason that has been declined, it says for which risks.

    Raises PermissionDenied, ValidationError, WrongStatus.
    """
    made, repeated = [], []
    for risk, other in pairs:
        try:
            made.append(relate(risk, other, kind=kind, reason=reason, by=by, now=now, field=field))
        except RepeatedReason as error:
            repeated.append(f"{risk.reference} and {other.reference}: {error.messages[0]}")
    if repeated:
        raise ValidationError({"reason": repeated})
    return made


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
        let_stand(link, by, now)
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
            declined = f"This was declined on {day(before.ended_at)}. Propose it again only with a new reason"
            raise RepeatedReason({"reason": declined})


def _plain(text: str) -> str:
    """The letters and digits alone: the rest makes no difference to a reader."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if one.isalnum())


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
