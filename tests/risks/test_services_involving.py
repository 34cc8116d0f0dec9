"""Other organisations named on a risk: each is asked for its position, and sees the risk while it is affected."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.changes import follow_move
from accounts.models import Role
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from deadlines.wording import clocks
from notifications.models import Notification
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import DEFAULT_QUESTION, Basis, Involvement, Risk, RiskLink
from risks.services.ending import StillOwed
from risks.services.involving import NotNamed
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import ConfirmationNeeded
from safetyreg.personal_data import LONGEST_TEXT
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS
from tests.risks.belonging import BORN, NHS_NUMBER, happened, involve, owed, sees, told

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def risk(ladder: Ladder, lead: Actor) -> Risk:
    return ladder.risk(lead, reach="1")


def test_naming_an_organisation_shows_it_the_risk_and_makes_it_cross_a_boundary(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    named = ladder.actor(ladder.neighbour)
    assert sees(ladder.icb, risk) == []
    involve(risk, lead, ladder.neighbour, ladder.neighbour)
    risk.refresh_from_db()
    assert risk.crosses_boundary
    assert sees(ladder.neighbour, risk) == [Basis.INVOLVEMENT]
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]
    assert risk.involvements.count() == 1
    assert risk.title not in Notification.objects.get(recipient=named.user).message


def test_an_organisation_is_named_once(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    involve(risk, lead, ladder.neighbour)
    with pytest.raises(ValidationError, match=f"{ladder.neighbour.name}: already named"):
        involve(risk, lead, ladder.neighbour)
    with pytest.raises(ValidationError, match="Enter an organisation"):
        involve(risk, lead)


def test_an_organisation_taken_off_sees_the_risk_no_more_nor_does_its_icb(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    across = OrganisationFactory(parent=ladder.other_icb)
    involve(risk, lead, across)
    assert sees(ladder.other_icb, risk) == [Basis.OVERSIGHT]
    involvement, same = risk.involvements.get(), risk.involvements.get()
    risks.stop_involving(involvement=involvement, by=lead, now=NOW)
    assert sees(across, risk) == sees(ladder.other_icb, risk) == []
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]  # what it has seen stays seen
    with pytest.raises(NotNamed, match=f"{across.name} has been taken off {risk.reference} already"):
        risks.stop_involving(involvement=same, by=lead, now=NOW)


def test_a_move_to_another_icb_stands_in_the_history_of_each_risk_whose_readers_it_changes(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    crossing, _quiet = ladder.risk(lead, reach="2"), ladder.risk(lead, reach="1")
    ladder.provider.parent = ladder.other_icb
    ladder.provider.save()
    follow_move(ladder.provider, NOW)
    assert sees(ladder.other_icb, crossing) == ["OVERSIGHT"]
    assert not sees(ladder.icb, crossing)
    events = AuditEvent.objects.filter(verb="follow_organisation")
    assert [(event.reference, event.by) for event in events] == [(crossing.reference, None)]


def test_naming_an_organisation_asks_it_for_its_position_within_ten_working_days(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    (asked,) = involve(risk, lead, ladder.neighbour, question=" Do your practices wait too? ")
    assert asked.question == "Do your practices wait too?"
    assert (asked.asked_at, asked.is_answered) == (NOW, False)
    assert owed(asked) == [(DeadlineKind.POSITION, ladder.neighbour, ladder.provider)]
    clock = clocks(Deadline.objects.of(asked), NOW)[0]
    assert (clock.what, clock.words) == ("Give a position on the risk", "Due in 10 working days")
    assert "10 working days" in clock.explanation
    assert clock.deadline.path == asked.path == f"/involvements/{asked.pk}/"


def test_without_a_question_the_usual_one_is_asked(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    assert involve(risk, lead, ladder.neighbour, question="  ")[0].question == DEFAULT_QUESTION


def test_both_sides_see_the_question_and_the_icb_too_but_nobody_else(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    (asked,) = involve(risk, lead, ladder.neighbour)
    readers = (lead, ladder.actor(ladder.neighbour, Role.VIEWER), ladder.actor(ladder.icb))
    assert all(asked in Involvement.objects.visible_to(reader) for reader in readers)
    for other in (ladder.actor(ladder.other_icb), ladder.actor(ladder.region)):
        assert asked not in Involvement.objects.visible_to(other)
    assert not Involvement.objects.visible_to(ladder.actor(ladder.neighbour, Role.ADMINISTRATOR))


def test_whoever_is_asked_is_told_and_nobody_is_told_what_the_risk_says(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    named, icb, far = (ladder.actor(body) for body in (ladder.neighbour, ladder.icb, ladder.other_icb))
    involve(risk, lead, ladder.neighbour, question="A question of substance")
    assert told(named) == [f"{risk.reference}: {ladder.neighbour.name} is named on this risk of {ladder.provider.name}"]
    assert len(told(icb)) == 1
    assert told(far) == told(lead) == []
    for message in told(named) + told(icb):
        assert risk.title not in message
        assert "substance" not in message


def test_only_a_safety_lead_of_the_owner_asks_and_only_about_an_open_risk(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    for by in (ladder.actor(ladder.provider, Role.REPORTER), ladder.actor(ladder.icb), ladder.actor(ladder.neighbour)):
        with pytest.raises(PermissionDenied):
            involve(risk, by, ladder.neighbour)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    with pytest.raises(WrongStatus, match="only an open risk"):
        involve(risk, lead, ladder.neighbour)
    assert not Involvement.objects.exists()


def test_the_owner_and_closed_organisations_are_not_asked_and_nobody_else_is_then(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    closed = OrganisationFactory(name="Old Trust", parent=ladder.icb, closed_on=NOW.date())
    for body, words in ((ladder.provider, "already your own"), (closed, "Old Trust has closed")):
        with pytest.raises(ValidationError, match=words):
            involve(risk, lead, ladder.neighbour, body)
    assert not risk.involvements.exists()
    assert sees(ladder.neighbour, risk) == []


def test_what_may_identify_a_patient_is_not_asked(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    with pytest.raises(ValidationError, match="NHS number"):
        involve(risk, lead, ladder.neighbour, question=f"Was it {NHS_NUMBER}?")
    with pytest.raises(ConfirmationNeeded) as asked:
        involve(risk, lead, ladder.neighbour, question=BORN)
    assert list(asked.value.finds) == ["question"]
    with pytest.raises(ValidationError, match="Shorten this to 10,000 characters"):
        involve(risk, lead, ladder.neighbour, question="x" * (LONGEST_TEXT + 1))


def test_markup_in_a_question_is_kept_as_it_was_typed(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    typed = "<script>alert(1)</script> & {{ 7 * 7 }}"
    assert involve(risk, lead, ladder.neighbour, question=typed)[0].question == typed


def test_a_draft_asks_nobody_until_it_is_logged(ladder: Ladder, lead: Actor) -> None:
    named = ladder.actor(ladder.neighbour)
    fields = {**FIELDS, "involved": [ladder.neighbour]}
    draft = risks.save_draft(fields=fields, by=lead, now=NOW)
    involvement = draft.involvements.get()
    assert (involvement.asked_at, owed(involvement), told(named)) == (None, [], [])
    assert involvement not in Involvement.objects.visible_to(named)
    with pytest.raises(WrongStatus, match="not been asked yet"):
        risks.answer_not_affected(involvement=involvement, words="No", by=named, now=NOW)
    risks.log_risk(draft=draft, fields={}, by=lead, now=LATER)
    involvement.refresh_from_db()
    assert involvement.asked_at == LATER
    assert owed(involvement) == [(DeadlineKind.POSITION, ladder.neighbour, ladder.provider)]
    assert len(told(named)) == 1


def test_a_discarded_draft_leaves_nothing_of_whom_it_named(ladder: Ladder, lead: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Not yet", "involved": [ladder.neighbour]}, by=lead, now=NOW)
    risks.discard_draft(draft=draft, by=lead, now=NOW)
    assert not Involvement.objects.exists()
    assert not Deadline.objects.exists()


def test_an_organisation_that_closed_while_the_risk_was_a_draft_is_not_asked(ladder: Ladder, lead: Actor) -> None:
    draft = risks.save_draft(fields={**FIELDS, "involved": [ladder.neighbour]}, by=lead, now=NOW)
    ladder.neighbour.closed_on = NOW.date()
    ladder.neighbour.save()
    with pytest.raises(ValidationError, match=f"{ladder.neighbour.name} has closed"):
        risks.log_risk(draft=draft, fields={}, by=lead, now=NOW)
    assert risks.log_risk(draft=draft, fields={"involved": []}, by=lead, now=NOW).is_open


def test_whoever_has_answered_is_asked_again_and_the_first_answer_stays_in_the_history(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    named = ladder.actor(ladder.neighbour)
    (involvement,) = involve(risk, lead, ladder.neighbour)
    risks.answer_not_affected(involvement=involvement, words="We send by post", by=named, now=NOW)
    assert sees(ladder.neighbour, risk) == []
    (again,) = risks.involve(risk=risk, organisations=[ladder.neighbour], question="And now?", by=lead, now=LATER)
    assert again.pk == involvement.pk
    assert (again.asked_at, again.position, again.words, again.answered_by) == (LATER, "", "", None)
    assert owed(again) == [(DeadlineKind.POSITION, ladder.neighbour, ladder.provider)]
    assert sees(ladder.neighbour, risk) == [Basis.INVOLVEMENT]
    assert any("We send by post" in words for _verb, words in happened(risk))
    assert len(told(named)) == 2


def test_whoever_answered_with_a_risk_of_its_own_is_told_that_it_is_asked_again(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    """It sees the risk all the while, so nothing else would tell it."""
    named = ladder.actor(ladder.neighbour)
    own = ladder.risk(named)
    (involvement,) = involve(risk, lead, ladder.neighbour)
    risks.answer_with_own_risk(involvement=involvement, own_risk=own.reference, by=named, now=NOW)
    risks.involve(risk=risk, organisations=[ladder.neighbour], by=lead, now=LATER)
    asked = f"{risk.reference}: {ladder.provider.name} asks {ladder.neighbour.name} for its position again"
    assert asked in told(named)
    involvement.refresh_from_db()
    risks.answer_with_own_risk(involvement=involvement, own_risk=own.reference, by=named, now=LATER)
    assert RiskLink.objects.count() == 1


def test_an_icb_asks_all_its_providers_in_one_step(ladder: Ladder) -> None:
    icb, neighbour = ladder.actor(ladder.icb), ladder.actor(ladder.neighbour)
    risk = ladder.risk(icb)
    OrganisationFactory(name="Elsewhere", parent=ladder.other_icb)
    OrganisationFactory(name="Old Trust", parent=ladder.icb, closed_on=NOW.date())
    (first,) = involve(risk, icb, ladder.neighbour)
    risks.answer_not_affected(involvement=first, words="Not here", by=neighbour, now=NOW)
    asked = risks.involve(risk=risk, all_providers_of=ladder.icb, by=icb, now=NOW)
    assert [one.organisation for one in asked] == [ladder.provider]
    with pytest.raises(ValidationError, match="All of them are named on this risk already"):
        risks.involve(risk=risk, all_providers_of=ladder.icb, by=icb, now=NOW)


def test_a_region_asks_the_providers_of_an_icb_below_it_and_an_icb_only_its_own(ladder: Ladder) -> None:
    region, icb = ladder.actor(ladder.region), ladder.actor(ladder.icb)
    far = OrganisationFactory(parent=ladder.other_icb)
    wide, own = ladder.risk(region), ladder.risk(icb)
    asked = risks.involve(risk=wide, all_providers_of=ladder.other_icb, by=region, now=NOW)
    assert [one.organisation for one in asked] == [far]
    for body in (ladder.other_icb, ladder.region, ladder.provider):
        with pytest.raises(ValidationError, match="Choose an ICB: your own") as refused:
            risks.involve(risk=own, all_providers_of=body, by=icb, now=NOW)
        assert list(refused.value.message_dict) == ["all_providers_of"]


def test_a_provider_does_not_ask_all_the_others_at_once(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    with pytest.raises(ValidationError, match="Only an ICB or a body above it"):
        risks.involve(risk=risk, all_providers_of=ladder.icb, by=lead, now=NOW)


def test_forty_providers_are_asked_without_asking_the_database_without_end(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    risk = ladder.risk(icb)
    OrganisationFactory.create_batch(38, parent=ladder.icb)
    with CaptureQueriesContext(connection) as queries:
        asked = risks.involve(risk=risk, all_providers_of=ladder.icb, by=icb, now=NOW)
    assert len(asked) == 40
    assert len(queries) <= 40 * 20
    assert ("involve", f"asked 40 organisations for their positions: {DEFAULT_QUESTION}") in happened(risk)


def test_the_icb_of_an_organisation_elsewhere_sees_the_risk_and_its_answer(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    far = OrganisationFactory(parent=ladder.other_icb)
    (involvement,) = involve(risk, lead, far)
    overseer = ladder.actor(ladder.other_icb)
    assert sees(ladder.other_icb, risk) == [Basis.OVERSIGHT]
    risks.answer_not_affected(involvement=involvement, words="Not here", by=ladder.actor(far), now=NOW)
    assert sees(far, risk) == []
    assert sees(ladder.other_icb, risk) == [Basis.OVERSIGHT]
    assert involvement in Involvement.objects.visible_to(overseer)


def test_an_icb_that_is_named_itself_and_not_affected_sees_the_risk_no_more(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    (involvement,) = involve(risk, lead, ladder.other_icb)
    assert sees(ladder.other_icb, risk) == [Basis.INVOLVEMENT, Basis.OVERSIGHT]
    named = ladder.actor(ladder.other_icb)
    risks.answer_not_affected(involvement=involvement, words="Not here", by=named, now=NOW)
    assert sees(ladder.other_icb, risk) == []
    assert involvement in Involvement.objects.visible_to(named)


def test_taking_an_organisation_off_ends_what_it_owes(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    (involvement,) = involve(risk, lead, ladder.neighbour)
    for by in (ladder.actor(ladder.neighbour), ladder.actor(ladder.provider, Role.REPORTER)):
        with pytest.raises(PermissionDenied):
            risks.stop_involving(involvement=involvement, by=by, now=NOW)
    risks.stop_involving(involvement=involvement, by=lead, now=NOW)
    assert not Deadline.objects.live().filter(kind=DeadlineKind.POSITION).exists()
    assert ("stop_involving", f"took {ladder.neighbour.name} off the risk") in happened(risk)


def test_a_risk_is_closed_once_every_position_is_known(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    (involvement,) = involve(risk, lead, ladder.neighbour)
    close = {"risk": risk, "closure_reason": "CONTROLLED", "words": "", "by": lead, "now": NOW}
    with pytest.raises(StillOwed, match=f"{ladder.neighbour.name} has yet to give a position on the risk"):
        risks.close_risk(**close)
    risks.answer_not_affected(involvement=involvement, words="No", by=ladder.actor(ladder.neighbour), now=NOW)
    assert risks.close_risk(**close).is_closed
