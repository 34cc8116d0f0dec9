"""System risks and the map over HTTP: the same operations, and the same to be seen, as on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from risks.models import RiskLink
from tests.api.conftest import Caller, answered, refused, wrong
from tests.api.test_budgets import MANY, queries
from tests.factories import NOW
from tests.ladder import FIELDS
from tests.overview.gathered import Gathered, gathered

if TYPE_CHECKING:
    from tests.ladder import Ladder

WHY = "All of them wait for letters"


@pytest.fixture
def scene(ladder: Ladder) -> Gathered:
    return gathered(ladder)


@pytest.fixture
def icb(scene: Gathered) -> Caller:
    return Caller(scene.icb)


def test_risks_are_gathered(scene: Gathered, icb: Caller) -> None:
    risk = scene.risk_of(scene.ladder.provider)
    path = f"risks/{scene.system.reference}/gather/"
    assert icb.do(path, contributors=[risk.reference], reason=WHY)["reference"] == scene.system.reference
    link = RiskLink.objects.get()
    assert (link.from_risk, link.to_risk, link.is_proposed) == (risk, scene.system, True)
    hidden = scene.risk_of(scene.ladder.provider, reach="1")
    errors = [
        wrong(icb.post(path, contributors=[one], reason=WHY))["contributors"][0].split(": ", 1)[1]
        for one in (risk.reference, hidden.reference, "PSR-999999", scene.system.reference)
    ]
    assert len(set(errors)) == 1
    refused(Caller(scene.lead(scene.ladder.provider)).post(path, contributors=[], reason=WHY), 404)
    refused(Caller(scene.ladder.actor(scene.ladder.icb, Role.REPORTER)).post(path, contributors=[], reason=WHY), 403)


def test_a_system_risk_is_logged_with_its_contributors(scene: Gathered, icb: Caller) -> None:
    risk = scene.risk_of(scene.ladder.provider)
    body = {**FIELDS, "title": "A system risk", "contributors": [risk.reference], "reason": WHY}
    shown = answered(icb.post("system-risks/", **body), 201)
    assert (shown["title"], shown["status"]) == ("A system risk", "OPEN")
    assert risk.links_from.get().to_risk.reference == shown["reference"]
    assert wrong(icb.post("system-risks/", **body | {"reason": ""})).keys() == {"reason"}
    assert wrong(icb.post("system-risks/", **body | {"contributors": []})).keys() == {"contributors"}
    refused(Caller(scene.lead(scene.ladder.provider)).post("system-risks/", **body), 403)


def test_the_owner_reads_every_position_and_who_is_missing(scene: Gathered, icb: Caller) -> None:
    own = scene.contributing(scene.ladder.provider, controls=["A check"])
    scene.contributing(scene.ladder.neighbour)
    waiting = scene.risk_of(scene.another_provider())
    scene.ask(waiting)
    shown = icb.read(f"risks/{scene.system.reference}/positions/")
    assert len(shown["positions"]) == 2
    position = next(one for one in shown["positions"] if one["reference"] == own.reference)
    assert (position["score"], position["band"], position["target"]) == (16, "EXTREME", None)
    assert (position["controls"], position["actions"], position["actions_done"]) == (["A check"], [], 0)
    assert position["owner"]["name"] == own.owner.name
    assert position["trend"] == "Unchanged since it was logged"
    assert position["missing"] == ["no target score", "no action planned", "review overdue"]
    (missing,) = shown["still_missing"]
    assert (missing["organisation"]["name"], missing["title"]) == (waiting.organisation.name, waiting.title)


def test_a_contributor_reads_its_own_position(scene: Gathered) -> None:
    own, other = scene.contributing(scene.ladder.provider), scene.contributing(scene.ladder.neighbour)
    scene.ask(scene.risk_of(scene.another_provider()))
    shown = Caller(scene.lead(scene.ladder.provider)).read(f"risks/{scene.system.reference}/positions/")
    assert [one["reference"] for one in shown["positions"]] == [own.reference]
    assert shown["still_missing"] == []
    assert other.reference not in str(shown)


def test_a_part_is_shown_as_a_part(scene: Gathered) -> None:
    from escalations import services as escalations
    from risks import services as risks

    ladder = scene.ladder
    risk = scene.contributing(ladder.provider)
    escalations.escalate_risk(risk=scene.system, reason="Wide", ask="One form", by=scene.icb, now=NOW)
    risks.involve(risk=risk, organisations=[ladder.region], by=scene.lead(ladder.provider), now=NOW)
    shown = Caller(ladder.actor(ladder.region)).read(f"risks/{scene.system.reference}/positions/")
    (position,) = shown["positions"]
    assert position["score"] == 16
    assert not position["shows_everything"]
    for name in ("actions", "actions_done", "owner", "reviewed_at", "review_due_at", "is_review_overdue"):
        assert position[name] is None
    assert position["missing"] == ["no control", "no target score"]


def test_a_risk_of_a_provider_has_no_positions_and_an_unseen_one_does_not_exist(scene: Gathered) -> None:
    risk = scene.risk_of(scene.ladder.provider)
    shown = Caller(scene.lead(scene.ladder.provider)).read(f"risks/{risk.reference}/positions/")
    assert shown == {"positions": [], "still_missing": []}
    for name in ("positions", "map"):
        refused(Caller(scene.lead(scene.ladder.neighbour)).get(f"risks/{risk.reference}/{name}/"), 404)


def test_the_map_holds_what_the_caller_sees(scene: Gathered, icb: Caller) -> None:
    own, other = scene.contributing(scene.ladder.provider), scene.contributing(scene.ladder.neighbour)
    whole = icb.read(f"risks/{scene.system.reference}/map/")
    assert {node["reference"] for node in whole["nodes"]} == {scene.system.reference, own.reference, other.reference}
    assert whole["nodes"][0]["reference"] == scene.system.reference
    assert len(whole["edges"]) == 2
    part = Caller(scene.lead(scene.ladder.provider)).read(f"risks/{scene.system.reference}/map/")
    assert [edge["from_risk"] for edge in part["edges"]] == [own.reference]
    assert (part["edges"][0]["kind"], part["edges"][0]["is_directed"]) == ("CONTRIBUTES_TO", True)
    assert part["left_out"] == 0
    assert other.reference not in str(part)


def test_many_contributors_ask_the_database_as_often_as_one(scene: Gathered, icb: Caller) -> None:
    paths = [f"risks/{scene.system.reference}/{name}/" for name in ("positions", "map")]
    scene.contributing(scene.ladder.provider)
    for path in paths:
        icb.get(path)
    one = [queries(icb, path) for path in paths]
    for _ in range(MANY - 1):
        scene.contributing(scene.another_provider())
    assert [queries(icb, path) for path in paths] == one
