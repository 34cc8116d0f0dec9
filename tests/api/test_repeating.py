"""Idempotency-Key: the same request again is answered as the first time, and nothing is done twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Membership, Role
from risks import services as risks
from risks import sharing
from risks.models import Basis, Comment, Risk, RiskLink
from safetyreg.api.docs import description
from safetyreg.idempotency import services, tasks
from safetyreg.idempotency.models import StoredAnswer
from tests.api import contract
from tests.api.conftest import Caller, answered, refused
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.api.conftest import Clock
    from tests.ladder import Ladder

KEY = "3a7c1d52-first"


def send(caller: Caller, path: str, key: str = KEY, **body: Any) -> HttpResponse:
    path = f"/api/v1/{path}"
    response = caller.client.post(path, body, content_type="application/json", headers={"Idempotency-Key": key})
    contract.check("post", path, response)
    return response


def alike(first: HttpResponse, again: HttpResponse) -> None:
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Content-Type", "ETag", "Location"):
        assert again.get(name) == first.get(name)
    assert again["Cache-Control"] == first["Cache-Control"]


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


def test_the_same_request_is_answered_byte_for_byte_and_logs_one_risk(lead: Caller, clock: Clock) -> None:
    first = send(lead, "risks/", **FIELDS)
    assert first.status_code == 201
    clock.now += timedelta(hours=23, minutes=59)
    alike(first, send(Caller(lead.actor), "risks/", **FIELDS))
    assert Risk.objects.count() == 1


def test_what_changed_since_does_not_change_the_answer(lead: Caller) -> None:
    first = send(lead, "risks/", **FIELDS)
    path = f"risks/{first.json()['reference']}"
    assert lead.patch(f"{path}/", title="Letters come late", version=first.json()["version"]).status_code == 200
    alike(first, send(lead, "risks/", **FIELDS))


def test_without_a_key_every_request_is_done(lead: Caller) -> None:
    for _ in range(2):
        assert lead.post("risks/", **FIELDS).status_code == 201
    assert Risk.objects.count() == 2
    assert not StoredAnswer.objects.exists()


def test_an_empty_answer_is_given_again_though_what_it_was_about_is_gone(lead: Caller) -> None:
    reference = lead.do("risks/save-draft/", title="Letters")["reference"]
    first = send(lead, f"risks/{reference}/discard/")
    assert first.status_code == 204
    alike(first, send(lead, f"risks/{reference}/discard/"))


def test_a_key_is_not_taken_for_another_body_or_another_address(lead: Caller) -> None:
    reference = send(lead, "risks/", **FIELDS).json()["reference"]
    refused(send(lead, "risks/", **FIELDS, owner=str(lead.actor.user.pk)), 422)
    refused(send(lead, "risks/save-draft/", **FIELDS), 422)
    refused(send(lead, "risks/?again", **FIELDS), 400)  # which is asked first
    refused(send(lead, f"risks/{reference}/comments/", text="So it is"), 422)
    assert Risk.objects.count() == 1
    assert not Comment.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "caf\u00e9", "tab\there"])
def test_a_key_that_is_none_is_refused(key: str, lead: Caller) -> None:
    problem = refused(send(lead, "risks/", key, **FIELDS), 400)
    assert "1 to 255" in problem["detail"]
    assert not Risk.objects.exists()


@pytest.mark.parametrize("key", ["x", "!~", "x" * 255])
def test_any_visible_characters_make_a_key(key: str, lead: Caller) -> None:
    alike(send(lead, "risks/", key, **FIELDS), send(lead, "risks/", key, **FIELDS))


def test_a_refusal_is_not_kept_so_that_the_key_serves_once_it_is_put_right(lead: Caller) -> None:
    for _ in range(2):
        again = send(lead, "risks/", **FIELDS | {"title": ""})
        refused(again, 400)
        assert "Idempotency-Replayed" not in again
    assert not StoredAnswer.objects.exists()
    assert send(lead, "risks/", **FIELDS).status_code == 201


def test_a_failure_leaves_neither_the_key_nor_anything_done(lead: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_anything: Any, **_more: Any) -> None:
        raise OSError("The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(services, "keep", fail)
        assert send(lead, "risks/", **FIELDS).status_code == 500
    assert not Risk.objects.exists()
    assert not StoredAnswer.objects.exists()
    assert send(lead, "risks/", **FIELDS).status_code == 201


def test_each_caller_has_keys_of_their_own(ladder: Ladder, lead: Caller) -> None:
    colleague = Caller(ladder.actor(ladder.provider))
    elsewhere = Membership.objects.create(
        user=lead.actor.user, organisation=ladder.neighbour, role=Role.SAFETY_LEAD, started_at=NOW
    )
    references = {send(caller, "risks/", **FIELDS).json()["reference"] for caller in (lead, colleague)}
    lead.do("me/act-for/", membership=str(elsewhere.pk))
    references.add(send(lead, "risks/", **FIELDS).json()["reference"])
    assert len(references) == 3


def test_after_a_day_a_key_is_new_again(lead: Caller, clock: Clock) -> None:
    first = send(lead, "risks/", **FIELDS).json()
    clock.now += timedelta(hours=24)
    assert send(Caller(lead.actor), "risks/", **FIELDS).json()["reference"] != first["reference"]
    assert StoredAnswer.objects.count() == 1


def test_what_is_older_than_a_day_is_forgotten(lead: Caller, clock: Clock) -> None:
    send(lead, "risks/", "old", **FIELDS)
    clock.now += timedelta(hours=6)
    send(lead, "risks/", "young", **FIELDS)
    clock.now += timedelta(hours=18)
    tasks.forget_stale()
    assert [stored.key for stored in StoredAnswer.objects.all()] == ["young"]


# What was answered may not be read again by somebody who may not read it any more.


def test_an_answer_is_not_given_again_once_the_risk_is_not_seen(ladder: Ladder, lead: Caller) -> None:
    risk = ladder.risk(lead.actor)
    icb = Caller(ladder.actor(ladder.icb))
    sharing.grant(risk, ladder.icb, Basis.OVERSIGHT, NOW)
    first = send(icb, f"risks/{risk.reference}/comments/", text="We look into it")
    assert first.status_code == 201
    alike(first, send(icb, f"risks/{risk.reference}/comments/", text="We look into it"))
    for share in risk.shares.live().filter(organisation=ladder.icb):
        sharing.revoke(risk, ladder.icb, share.basis, NOW)
    refused(send(icb, f"risks/{risk.reference}/comments/", text="We look into it"), 404)
    assert Comment.objects.count() == 1


def test_an_answer_is_not_given_again_to_who_only_reads_a_part_now(ladder: Ladder, lead: Caller) -> None:
    """The old owner of a risk that was taken over is named on it, and reads a part."""
    first = send(lead, "risks/", **FIELDS, population="Adults on warfarin")
    risk = Risk.objects.get(reference=first.json()["reference"])
    new = ladder.actor(ladder.neighbour)
    transfer = risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="Theirs", by=lead.actor, now=NOW)
    risks.accept_transfer(transfer=transfer, owner=new.user, by=new, now=NOW)
    assert lead.read(f"risks/{risk.reference}/")["is_read_in_full"] is False
    refused(send(lead, "risks/", **FIELDS, population="Adults on warfarin"), 404)


def test_a_link_is_not_shown_again_with_the_title_of_a_risk_that_is_hidden_now(ladder: Ladder, lead: Caller) -> None:
    theirs = ladder.risk(ladder.actor(ladder.neighbour))
    ours = ladder.risk(lead.actor)
    sharing.grant(theirs, ladder.provider, Basis.INVOLVEMENT, NOW)
    asked = {"to": theirs.reference, "kind": "SAME_HAZARD", "reason": "Alike"}
    first = send(lead, f"risks/{ours.reference}/link/", **asked)
    assert answered(first, 201)["to_risk"]["title"] == theirs.title
    alike(first, send(lead, f"risks/{ours.reference}/link/", **asked))
    sharing.revoke(theirs, ladder.provider, Basis.INVOLVEMENT, NOW)
    refused(send(lead, f"risks/{ours.reference}/link/", **asked), 404)
    assert RiskLink.objects.count() == 1


def test_look_alikes_of_a_text_are_not_named_again_once_one_is_not_seen(
    ladder: Ladder, lead: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ladder.risk(ladder.actor(ladder.neighbour))
    sharing.grant(theirs, ladder.provider, Basis.INVOLVEMENT, NOW)
    found = [{"risk": theirs, "likeness": 0.9, "reason": "Much the same"}]
    monkeypatch.setattr("risks.look_alikes.of_text", lambda _text, _actor: found)
    first = send(lead, "look-alikes/", title="Letters")
    assert first.status_code == 200
    alike(first, send(lead, "look-alikes/", title="Letters"))
    sharing.revoke(theirs, ladder.provider, Basis.INVOLVEMENT, NOW)
    refused(send(lead, "look-alikes/", title="Letters"), 404)


def test_whoever_has_left_is_answered_nothing(lead: Caller) -> None:
    send(lead, "risks/", **FIELDS)
    Membership.objects.filter(pk=lead.actor.membership.pk).update(ended_at=NOW)
    refused(send(lead, "risks/", **FIELDS), 403)


def test_an_administrator_by_now_reads_no_risk_again(lead: Caller) -> None:
    send(lead, "risks/", **FIELDS)
    Membership.objects.filter(pk=lead.actor.membership.pk).update(role=Role.ADMINISTRATOR)
    refused(send(lead, "risks/", **FIELDS), 404)


def test_every_post_takes_a_key_and_says_so() -> None:
    """But for choosing whom one acts for, which is the same however often it is done."""
    schema = description()
    posts = {path: operations["post"] for path, operations in schema["paths"].items() if "post" in operations}
    without = [
        path
        for path, operation in posts.items()
        if "Idempotency-Key" not in [parameter["name"] for parameter in operation.get("parameters", [])]
        or not {"400", "404", "409", "422"} <= operation["responses"].keys()
    ]
    assert without == ["/api/v1/me/act-for/"]


def test_stored_answers_do_not_hold_what_was_sent(lead: Caller) -> None:
    send(lead, "look-alikes/", title="Something nobody else wrote")
    stored = StoredAnswer.objects.get()
    assert json.loads(bytes(stored.body))["results"] == []
    assert len(stored.asked) == 64
