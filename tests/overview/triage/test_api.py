"""Triage over the API: the same list, in pages by cursor, and one thing done to several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Role
from escalations.models import Status
from tests.api.conftest import Caller, answered
from tests.escalations.stage import fresh
from tests.factories import NOW
from tests.overview.triage.waiting import Waiting, another, breach, everything, key_of, keys
from tests.risks.belonging import BORN

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def waiting(ladder: Ladder) -> Waiting:
    return everything(ladder)


def test_the_list_is_that_of_the_page_in_pages_by_cursor(waiting: Waiting) -> None:
    icb = Caller(waiting.icb)
    first = answered(icb.get("triage/", page_size=3), 200)
    wanted = keys(waiting.icb, NOW)
    assert first["total"] == len(wanted)
    read, page = [], first
    while True:
        read += [row["key"] for row in page["results"]]
        if not page["next"]:
            break
        page = answered(icb.client.get(page["next"]), 200)
    assert read == wanted
    back = answered(icb.client.get(page["previous"]), 200)
    assert [row["key"] for row in back["results"]] == wanted[len(wanted) - len(page["results"]) - 3 :][:3]


def test_each_says_why_it_is_here_and_what_can_be_done(waiting: Waiting) -> None:
    (row,) = answered(Caller(waiting.icb).get("triage/", kind="ESCALATION"), 200)["results"]
    assert row["why"].startswith("Test Own ICB has yet to acknowledge it")
    assert row["can"][:2] == ["acknowledge", "accept"]
    assert row["due_at"]
    viewer = Caller(waiting.stage.ladder.actor(waiting.stage.ladder.icb, Role.VIEWER))
    assert answered(viewer.get("triage/", kind="ESCALATION"), 200)["results"][0]["can"] == []


def test_unknown_filters_are_refused(waiting: Waiting) -> None:
    icb = Caller(waiting.icb)
    assert icb.get("triage/", kind="NOTHING").status_code == 400
    assert icb.get("triage/", colour="red").status_code == 400
    assert icb.get("triage/", cursor="made-up").status_code == 400
    assert Caller(waiting.provider).get("triage/").status_code == 403


def test_one_thing_is_done_to_several_and_once_for_a_key(waiting: Waiting) -> None:
    other = waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    icb = Caller(waiting.icb)
    rows = answered(icb.get("triage/", kind="ESCALATION"), 200)["results"]
    waiting.stage.do("acknowledge", other, by=waiting.colleague)
    body: dict[str, Any] = {"items": [{"key": row["key"], "state": row["state"]} for row in rows], "plan": "no"}
    assert icb.post("triage/acknowledge/", **body).status_code == 400
    del body["plan"]
    said = answered(with_key(icb, "triage/acknowledge/", body), 200)
    assert said["done"] == [f"escalation-{waiting.escalation.pk}"]
    assert said["left"][0]["why"].startswith("Grace Colleague of Test Own ICB acknowledged it")
    again = with_key(icb, "triage/acknowledge/", body)
    assert (again.json(), again["Idempotency-Replayed"]) == (said, "true")
    assert fresh(waiting.escalation).status == Status.ACKNOWLEDGED


def test_several_are_accepted_escalated_on_or_said_not_to_affect_us(waiting: Waiting) -> None:
    icb = Caller(waiting.icb)
    hops = [waiting.escalation, another(waiting), another(waiting)]
    items = [{"key": key_of(hop)} for hop in hops]
    assert icb.post("triage/accept/", items=items[:2]).status_code == 400
    assert answered(icb.post("triage/accept/", items=items[:2], plan="We meet"), 200)["left"] == []
    said = answered(icb.post("triage/accept/", items=items, plan="We meet again"), 200)
    assert said["done"] == [items[2]["key"]]
    assert [one["key"] for one in said["left"]] == [one["key"] for one in items[:2]]
    assert {fresh(hop).plan for hop in hops} == {"We meet", "We meet again"}
    asked = {"items": items, "reason": "Beyond us", "ask": "Agree one form"}
    assert len(answered(icb.post("triage/escalate-on/", **asked), 200)["done"]) == 3
    assert {fresh(hop).status for hop in hops} == {Status.ESCALATED_ON}
    question = {"items": [{"key": f"position-{waiting.question.pk}"}]}
    assert icb.post("triage/not-affected/", **question, words=BORN).status_code == 409
    assert answered(icb.post("triage/not-affected/", **question, words="No letters"), 200)["left"] == []


def with_key(caller: Caller, path: str, body: dict[str, Any]) -> HttpResponse:
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "one"}}
    return caller.client.post(f"/api/v1/{path}", body, **sent)  # type: ignore[arg-type]


def test_new_risks_are_put_away_and_gathered(waiting: Waiting) -> None:
    icb = Caller(waiting.icb)
    one, other = waiting.pair
    asked: dict[str, Any] = {
        "items": [{"key": f"new-{one.pk}"}],
        "system_risk": waiting.system.reference,
        "reason": "All wait",
    }
    assert answered(icb.post("triage/gather/", **asked), 200)["done"] == [f"new-{one.pk}"]
    assert icb.post("triage/gather/", **asked | {"system_risk": one.reference}).status_code == 400
    assert answered(icb.post("triage/put-away/", items=[{"key": f"new-{other.pk}"}]), 200)["left"] == []
    assert icb.post("triage/put-all-away/", kind="NEW").status_code == 204
    assert answered(icb.get("triage/", kind="NEW"), 200)["total"] == 0


def test_what_is_breached_below_names_no_risk_that_is_not_read(
    waiting: Waiting, ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = breach(waiting.now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    rows = answered(Caller(ladder.actor(ladder.region)).get("triage/breached/"), 200)["results"]
    assert {row["owed_by"]["name"] for row in rows} == {"Test Own ICB"}
    assert {(row["reference"], row["title"], row["path"]) for row in rows} == {("", "", "")}
