"""Importing many rows writes the same as logging each of them by hand, and keeps every promise of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.forms.models import model_to_dict

from accounts.models import Role
from deadlines.models import Deadline
from notifications.models import Notification
from overview import invariants
from risks import services as risks
from risks.models import (
    Action,
    Control,
    Involvement,
    Risk,
    RiskShare,
    Score,
    ScoreKind,
    SearchWord,
    Status,
)  # fmt: skip
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW
from tests.risks.importing.sending import bring_in, row

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

FIELDS: dict[str, Any] = {
    "title": "Discharge letters reach practices late",
    "cause": "Letters wait for sign-off before they are sent",
    "event": "A practice does not learn of a changed dose",
    "effect": "Patients take the wrong dose and come to harm",
    "theme": "6", "process": "9", "reach": "2", "likelihood": 4, "consequence": 4,
}  # fmt: skip
NEVER_ALIKE = {"id", "written_at", "key", "dedupe_key", "words", "source"}


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def everything(reference: str) -> dict[str, Any]:
    """All rows of a risk, without what tells two risks apart, and in an order that does not hang on ids."""
    risk = Risk.objects.get(reference=reference)
    parts: dict[str, Any] = {"risk": plain(risk, {"reference"})}
    for model in (Score, Control, Action, Involvement, RiskShare):
        parts[model.__name__] = in_order(model.objects.filter(risk=risk), {"risk"})
    parts["owed"] = in_order(Deadline.objects.live().about(reference), {"risk_reference", "subject_id", "path"})
    events = AuditEvent.objects.filter(reference=reference).order_by("written_at")
    parts["events"] = [plain(event, {"reference", "subject_id"}) for event in events]
    return parts


def in_order(rows: Any, but: set[str]) -> list[dict[str, Any]]:
    return sorted((plain(one, but) for one in rows), key=repr)


def plain(one: Any, but: set[str]) -> dict[str, Any]:
    found = {field.name: field.value_from_object(one) for field in one._meta.concrete_fields}
    return {name: value for name, value in found.items() if name not in but | NEVER_ALIKE}


def one_by_one(lead: Actor, **fields: Any) -> Risk:
    return risks.log_risk(fields={**FIELDS, **fields}, by=lead, now=NOW)


def imported(external_reference: str) -> Risk:
    return Risk.objects.get(external_reference=external_reference)


def test_each_row_is_what_logging_it_by_hand_makes(ladder: Ladder, lead: Actor) -> None:
    colleague = ladder.actor(ladder.provider, Role.REPORTER, email="colleague@test.example").user
    by_hand = [
        one_by_one(lead, external_reference="A"),
        one_by_one(lead, external_reference="B", reach="1", consequence=1, services=["4", "1"], population="Adults"),
        one_by_one(lead, external_reference="C", involved=[ladder.neighbour, ladder.icb], owner=colleague),
        one_by_one(lead, external_reference="D", controls=["A pharmacist rings", "A list"], other_bodies="A care home"),
    ]
    wanted = {risk.external_reference: everything(risk.reference) for risk in by_hand}
    told = Notification.objects.count()
    Risk.objects.filter(external_reference__in="ABCD").update(external_reference="")
    two = f"{ladder.neighbour.ods_code}; {ladder.icb.name}"
    batch = bring_in(
        lead,
        row("A"),
        row("B", Reach="My organisation", Consequence="1", Services="4;1", Population="Adults"),
        row("C", Involved=two, Owner="Colleague@test.example"),
        row("D", Controls="- A pharmacist rings\n- A list", Other_bodies="A care home"),
    )
    assert batch.counts["ADD"] == 4
    for key, one in wanted.items():
        assert everything(imported(key).reference) == one, key
    assert Notification.objects.count() > told
    assert invariants.check(NOW) == []


def test_scores_and_an_action_given_with_a_row_are_those_of_the_services(ladder: Ladder, lead: Actor) -> None:
    """But that people are told once, of the risk."""
    by_hand = one_by_one(lead, external_reference="E", likelihood=2)
    note: dict[str, Any] = {"rationale": "Imported from Datix", "by": lead, "now": NOW}
    risks.score_risk(risk=by_hand, kind=ScoreKind.CURRENT, likelihood=5, consequence=4, **note)
    risks.score_risk(risk=by_hand, kind=ScoreKind.TARGET, likelihood=1, consequence=4, **note)
    due = NOW.date().replace(month=12, day=4)
    risks.add_action(risk=by_hand, text="Ask the practice", owner=lead.user, due_on=due, by=lead, now=NOW)
    wanted = everything(by_hand.reference)
    Risk.objects.filter(pk=by_hand.pk).update(external_reference="")
    more = {"Initial likelihood": "2", "Initial consequence": "4", "Target likelihood": "1", "Target consequence": "4"}
    bring_in(lead, row("E", Likelihood="5") | more | {"Action": "Ask the practice", "Action due date": "4/12/2026"})
    assert everything(imported("E").reference) == wanted
    assert invariants.check(NOW) == []


def test_a_draft_is_what_saving_it_makes(ladder: Ladder, lead: Actor) -> None:
    fields = FIELDS | {"external_reference": "F", "effect": "", "involved": [ladder.neighbour], "controls": ["A list"]}
    draft = risks.save_draft(fields=fields, by=lead, now=NOW)
    wanted = everything(draft.reference)
    Risk.objects.filter(pk=draft.pk).update(external_reference="")
    batch = bring_in(lead, row("F", Effect="", Involved=ladder.neighbour.ods_code, Controls="A list"), keep_drafts=True)
    assert batch.counts["DRAFT"] == 1
    assert imported("F").status == Status.DRAFT
    assert everything(imported("F").reference) == wanted
    assert invariants.check(NOW) == []


def test_a_body_is_told_once_of_all_that_it_now_sees(ladder: Ladder, lead: Actor) -> None:
    ladder.actor(ladder.icb)
    bring_in(lead, *(row(number) for number in range(5)))
    told = Notification.objects.get(organisation=ladder.icb)
    assert told.message == "Test Own ICB oversees an organisation on 5 risks that Test Royal Hospital imported"


def test_an_owner_is_told_once_of_all_that_is_theirs(ladder: Ladder, lead: Actor) -> None:
    ladder.actor(ladder.provider, Role.REPORTER, email="colleague@test.example")
    bring_in(lead, *(row(number, Owner="colleague@test.example") for number in range(3)))
    told = Notification.objects.get(recipient__email="colleague@test.example")
    assert told.message == "3 risks were imported: this risk of each has been given to you"


def test_the_words_are_known_to_the_search(ladder: Ladder, lead: Actor) -> None:
    bring_in(lead, row(1, Title="Nasogastric tubes are misplaced"))
    assert SearchWord.objects.filter(text="nasogastric").exists()


def test_the_row_says_which_risk_it_became(ladder: Ladder, lead: Actor) -> None:
    batch = bring_in(lead, row("A"))
    assert [(one.number, one.risk) for one in batch.rows.all()] == [(2, imported("A"))]
    assert model_to_dict(batch, ["status"]) == {"status": "DONE"}
    assert batch.file is None
