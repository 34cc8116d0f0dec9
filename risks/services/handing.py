"""Handing a risk, or all that a leaver holds, to another member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, require_member
from deadlines import services as deadlines
from risks import lifecycle, permissions, telling
from risks.models import Action, PartQuerySet, Risk, RiskQuerySet, Status
from risks.services.beginning import lock_for
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation, User


@transaction.atomic
def hand_over_risk(*, risk: Risk, to: User, by: Actor, now: datetime, is_told_later: bool = False) -> Risk:
    """Give a risk (also a draft) to another member of its organisation.

    With `is_told_later` the caller tells them once of all that it gives to them (`telling.tell_given_all`).
    Raises PermissionDenied, ValidationError, WrongStatus.
    """
    risk = lock_for(by, risk, permissions.can_hand_over_risk)
    lifecycle.require_not_closed(risk)
    return _give(risk, to, by=by, now=now, is_told_later=is_told_later)


def _give(risk: Risk, to: User, *, by: Actor, now: datetime, is_told_later: bool = False) -> Risk:
    require_member(to, risk.organisation, field="to", roles=HOLDERS_OF_RISKS)
    before = risk.owner
    if before.pk == to.pk:
        return risk
    risk.owner = to
    risk.updated_at = now
    risk.version += 1
    risk.save()
    deadlines.rename_holder(reference=risk.reference, organisation=risk.organisation, of=before, to=to)
    record(
        "hand_over_risk",
        risk,
        f"handed the risk over from {before.name} to {to.name}",
        by=by,
        now=now,
        reference=risk.reference,
        details={"owner": [str(before.pk), str(to.pk)]},
    )
    if not is_told_later:
        telling.tell_given(risk, to, "this risk", now, by=by.user)
    return risk


class OwnedRisks:
    """The risks and drafts that a member owns."""

    name = "risks they own"
    roles = HOLDERS_OF_RISKS

    def held_by(self, user: User, organisation: Organisation) -> list[tuple[str, str]]:
        held = self.behind(user, organisation)
        return [(risk.reference, risk.path) for risk in held.order_by("reference")]

    def behind(self, user: User, organisation: Organisation) -> RiskQuerySet:
        return Risk.objects.filter(owner=user, organisation=organisation).exclude(status=Status.CLOSED)

    def hand_over(self, *, organisation: Organisation, of: User, to: User, by: Actor, now: datetime) -> int:
        held = self.behind(of, organisation).order_by("pk")
        for risk in held:
            _give(lifecycle.lock(risk), to, by=by, now=now)
        return len(held)


class OwnedActions:
    """The actions that are a member's to do."""

    name = "actions they are to do"
    roles = HOLDERS_OF_RISKS

    def held_by(self, user: User, organisation: Organisation) -> list[tuple[str, str]]:
        held = self._actions(user, organisation).select_related("risk").order_by("risk__reference", "pk")
        return [(action.risk.reference, action.risk.path) for action in held]

    def behind(self, user: User, organisation: Organisation) -> RiskQuerySet:
        return Risk.objects.filter(pk__in=self._actions(user, organisation).values("risk"))

    def hand_over(self, *, organisation: Organisation, of: User, to: User, by: Actor, now: datetime) -> int:
        require_member(to, organisation, field="to", roles=HOLDERS_OF_RISKS)
        held = list(self._actions(of, organisation).select_related("risk__organisation").order_by("pk"))
        for action in held:
            action.owner = to
            action.save(update_fields=["owner"])
            deadlines.give_to(subject=action, holder=to)
            summary = f"gave an action of {of.name} to {to.name}"
            record("give_action_to", action, summary, by=by, now=now, reference=action.risk.reference)
            telling.tell_given(action.risk, to, "an action", now, by=by.user)
        return len(held)

    @staticmethod
    def _actions(user: User, organisation: Organisation) -> PartQuerySet[Action]:
        return Action.objects.filter(owner=user, organisation=organisation, done_at=None, dropped_at=None)
