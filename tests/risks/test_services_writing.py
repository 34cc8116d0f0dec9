"""Writing a risk down: drafts, logging and editing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from notifications.models import Notification
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Basis, Risk, RiskShare, Status
from risks.services.writing import NEEDED_TO_LOG, WRITTEN
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import ConfirmationNeeded, StaleEdit
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation
    from tests.ladder import Ladder

NHS_NUMBER = "943 476 5919"  # reserved for tests by the NHS Data Dictionary's check digit


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def reporter(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.REPORTER)


def sees(organisation: Organisation, risk: Risk) -> list[str]:
    shares = RiskShare.objects.live().filter(organisation=organisation, risk=risk)
    return sorted(shares.values_list("basis", flat=True))


def refusal(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return error.value.message_dict


def test_a_reporter_logs_a_risk(ladder: Ladder, reporter: Actor) -> None:
    risk = ladder.risk(reporter, controls=["A pharmacist rings", " "], involved=[ladder.neighbour])
    risk.refresh_from_db()
    assert (risk.status, risk.owner, risk.logged_by, risk.logged_at) == (
        Status.OPEN,
        reporter.user,
        reporter.user,
        NOW,
    )
    assert (risk.score, risk.band) == (16, "EXTREME")
    assert [str(score) for score in risk.scores.all()] == ["Initial 4 x 4"]
    assert [control.text for control in risk.controls.all()] == ["A pharmacist rings"]
    assert [part.organisation for part in risk.involvements.all()] == [ladder.neighbour]
    assert AuditEvent.objects.get(verb="log_risk").summary == "logged the risk at 4 x 4 = 16"


def test_a_logged_risk_is_owed_a_review_by_its_band(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, likelihood=5, consequence=5)
    review = Deadline.objects.live().get(kind=DeadlineKind.REVIEW)
    assert (review.risk_reference, review.holder, review.due_at.date().isoformat()) == (
        risk.reference,
        lead.user,
        "2026-12-03",
    )


def test_everything_missing_is_said_at_once_and_nothing_is_kept(lead: Actor) -> None:
    with pytest.raises(ValidationError) as error:
        risks.log_risk(fields={"title": " "}, by=lead, now=NOW)
    assert refusal(error) == {name: [message] for name, message in NEEDED_TO_LOG.items()}
    assert not Risk.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_draft_needs_only_a_title_and_may_be_half_scored(lead: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Begun", "likelihood": 4}, by=lead, now=NOW)
    draft.refresh_from_db()
    assert (draft.status, draft.likelihood, draft.consequence, draft.score) == (Status.DRAFT, 4, None, None)
    with pytest.raises(ValidationError) as error:
        risks.save_draft(fields={"cause": "No title"}, by=lead, now=NOW)
    assert refusal(error) == {"title": ["Enter a title"]}


def test_a_draft_is_seen_by_its_organisation_alone(ladder: Ladder, lead: Actor) -> None:
    draft = risks.save_draft(fields={**FIELDS, "involved": [ladder.neighbour]}, by=lead, now=NOW)
    assert list(draft.shares.values_list("organisation__name", "basis")) == [(ladder.provider.name, Basis.OWNER)]
    assert not Deadline.objects.exists()
    assert not Notification.objects.exists()


def test_saving_a_draft_again_replaces_its_parts(ladder: Ladder, lead: Actor) -> None:
    draft = risks.save_draft(
        fields={"title": "Begun", "controls": ["One", "Two"], "involved": [ladder.neighbour]}, by=lead, now=NOW
    )
    again = {"title": "Begun again", "controls": ["Three"], "involved": []}
    draft = risks.save_draft(draft=draft, fields=again, by=lead, now=NOW)
    assert (draft.title, draft.version) == ("Begun again", 2)
    assert [control.text for control in draft.controls.all()] == ["Three"]
    assert not draft.involvements.exists()


def test_a_draft_is_logged_with_what_it_already_says(ladder: Ladder, reporter: Actor) -> None:
    draft = risks.save_draft(fields={**FIELDS, "controls": ["One"]}, by=reporter, now=NOW)
    risk = risks.log_risk(draft=draft, fields={"title": "Better"}, by=reporter, now=NOW)
    assert (risk.reference, risk.title, risk.status) == (draft.reference, "Better", Status.OPEN)
    assert [control.text for control in risk.controls.all()] == ["One"]


def test_a_draft_that_somebody_else_saved_meanwhile_is_not_overwritten(ladder: Ladder, reporter: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Begun"}, by=reporter, now=NOW)
    risks.save_draft(draft=draft, fields={"title": "Theirs"}, version=1, by=ladder.actor(ladder.provider), now=NOW)
    for service in (risks.save_draft, risks.log_risk):
        with pytest.raises(StaleEdit) as error:
            service(draft=draft, fields={**FIELDS, "title": "Mine"}, version=1, by=reporter, now=NOW)
        assert (error.value.current.title, error.value.current.version) == ("Theirs", 2)
    draft.refresh_from_db()
    assert (draft.title, draft.status) == ("Theirs", Status.DRAFT)


def test_who_edits_a_draft(ladder: Ladder, reporter: Actor) -> None:
    """Its writer, whoever it was given to, and safety leads; nobody else, and no other organisation."""
    draft = risks.save_draft(fields={"title": "Begun"}, by=reporter, now=NOW)
    for other in (ladder.actor(ladder.provider, Role.REPORTER), ladder.actor(ladder.icb)):
        with pytest.raises(PermissionDenied):
            risks.save_draft(draft=draft, fields={"title": "Mine"}, by=other, now=NOW)
    given = ladder.actor(ladder.provider, Role.REPORTER)
    risks.hand_over_risk(risk=draft, to=given.user, by=reporter, now=NOW)
    risks.save_draft(draft=draft, fields={"title": "Given to me"}, by=given, now=NOW)
    risks.save_draft(draft=draft, fields={"title": "Led"}, by=ladder.actor(ladder.provider), now=NOW)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_who_may_not_log(ladder: Ladder, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        risks.log_risk(fields=FIELDS, by=ladder.actor(ladder.provider, role), now=NOW)


def test_nobody_logs_for_a_closed_organisation(ladder: Ladder) -> None:
    closed = OrganisationFactory(parent=ladder.icb, closed_on=NOW.date())
    with pytest.raises(PermissionDenied):
        risks.log_risk(fields=FIELDS, by=ladder.actor(closed), now=NOW)


def test_a_logged_risk_is_no_draft_any_more(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    with pytest.raises(WrongStatus, match="has been logged already"):
        risks.log_risk(draft=risk, fields=FIELDS, by=lead, now=NOW)
    with pytest.raises(WrongStatus, match="has been logged already"):
        risks.discard_draft(draft=risk, by=lead, now=NOW)


def test_a_discarded_draft_is_gone_but_for_the_trail(ladder: Ladder, reporter: Actor) -> None:
    draft = risks.save_draft(
        fields={"title": "Begun", "controls": ["One"], "involved": [ladder.neighbour]}, by=reporter, now=NOW
    )
    reference = draft.reference
    risks.discard_draft(draft=Risk.objects.get(pk=draft.pk), by=reporter, now=NOW)
    assert not Risk.objects.exists()
    assert AuditEvent.objects.filter(reference=reference, verb="discard_draft").exists()
    with pytest.raises(WrongStatus, match=f"The draft {reference} has been discarded meanwhile"):
        risks.save_draft(draft=draft, fields={"title": "Too late"}, by=reporter, now=NOW)


def test_a_draft_takes_no_comment(ladder: Ladder, lead: Actor, reporter: Actor) -> None:
    """A comment can never be deleted, and a draft can."""
    draft = risks.save_draft(fields={"title": "Begun"}, by=reporter, now=NOW)
    with pytest.raises(WrongStatus, match="once it is logged"):
        risks.add_comment(risk=draft, text="Good", by=lead, now=NOW)


def test_the_owner_must_be_able_to_act_on_it(ladder: Ladder, lead: Actor) -> None:
    for role, organisation in ((Role.VIEWER, ladder.provider), (Role.SAFETY_LEAD, ladder.neighbour)):
        other = ladder.actor(organisation, role).user
        with pytest.raises(ValidationError) as error:
            risks.log_risk(fields={**FIELDS, "owner": other}, by=lead, now=NOW)
        assert list(refusal(error)) == ["owner"]
    chosen = ladder.actor(ladder.provider, Role.REPORTER)
    risk = ladder.risk(lead, owner=chosen.user)
    assert risk.owner == chosen.user
    assert (
        Notification.objects.get(recipient=chosen.user).message == f"{risk.reference}: this risk has been given to you"
    )


@pytest.mark.parametrize(
    ("fields", "crosses"),
    [
        ({"reach": "1"}, False),
        ({"reach": "2"}, True),
        ({"reach": "3"}, True),
        ({"reach": "4"}, True),
        ({"reach": "1", "other_bodies": "Elm Road Surgery"}, True),
        ({"reach": "1", "other_bodies": "  "}, False),
    ],
)
def test_the_icb_sees_a_risk_that_crosses_a_boundary_from_the_day_it_is_logged(
    ladder: Ladder, lead: Actor, fields: dict[str, str], crosses: bool
) -> None:
    risk = ladder.risk(lead, **fields)
    assert risk.crosses_boundary is crosses
    assert sees(ladder.icb, risk) == ([Basis.OVERSIGHT] if crosses else [])
    assert sees(ladder.neighbour, risk) == sees(ladder.other_icb, risk) == []


def test_an_involved_organisation_and_its_icb_see_it(ladder: Ladder, lead: Actor) -> None:
    across = OrganisationFactory(parent=ladder.other_icb)
    risk = ladder.risk(lead, reach="1", involved=[across])
    assert sees(across, risk) == [Basis.INVOLVEMENT]
    assert sees(ladder.icb, risk) == sees(ladder.other_icb, risk) == [Basis.OVERSIGHT]


def test_a_closed_organisation_and_the_own_one_cannot_be_involved(ladder: Ladder, lead: Actor) -> None:
    closed = OrganisationFactory(name="Old Trust", parent=ladder.icb, closed_on=NOW.date())
    for organisation, words in ((closed, "Old Trust has closed"), (ladder.provider, "already your own")):
        with pytest.raises(ValidationError) as error:
            ladder.risk(lead, involved=[organisation])
        assert words in refusal(error)["involved"][0]


@pytest.mark.parametrize("field", ["title", "cause", "event", "effect", "other_bodies", "population"])
def test_an_nhs_number_is_refused_wherever_it_is_written(lead: Actor, field: str) -> None:
    for checked in (False, True):
        with pytest.raises(ValidationError) as error:
            risks.save_draft(
                fields={"title": "Begun", field: f"Mr X, {NHS_NUMBER}"},
                by=lead,
                now=NOW,
                personal_data_checked=checked,
            )
        assert list(refusal(error)) == [field]


def test_an_nhs_number_is_refused_in_a_control(lead: Actor) -> None:
    with pytest.raises(ValidationError) as error:
        risks.save_draft(fields={"title": "Begun", "controls": ["Ring", NHS_NUMBER]}, by=lead, now=NOW)
    assert list(refusal(error)) == ["controls"]


def test_every_find_is_shown_before_anybody_says_that_they_checked(lead: Actor) -> None:
    written = {"title": "Ring 0191 498 0123", "cause": "At NE1 4LP", "controls": ["Write to a@b.example"]}
    with pytest.raises(ConfirmationNeeded) as error:
        risks.save_draft(fields=written, by=lead, now=NOW)
    assert sorted(error.value.finds) == ["cause", "controls", "title"]
    assert risks.save_draft(fields=written, by=lead, now=NOW, personal_data_checked=True).version == 1


def test_text_too_long_to_search_is_refused(lead: Actor) -> None:
    with pytest.raises(ValidationError) as error:
        risks.save_draft(fields={"title": "a" * 151, "cause": "word " * 2001}, by=lead, now=NOW)
    assert refusal(error)["cause"] == ["Shorten this to 10,000 characters"]
    assert refusal(error)["title"] == ["Shorten this to 150 characters"]


def test_an_edit_changes_the_words_and_says_which(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risk = risks.edit_risk(risk=risk, fields={"cause": " New\r\ncause ", "theme": "3"}, version=1, by=lead, now=NOW)
    assert (risk.cause, risk.theme, risk.version) == ("New\ncause", "3", 2)
    event = AuditEvent.objects.get(verb="edit_risk")
    assert event.summary == "changed: cause, theme"
    assert event.details["cause"] == [FIELDS["cause"], "New\ncause"]


def test_an_edit_that_changes_nothing_leaves_no_trace(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    same = {name: getattr(risk, name) for name in WRITTEN}
    assert risks.edit_risk(risk=risk, fields=same, version=1, by=lead, now=NOW).version == 1
    assert not AuditEvent.objects.filter(verb="edit_risk").exists()


def test_a_stale_edit_is_refused_with_the_risk_as_it_stands(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risks.edit_risk(risk=risk, fields={"cause": "Theirs"}, version=1, by=ladder.actor(ladder.provider), now=NOW)
    with pytest.raises(StaleEdit, match="was changed while you were writing") as error:
        risks.edit_risk(risk=risk, fields={"cause": "Mine"}, version=1, by=lead, now=NOW)
    assert (error.value.current.cause, error.value.current.version) == ("Theirs", 2)


def test_a_new_score_does_not_make_an_edit_stale(ladder: Ladder, lead: Actor) -> None:
    """The version guards what is written; whoever scores meanwhile takes nothing from whoever writes."""
    risk = ladder.risk(lead)
    risks.score_risk(risk=risk, kind="CURRENT", likelihood=1, consequence=1, rationale="", by=lead, now=NOW)
    edited = risks.edit_risk(risk=risk, fields={"cause": "Mine"}, version=1, by=lead, now=NOW)
    edited.refresh_from_db()
    assert (edited.cause, edited.score) == ("Mine", 1)


def test_who_edits_a_logged_risk(ladder: Ladder, reporter: Actor) -> None:
    risk = ladder.risk(reporter)
    for other in (reporter, ladder.actor(ladder.icb), ladder.actor(ladder.neighbour)):
        with pytest.raises(PermissionDenied):
            risks.edit_risk(risk=risk, fields={"cause": "Mine"}, version=1, by=other, now=NOW)


def test_an_edit_cannot_empty_what_a_logged_risk_must_say(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    with pytest.raises(ValidationError) as error:
        risks.edit_risk(risk=risk, fields={"title": "", "effect": " "}, version=1, by=lead, now=NOW)
    assert refusal(error) == {
        "title": ["Enter a title"],
        "effect": ["Enter the effect: how patients could be harmed"],
    }


def test_what_an_icb_has_seen_stays_seen(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, reach="2")
    edited = risks.edit_risk(risk=risk, fields={"reach": "1"}, version=1, by=lead, now=NOW)
    assert not edited.crosses_boundary
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]


def test_an_edit_can_make_a_risk_cross_a_boundary(ladder: Ladder, lead: Actor) -> None:
    icb_lead = ladder.actor(ladder.icb)
    risk = ladder.risk(lead, reach="1")
    assert not Notification.objects.filter(recipient=icb_lead.user).exists()
    risks.edit_risk(risk=risk, fields={"other_bodies": "Elm Road Surgery"}, version=1, by=lead, now=NOW)
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]
    told = Notification.objects.get(recipient=icb_lead.user)
    assert FIELDS["title"] not in told.message


def test_a_reference_of_the_own_system_is_used_once(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, external_reference="DX-1")
    with pytest.raises(ValidationError, match="Another of your risks has this reference"):
        ladder.risk(lead, external_reference="DX-1")
    ladder.risk(ladder.actor(ladder.neighbour), external_reference="DX-1")
