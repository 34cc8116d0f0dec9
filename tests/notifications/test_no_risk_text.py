"""Whatever is done to a risk, no e-mail and no notification repeats a word that somebody wrote on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from accounts import services as accounts
from accounts.models import Organisation, Role
from deadlines.sweeping import sweep
from escalations import services as escalations
from notifications import delivery
from notifications.models import AT_ONCE, Kind, Notification, WebhookEndpoint, WebhookEvent
from notifications.webhooks.types import EventType
from overview.invariants import webhooks
from risks import services as risks
from tests.factories import NOW, UserFactory

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db
SECRET = "Zebra"  # stands in everything that anybody writes


def test_a_whole_story_is_told_by_reference_alone(ladder: Ladder) -> None:
    leads = [ladder.provider, ladder.neighbour, ladder.icb, ladder.region]
    provider, neighbour, icb, region = (ladder.actor(organisation) for organisation in leads)
    reporter = ladder.actor(ladder.provider, Role.REPORTER)
    second = ladder.actor(ladder.provider)
    ladder.other_icb.duty_email = "duty@icb.example"
    ladder.other_icb.save()
    for listening in Organisation.objects.all():
        _listens(listening)

    written = {name: f"{SECRET} {name} written here" for name in ("title", "cause", "event", "effect")}
    risk = ladder.risk(reporter, other_bodies=f"{SECRET} practice", external_reference=SECRET, **written)
    say = {"by": provider, "now": NOW}
    risks.add_comment(risk=risk, text=f"{SECRET} comment", **say)
    control = risks.add_control(risk=risk, text=f"{SECRET} control", **say)
    risks.end_control(control=control, why=f"{SECRET} ended", **say)
    due_on = NOW.date() + timedelta(days=3)
    action = risks.add_action(risk=risk, text=f"{SECRET} action", owner=reporter.user, due_on=due_on, **say)
    risks.complete_action(action=action, words=f"{SECRET} done", **say)
    dropped = risks.add_action(risk=risk, text=f"{SECRET} other action", owner=reporter.user, due_on=due_on, **say)
    risks.give_action_to(action=dropped, owner=second.user, **say)
    risks.drop_action(action=dropped, why=f"{SECRET} dropped", **say)
    risks.score_risk(risk=risk, kind="CURRENT", likelihood=5, consequence=5, rationale=f"{SECRET} score", **say)
    risks.review_risk(risk=risk, words=f"{SECRET} review", **say)
    risks.involve(risk=risk, organisations=[ladder.neighbour], **say)
    risks.hand_over_risk(risk=risk, to=second.user, **say)
    transfer = risks.propose_transfer(risk=risk, to=ladder.neighbour, reason=f"{SECRET} transfer", **say)
    risks.decline_transfer(transfer=transfer, why=f"{SECRET} declined", by=neighbour, now=NOW)

    ask = {"reason": f"{SECRET} reason", "ask": f"{SECRET} ask"}
    hop = escalations.escalate_risk(risk=risk, **ask, **say)
    elsewhere = escalations.escalate_risk(risk=risk, to=ladder.other_icb, why_this_body=f"{SECRET} why", **ask, **say)
    escalations.acknowledge(escalation=hop, by=icb, now=NOW)
    escalations.request_information(escalation=hop, question=f"{SECRET} question", by=icb, now=NOW)
    escalations.give_information(escalation=hop, information=f"{SECRET} information", **say)
    escalations.accept(escalation=hop, plan=f"{SECRET} plan", by=icb, now=NOW)
    escalations.update(escalation=hop, text=f"{SECRET} update", by=icb, now=NOW)
    upper = escalations.escalate_on(escalation=hop, **ask, by=icb, now=NOW)
    escalations.answer(escalation=upper, outcome="ADVICE", text=f"{SECRET} answer", by=region, now=NOW)
    escalations.confirm(escalation=upper, text=f"{SECRET} helps", by=icb, now=NOW)
    escalations.answer(escalation=hop, outcome="ADVICE", text=f"{SECRET} passed on", by=icb, now=NOW)
    escalations.dispute(escalation=hop, why=f"{SECRET} dispute", **say)
    escalations.withdraw(escalation=elsewhere, why=f"{SECRET} withdrawn", **say)
    sweep(now=NOW + timedelta(days=60))
    leaving = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    accounts.end_membership(membership=second.membership, hand_to=provider.user, by=leaving, now=NOW)

    link = {"to": ladder.risk(icb).reference, "kind": "RELATED", "reason": f"{SECRET} link"}
    linked = risks.propose_link(risk=risk, **link, by=icb, now=NOW)
    risks.decline_link(link=linked, why=f"{SECRET} no link", **say)

    delivery.send(now=NOW + timedelta(days=61))
    _no_system_is_told_a_word()
    assert len(mail.outbox) > 20
    kinds = set(Notification.objects.values_list("kind", flat=True))
    assert kinds > AT_ONCE, f"the story tells of every kind that cannot wait, {set(Kind) - kinds} missing"
    for told in Notification.objects.all():
        assert " x " not in told.message, "no e-mail says how a risk was scored"
        assert SECRET not in told.message + told.reason + told.path + told.reference
    for email in mail.outbox:
        assert SECRET not in email.subject + email.body
        assert "http://127.0.0.1:8000/" in email.body


def _listens(organisation: Organisation) -> None:
    """A system of theirs is told everything."""
    WebhookEndpoint.objects.create(
        organisation=organisation,
        url="https://system.example/",
        description="A system",
        event_types=EventType.values,
        state="ACTIVE",
        created_at=NOW,
        activated_at=NOW,
        created_by=UserFactory(),
    )


def _no_system_is_told_a_word() -> None:
    """Of anything that was written, nor of a risk that its organisation has not seen."""
    told = set(WebhookEvent.objects.values_list("type", flat=True))
    not_in_this_story = {
        "deadline.warned", "involvement.asked", "involvement.answered", "link.withdrawn", "introduction.asked",
        "introduction.ended",
    }  # fmt: skip
    assert set(EventType.values) - told <= not_in_this_story
    for event in WebhookEvent.objects.all():
        assert SECRET not in event.body
        assert len(event.body) < 400
    assert list(webhooks.of_risks_never_seen(NOW)) == []
