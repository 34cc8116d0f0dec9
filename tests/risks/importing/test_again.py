"""Sending the risks of a source again: what it says anew is taken over, what people changed here stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Role
from notifications.models import Notification
from overview import invariants
from risks import services as risks
from risks.models import Risk, ScoreKind, Status
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW
from tests.ladder import FIELDS
from tests.risks.importing.sending import bring_in, outcomes, remarks, row

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def risk(lead: Actor) -> Risk:
    bring_in(lead, row(1))
    return Risk.objects.get()


def edit(risk: Risk, lead: Actor, **fields: Any) -> None:
    risk.refresh_from_db()
    risks.edit_risk(risk=risk, fields=fields, version=risk.version, by=lead, now=LATER)  # type: ignore[arg-type]


def test_a_row_that_says_the_same_leaves_the_risk_alone(lead: Actor, risk: Risk) -> None:
    events = AuditEvent.objects.about(risk.reference).count()
    batch = bring_in(lead, row(1), now=LATER)
    assert outcomes(batch) == {2: "UNCHANGED"}
    assert AuditEvent.objects.about(risk.reference).count() == events
    assert Risk.objects.get().updated_at == NOW


def test_what_the_source_says_anew_is_taken_over(ladder: Ladder, lead: Actor, risk: Risk) -> None:
    ladder.actor(ladder.provider, Role.REPORTER, email="colleague@test.example")
    anew = row(
        1, Title="Letters arrive late", Likelihood="5", Owner="colleague@test.example", Controls="A list",
        Involved=ladder.neighbour.ods_code,
    )  # fmt: skip
    batch = bring_in(lead, anew, now=LATER)
    risk.refresh_from_db()
    assert outcomes(batch) == {2: "UPDATE"}
    assert (risk.title, risk.score, risk.owner.email) == ("Letters arrive late", 20, "colleague@test.example")
    assert risk.scores.get(kind=ScoreKind.CURRENT).rationale == "Imported from Datix"
    assert [control.text for control in risk.controls.all()] == ["A list"]
    assert [part.organisation for part in risk.involvements.all()] == [ladder.neighbour]
    assert invariants.check(LATER) == []


def test_what_a_person_changed_here_is_not_overwritten(lead: Actor, risk: Risk) -> None:
    edit(risk, lead, title="As we say it")
    assert outcomes(bring_in(lead, row(1), now=LATER)) == {2: "UNCHANGED"}
    batch = bring_in(lead, row(1, Title="As Datix says it now", Cause="Another cause"), now=LATER)
    risk.refresh_from_db()
    assert (risk.title, risk.cause) == ("As we say it", "Another cause")
    assert [(kind, column) for kind, column, _ in remarks(batch)[2]] == [("conflict", "Title")]
    assert batch.counts["conflicts"] == 1


def test_a_score_given_here_is_not_overwritten(lead: Actor, risk: Risk) -> None:
    risks.score_risk(risk=risk, kind="CURRENT", likelihood=2, consequence=2, rationale="", by=lead, now=LATER)
    bring_in(lead, row(1, Likelihood="5"), now=LATER)
    risk.refresh_from_db()
    assert risk.score == 4


def test_a_risk_logged_by_hand_is_known_by_its_reference(lead: Actor) -> None:
    by_hand = risks.log_risk(fields={**FIELDS, "external_reference": "7"}, by=lead, now=NOW)  # type: ignore[typeddict-item]
    batch = bring_in(lead, row(7, Title="Otherwise", Population="Adults"), now=LATER)
    by_hand.refresh_from_db()
    assert (by_hand.title, by_hand.population) == (FIELDS["title"], "Adults")
    assert [(kind, column) for kind, column, _ in remarks(batch)[2]] == [("conflict", "Title")]
    bring_in(lead, row(7, Title="Otherwise again"), now=LATER)
    assert Risk.objects.count() == 1


def test_a_draft_is_logged_once_it_has_all_it_needs(lead: Actor) -> None:
    bring_in(lead, row(1, Effect=""), keep_drafts=True)
    assert Risk.objects.get().status == Status.DRAFT
    batch = bring_in(lead, row(1), now=LATER, keep_drafts=True)
    assert outcomes(batch) == {2: "UPDATE"}
    assert Risk.objects.get().status == Status.OPEN
    assert invariants.check(LATER) == []


def test_a_closed_risk_stays_as_it_is(lead: Actor, risk: Risk) -> None:
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=LATER)
    batch = bring_in(lead, row(1, Title="Otherwise"), now=LATER)
    assert outcomes(batch) == {2: "LEFT_OUT"}
    assert Risk.objects.get().title == risk.title


def test_a_risk_that_another_organisation_took_over_is_out_of_reach(ladder: Ladder, lead: Actor, risk: Risk) -> None:
    other = ladder.actor(ladder.neighbour)
    transfer = risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="Yours", by=lead, now=NOW)
    risks.accept_transfer(transfer=transfer, owner=other.user, by=other, now=NOW)
    batch = bring_in(lead, row(1, Title="Otherwise"), now=LATER)
    assert outcomes(batch) == {2: "LEFT_OUT"}
    assert Risk.objects.get().title == risk.title


def test_a_reference_of_another_organisation_is_answered_as_one_that_is_missing(ladder: Ladder, lead: Actor) -> None:
    seen = ladder.risk(ladder.actor(ladder.neighbour), involved=[ladder.provider])
    column = "Reference in this register"
    rows = [row(n) | {column: said} for n, said in enumerate((seen.reference, "PSR-999999"), start=1)]
    batch = bring_in(lead, *rows)
    assert outcomes(batch) == {2: "REFUSED", 3: "REFUSED"}
    said = remarks(batch)
    assert said[2] == said[3] == [("error", column, "No risk of yours has this reference")]


def test_a_change_that_is_refused_undoes_all_of_them(lead: Actor, risk: Risk) -> None:
    batch = bring_in(lead, row(1, Title="Otherwise"), row(2, Effect=""), now=LATER)
    assert batch.status == "REFUSED"
    assert Risk.objects.get().title == risk.title


def test_whoever_is_given_many_risks_by_a_file_is_told_once(ladder: Ladder, lead: Actor) -> None:
    """10,000 risks with another owner are no 10,000 e-mails."""
    bring_in(lead, row(1), row(2), row(3))
    colleague = ladder.actor(ladder.provider, Role.REPORTER, email="colleague@test.example").user
    bring_in(lead, *(row(number, Owner="colleague@test.example") for number in (1, 2, 3)), now=LATER)
    assert {risk.owner for risk in Risk.objects.all()} == {colleague}
    told = Notification.objects.get(recipient=colleague)
    assert told.message == "3 risks were imported: this risk of each has been given to you"


def test_whoever_is_given_one_risk_by_a_file_is_told_which(ladder: Ladder, lead: Actor, risk: Risk) -> None:
    colleague = ladder.actor(ladder.provider, Role.REPORTER, email="colleague@test.example").user
    bring_in(lead, row(1, Owner="colleague@test.example"), now=LATER)
    assert Notification.objects.get(recipient=colleague).reference == risk.reference


def test_a_reference_of_the_register_is_read_in_small_letters_too(lead: Actor) -> None:
    reference = risks.log_risk(fields=FIELDS, by=lead, now=NOW).reference
    twice = [row("", Reference_in_this_register=said, Controls="A list") for said in (reference.lower(), reference)]
    batch = bring_in(lead, *twice, now=LATER, all_or_nothing=False)
    assert outcomes(batch) == {2: "UPDATE", 3: "REFUSED"}, remarks(batch)
