"""Every promise of the register, broken on purpose and found; and kept by what the services do."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Client, Membership, Organisation, Role
from deadlines.models import Deadline, Kind
from deadlines.sweeping import sweep
from escalations import services as escalations
from escalations.models import Escalation, Feedback, Step
from escalations.models import Status as Hop
from overview import invariants
from overview.invariants.escalations import CLOCKS
from risks import services as risks
from risks.models import Action, Basis, Involvement, Risk, RiskShare, Score, Transfer
from safetyreg.audit.models import AuditEvent
from tests import clients
from tests.factories import NOW
from tests.overview import spoiling_belonging, spoiling_webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ladder import Ladder

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def register(ladder: Ladder) -> Ladder:
    """A register with something of everything: an answered chain of two hops, a link, a transfer, drafts, an end."""
    lead, icb, region = (ladder.actor(body) for body in (ladder.provider, ladder.icb, ladder.region))
    risk = ladder.risk(lead, involved=[ladder.neighbour])
    risks.add_action(risk=risk, text="Send the letters", owner=lead.user, due_on=NOW.date(), by=lead, now=NOW)
    hop = escalations.escalate_risk(risk=risk, reason="It is not ours alone", ask="Act", by=lead, now=NOW)
    upper = escalations.escalate_on(escalation=hop, reason="Nor ours", ask="Act", by=icb, now=LATER)
    escalations.answer(escalation=upper, outcome="ADVICE", text="Do this", by=region, now=LATER + timedelta(minutes=1))
    neighbour = ladder.actor(ladder.neighbour)
    own = ladder.risk(neighbour, title="The same hazard, next door")
    named = risk.involvements.get()
    risks.answer_with_own_risk(involvement=named, own_risk=own.reference, by=neighbour, now=NOW)
    asked = ladder.risk(lead, title="Beds are short")
    risks.propose_transfer(risk=asked, to=ladder.neighbour, reason="Theirs", by=lead, now=NOW)
    risks.save_draft(fields={"title": "A draft"}, by=lead, now=NOW)
    ended = ladder.risk(lead, title="It is over")
    risks.close_risk(risk=ended, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    clients.of(ladder.provider)
    return ladder


def broken() -> dict[str, list[str]]:
    return {found.promise: found.rows for found in invariants.check(LATER)}


def test_a_register_in_use_keeps_every_promise(register: Ladder) -> None:
    assert broken() == {}


def escalated() -> Risk:
    return Risk.objects.filter(escalations__isnull=False).distinct().get()


def lower() -> Escalation:
    return Escalation.objects.get(previous=None)


def upper() -> Escalation:
    return Escalation.objects.exclude(previous=None).get()


def end_every_membership_of_the_owner() -> None:
    Membership.objects.filter(user=escalated().owner).update(ended_at=LATER)


def make_the_owner_a_viewer() -> None:
    Membership.objects.filter(user=escalated().owner).update(role=Role.VIEWER)


def make_the_handler_a_reporter() -> None:
    Membership.objects.filter(user=lower().handler).update(role=Role.REPORTER)


def end_the_membership_of_whoever_answers_for_a_client() -> None:
    Membership.objects.filter(user=Client.objects.get().responsible).update(ended_at=LATER)


def stop_the_clock_of_the_answer() -> None:
    Deadline.objects.filter(kind=Kind.ANSWER).update(cancelled_at=LATER, next_at=None)


def pause_a_clock_that_should_run() -> None:
    Deadline.objects.filter(kind=Kind.CONFIRM).update(paused_at=LATER, next_at=None)


def put_an_escalation_where_its_clocks_do_not_belong() -> None:
    Escalation.objects.filter(pk=lower().pk).update(status=Hop.ACKNOWLEDGED)


def owe_it_to_the_wrong_side() -> None:
    confirm = Deadline.objects.get(kind=Kind.CONFIRM)
    Deadline.objects.filter(pk=confirm.pk).update(owed_by=confirm.owed_to, owed_to=confirm.owed_by, holder=None)


def lose_the_next_moment() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE deadlines_deadline DROP CONSTRAINT deadline_running_has_a_next")
    Deadline.objects.filter(kind=Kind.CONFIRM).update(next_at=None)


def fail_in_the_sweep() -> None:
    Deadline.objects.live().update(failures=1)


def forget_to_sweep() -> None:
    Deadline.objects.filter(kind=Kind.CONFIRM).update(next_at=LATER - timedelta(minutes=6))


def let_it_be_late_unseen() -> None:
    Deadline.objects.filter(kind=Kind.CONFIRM).update(starts_at=NOW - timedelta(days=2), due_at=NOW - timedelta(days=1))


def owe_something_on_a_closed_risk() -> None:
    ended = Risk.objects.get(status="CLOSED")
    Deadline.objects.filter(kind=Kind.REVIEW, risk_reference=ended.reference).update(cancelled_at=None, next_at=NOW)


def stop_owing_a_review() -> None:
    Deadline.objects.filter(kind=Kind.REVIEW, cancelled_at=None).update(cancelled_at=LATER, next_at=None)


def stop_owing_an_action() -> None:
    Deadline.objects.filter(kind=Kind.ACTION).update(cancelled_at=LATER, next_at=None)


def give_an_action_to_another_body() -> None:
    Action.objects.update(organisation=Organisation.objects.get(name="Test Neighbour Hospital"))


def close_the_organisation() -> None:
    Organisation.objects.filter(pk=escalated().organisation_id).update(closed_on=NOW.date())


def take_the_owners_share_away() -> None:
    RiskShare.objects.filter(risk=escalated(), basis=Basis.OWNER).update(revoked_at=LATER)


def share_it_as_an_owner_with_another() -> None:
    _share(Basis.OWNER)


def _share(basis: Basis, risk: Risk | None = None) -> None:
    other = Organisation.objects.get(name="Test Other ICB")
    RiskShare.objects.create(risk=risk or escalated(), organisation=other, basis=basis, granted_at=LATER)


def share_it_for_involvement() -> None:
    _share(Basis.INVOLVEMENT)


def share_it_for_an_escalation() -> None:
    _share(Basis.ESCALATION)


def share_it_for_a_transfer() -> None:
    _share(Basis.TRANSFER)


def share_it_for_a_link() -> None:
    _share(Basis.LINK)


def say_that_the_involved_is_not_affected() -> None:
    """And leave it the share that it loses by saying so."""
    Involvement.objects.update(position="NOT_AFFECTED", own_risk=None, words="It is not ours")


def share_it_for_oversight() -> None:
    _share(Basis.OVERSIGHT)


def share_a_draft() -> None:
    draft = Risk.objects.get(status="DRAFT")
    RiskShare.objects.create(
        risk=draft, organisation=draft.organisation.parent, basis=Basis.OVERSIGHT, granted_at=LATER
    )


def hide_it_from(basis: Basis) -> None:
    RiskShare.objects.filter(basis=basis).update(revoked_at=LATER)


def hide_it_from_the_involved() -> None:
    hide_it_from(Basis.INVOLVEMENT)


def hide_it_from_one_side_of_a_link() -> None:
    RiskShare.objects.filter(basis=Basis.LINK, risk=escalated()).update(revoked_at=LATER)


def hide_it_from_the_other_side_of_a_link() -> None:
    RiskShare.objects.filter(basis=Basis.LINK).exclude(risk=escalated()).update(revoked_at=LATER)


def hide_it_from_the_body_asked() -> None:
    hide_it_from(Basis.ESCALATION)


def hide_it_from_the_one_to_take_it_over() -> None:
    hide_it_from(Basis.TRANSFER)


def hide_it_from_its_icb() -> None:
    hide_it_from(Basis.OVERSIGHT)


def involve_a_body_whose_icb_sees_nothing() -> None:
    other = Organisation.objects.get(name="Test Other ICB")
    far = Organisation.objects.create(ods_code="FAR", name="Far", level="PROVIDER", kind="NHS_TRUST", parent=other)
    risk = escalated()
    Involvement.objects.create(risk=risk, organisation=far, created_at=NOW, created_by=risk.owner)
    RiskShare.objects.create(risk=risk, organisation=far, basis=Basis.INVOLVEMENT, granted_at=NOW)


def hide_the_answer_from_the_icb() -> None:
    RiskShare.objects.filter(organisation=lower().to_organisation, risk=escalated()).update(revoked_at=LATER)


def change_a_status_without_a_step() -> None:
    Escalation.objects.filter(pk=upper().pk).update(status=Hop.CLOSED, ended_at=LATER)


def lose_a_step() -> None:
    with pgtrigger.ignore():
        Step.objects.filter(escalation=lower(), verb="ACKNOWLEDGE").delete()


def lose_the_audit_of_a_step() -> None:
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb="answer").delete()


def lose_the_audit_of_logging() -> None:
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb="log_risk").delete()


def lose_the_audit_of_closing() -> None:
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb="close_risk").delete()


def answer_without_a_step() -> None:
    Feedback.objects.create(escalation=lower(), kind="UPDATE", text="Unseen", given_by=lower().handler, given_at=LATER)


def score_without_saying_so() -> None:
    Risk.objects.filter(pk=escalated().pk).update(likelihood=5, consequence=5)


def add_a_score_by_itself() -> None:
    risk = escalated()
    Score.objects.create(
        risk=risk, kind="CURRENT", likelihood=1, consequence=1, created_at=LATER, created_by=risk.owner
    )


BROKEN: list[tuple[Callable[[], None], str]] = [
    (end_every_membership_of_the_owner, "Every open risk and every draft has an owner who can hold it"),
    (make_the_owner_a_viewer, "Every open risk and every draft has an owner who can hold it"),
    (make_the_owner_a_viewer, "Every action to be done has an owner who can hold it"),
    (
        end_the_membership_of_whoever_answers_for_a_client,
        "Somebody who can own what it logs answers for every API client",
    ),
    (end_every_membership_of_the_owner, "Whoever is named for something owed works for the body that owes it"),
    (make_the_handler_a_reporter, "Every acknowledged escalation has a handler at the body asked"),
    (stop_the_clock_of_the_answer, "On every escalation runs just what its status demands"),
    (pause_a_clock_that_should_run, "On every escalation runs just what its status demands"),
    (put_an_escalation_where_its_clocks_do_not_belong, "On every escalation runs just what its status demands"),
    (owe_it_to_the_wrong_side, "What is owed on an escalation is owed by the side whose turn it is"),
    (lose_the_next_moment, "Every running deadline has a next thing to do"),
    (forget_to_sweep, "No deadline waits for a sweep"),
    (fail_in_the_sweep, "No deadline is swept in vain"),
    (let_it_be_late_unseen, "Nothing is overdue without being marked so"),
    (owe_something_on_a_closed_risk, "Nothing is owed on a risk that is not open"),
    (stop_owing_a_review, "A review of every open risk is owed"),
    (stop_owing_an_action, "Every action to be done is owed"),
    (give_an_action_to_another_body, "Every action to be done is its risk's organisation's"),
    (close_the_organisation, "No closed organisation holds an open risk or owes anything"),
    (take_the_owners_share_away, "Every risk has one owning organisation, which sees it"),
    (share_it_as_an_owner_with_another, "Every risk has one owning organisation, which sees it"),
    (share_it_for_involvement, "Every share has a reason"),
    (share_it_for_an_escalation, "Every share has a reason"),
    (share_it_for_a_transfer, "Every share has a reason"),
    (share_it_for_a_link, "Every share has a reason"),
    (say_that_the_involved_is_not_affected, "Every share has a reason"),
    (share_it_for_oversight, "Every share has a reason"),
    (share_a_draft, "Every share has a reason"),
    (hide_it_from_the_involved, "Whoever has a reason to see a risk sees it"),
    (hide_it_from_one_side_of_a_link, "Whoever has a reason to see a risk sees it"),
    (hide_it_from_the_other_side_of_a_link, "Whoever has a reason to see a risk sees it"),
    (hide_it_from_the_body_asked, "Whoever has a reason to see a risk sees it"),
    (hide_it_from_the_one_to_take_it_over, "Whoever has a reason to see a risk sees it"),
    (hide_it_from_its_icb, "Whoever has a reason to see a risk sees it"),
    (involve_a_body_whose_icb_sees_nothing, "Whoever has a reason to see a risk sees it"),
    (hide_the_answer_from_the_icb, "Everybody below on a chain reads what is answered above"),
    (change_a_status_without_a_step, "Every step of an escalation follows from the one before"),
    (lose_a_step, "Every step of an escalation follows from the one before"),
    (lose_the_audit_of_a_step, "Every step of an escalation has an audit event"),
    (lose_the_audit_of_logging, "Every risk logged or closed has an audit event"),
    (lose_the_audit_of_closing, "Every risk logged or closed has an audit event"),
    (answer_without_a_step, "Every update and answer is a step of its escalation"),
    (score_without_saying_so, "Every risk stands at its last score"),
    (add_a_score_by_itself, "Every risk stands at its last score"),
]


def test_a_broken_promise_is_found(register: Ladder, subtests: pytest.Subtests) -> None:
    for spoil, promise in [*BROKEN, *spoiling_webhooks.BROKEN]:
        with subtests.test(spoil.__name__), undone():
            spoil()
            assert promise in broken()


@pytest.fixture
def related(ladder: Ladder) -> Ladder:
    """A register in which risks belong together."""
    spoiling_belonging.relate(ladder)
    return ladder


def test_a_register_in_which_risks_belong_together_keeps_every_promise(related: Ladder) -> None:
    assert broken() == {}


def test_a_broken_promise_about_what_belongs_together_is_found(related: Ladder, subtests: pytest.Subtests) -> None:
    for spoil, promise in spoiling_belonging.BROKEN:
        with subtests.test(f"{spoil.__name__}: {promise}"), undone():
            spoil()
            assert promise in broken()


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_promise_is_broken_by_some_test() -> None:
    assert {promise for _, promise in [*BROKEN, *spoiling_belonging.BROKEN, *spoiling_webhooks.BROKEN]} == {
        promise.words for promise in invariants.PROMISES
    }


def test_every_status_of_an_escalation_has_its_clocks() -> None:
    assert {status for status, _ in CLOCKS} == set(Hop)


def test_only_what_needs_a_reason_is_asked_for_one(register: Ladder) -> None:
    """A transfer that was declined leaves no share behind, and so nothing to complain of."""
    transfer = Transfer.objects.get()
    lead = register.actor(register.neighbour)
    risks.decline_transfer(transfer=transfer, why="Not ours", by=lead, now=LATER)
    assert broken() == {}


def test_the_command_says_that_all_is_well(register: Ladder, capsys: pytest.CaptureFixture[str]) -> None:
    sweep(now=timezone.now())
    call_command("check_register")
    assert "keeps its" in capsys.readouterr().out


def test_the_command_lists_what_is_broken_and_exits_with_1(
    register: Ladder, capsys: pytest.CaptureFixture[str]
) -> None:
    make_the_owner_a_viewer()
    with pytest.raises(SystemExit) as stopped:
        call_command("check_register")
    said = capsys.readouterr().err
    assert stopped.value.code == 1
    assert "Not so: Every open risk and every draft has an owner who can hold it" in said
    assert f"{escalated().reference}: {escalated().owner.name} owns it" in said


def test_the_command_does_not_list_thousands(register: Ladder, capsys: pytest.CaptureFixture[str]) -> None:
    lead = register.actor(register.provider)
    for number in range(21):
        register.risk(lead, title=f"Risk {number}")
    Membership.objects.filter(user=lead.user).update(ended_at=LATER)
    with pytest.raises(SystemExit):
        call_command("check_register")
    assert "  and 1 more\n" in capsys.readouterr().err
