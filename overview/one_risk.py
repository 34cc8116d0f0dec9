"""Everything about one risk, gathered for a reader: all of it, or the part that an involved organisation reads.

What a part reader may not read is never asked of the database, so no page can show it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from deadlines.models import Deadline
from deadlines.wording import Clock, clocks
from overview import alike, belonging, chains, history, positions, things_to_do
from overview.trend import trend_of
from risks import lfpse, permissions, scoring
from risks.models import FULL_BASES, Risk, RiskShare, Score, ScoreKind, TransferStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from accounts.models import Organisation

Found = dict[str, Any]
SERVICES = dict(lfpse.SERVICES)


def seen_in_part(risk: Risk, actor: Actor, now: datetime) -> Found:
    """The title, cause, event, effect, scores and controls, why this organisation sees them, and what it was asked."""
    shares = RiskShare.objects.live().filter(risk=risk, organisation=actor.organisation)
    return {
        "risk": risk,
        "shares": shares.order_by("granted_at", "pk"),
        "position": belonging.own_position(risk, actor, now),
        "links": belonging.links_of(risk, actor, now),
        "positions": positions.on(risk, actor, now, reads_all=False),
        **_judged(risk, now),
        **_controls(risk),
        "alike": alike.of_risk(risk, actor),
    }


def seen_in_full(risk: Risk, actor: Actor, now: datetime) -> Found:
    owed = _clocks_by_subject(risk, now)
    transfers = _transfers(risk, actor, owed)
    chains_found = chains.of_risk(risk, actor, owed)
    like_it = alike.of_risk(risk, actor)
    introductions = belonging.introductions_on(risk, actor, now)
    is_introduced = any(introduction.is_open for introduction, _ in introductions)
    return {
        "risk": risk,
        "services": [SERVICES[code] for code in risk.services],
        "review": next(iter(owed[risk.pk]), None),
        **_judged(risk, now),
        **_controls(risk),
        "actions": _actions(risk, actor, owed),
        "positions": positions.on(risk, actor, now, reads_all=True),
        "comments": risk.comments.select_related("created_by", "organisation").oldest_first(),
        "named": belonging.positions_on(risk, actor, now),
        "links": belonging.links_of(risk, actor, now),
        "introductions": introductions,
        "readers": _readers(risk),
        "transfers": transfers,
        "chains": chains_found,
        "alike": like_it,
        "history": history.of_risk(risk, actor),
        "can": things_to_do.on(
            risk,
            actor,
            chains_found,
            has_transfer=bool(transfers),
            may_be_introduced=bool(like_it.unseen) and not is_introduced,
        ),
    }


def _clocks_by_subject(risk: Risk, now: datetime) -> dict[UUID, list[Clock]]:
    """Whatever is owed on the risk, by what it is about: the risk, an action, a transfer, an escalation."""
    live = Deadline.objects.live().about(risk.reference).select_related("owed_by", "owed_to", "holder")
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in clocks(live.most_pressing_first(), now):
        found[clock.deadline.subject_id].append(clock)
    return found


def _judged(risk: Risk, now: datetime) -> Found:
    """The scores: all of them, the last of each kind for the matrix, and how they went."""
    history = list(risk.scores.select_related("created_by").order_by("created_at", "kind", "pk"))
    last = {score.kind: score for score in history}
    return {
        "scoring": scoring,
        "scores": list(reversed(history)),
        "marks": [last[kind] for kind in ScoreKind if kind in last] or _as_drafted(risk),
        "trend": trend_of(history, now),
    }


def _as_drafted(risk: Risk) -> list[Score]:
    """A draft has no score yet, but may say how it would be scored."""
    if not (risk.likelihood and risk.consequence):
        return []
    return [Score(kind=ScoreKind.INITIAL, likelihood=risk.likelihood, consequence=risk.consequence)]


def _controls(risk: Risk) -> Found:
    controls = list(risk.controls.select_related("created_by").oldest_first())
    return {
        "controls": [control for control in controls if control.ended_at is None],
        "ended_controls": [control for control in controls if control.ended_at],
    }


def _actions(risk: Risk, actor: Actor, owed: dict[UUID, list[Clock]]) -> list[Found]:
    """What is to be done first, by due date, then what was done or dropped."""
    actions = risk.actions.select_related("owner", "organisation").order_by("due_on", "created_at", "pk")
    rows = [
        {
            "action": action,
            "clock": next(iter(owed[action.pk]), None),
            "is_yours": action.is_live and permissions.can_complete_action(actor, action),
        }
        for action in actions
    ]
    return sorted(rows, key=lambda row: not row["action"].is_live)


def _transfers(risk: Risk, actor: Actor, owed: dict[UUID, list[Clock]]) -> list[Found]:
    """The transfer that waits for an answer, if one does."""
    waiting = risk.transfers.filter(status=TransferStatus.PROPOSED)
    return [
        {
            "transfer": transfer,
            "clock": next(iter(owed[transfer.pk]), None),
            "may_decide": permissions.can_decide_transfer(actor, transfer),
            "may_withdraw": permissions.can_withdraw_transfer(actor, transfer),
        }
        for transfer in waiting.select_related("from_organisation", "to_organisation", "created_by")
    ]


def _readers(risk: Risk) -> list[Found]:
    """Each organisation that can see the risk, with every reason why and since when."""
    shares = RiskShare.objects.live().filter(risk=risk).select_related("organisation").order_by("granted_at", "pk")
    by_organisation: dict[Organisation, list[RiskShare]] = defaultdict(list)
    for share in shares:
        by_organisation[share.organisation].append(share)
    return [
        {
            "organisation": organisation,
            "reasons": [share.get_basis_display() for share in held],
            "since": held[0].granted_at,
            "reads_all": any(share.basis in FULL_BASES for share in held),
        }
        for organisation, held in by_organisation.items()
    ]
