"""What relates the demonstration's risks to each other can happen as told, on any day, and shows every side of it."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict

import pytest

from accounts.models import Role
from demo.belonging import LINK_KINDS
from demo.stories import CONTENT
from risks import lfpse
from risks.models import LinkKind, LinkStatus
from tests.demo.owing import Owed, links_of, meant_late, owed_on, status
from tests.demo.test_content import LOGGED, ORGANISATIONS, PARENTS, has, review_is

RISKS = {risk.key: risk for risk in LOGGED}
PROVIDERS = defaultdict(set)
for code, row in ORGANISATIONS.items():
    if row.level == "PROVIDER" and not row.closed_on:
        PROVIDERS[row.parent].add(code)

each_risk = pytest.mark.parametrize("risk", LOGGED, ids=lambda risk: risk.key)


def owed(risk) -> list[Owed]:
    return owed_on(risk, RISKS, PARENTS, PROVIDERS)


@each_risk
def test_what_is_owed_is_done_after_it_was_asked_and_only_what_is_meant_to_be_late_is(risk):
    for one in owed(risk):
        assert one.until is None or risk.logged_days_ago >= one.since > one.until
        assert one.meant_late == one.is_over
        assert one.meant_late or one.is_running or one.until is not None


@each_risk
def test_a_closed_risk_owes_nothing_and_was_left_alone_since(risk):
    if risk.closed:
        assert [one for one in owed(risk) if one.until is None or one.until <= risk.closed.days_ago] == []


@each_risk
def test_a_risk_that_is_picked_or_linked_was_open_then(risk):
    used = [(position.days_ago, position.picks) for position in risk.positions if position.picks]
    used += [(days_ago, other.risk) for days_ago, _by, _kind, other in links_of(risk)]
    used += [(dismissal.days_ago, dismissal.other) for dismissal in risk.dismissals]
    for days_ago, key in used:
        closed = RISKS[key].closed
        assert RISKS[key].logged_days_ago > days_ago > (closed.days_ago if closed else -1)
        assert risk.logged_days_ago > days_ago


@each_risk
def test_who_speaks_has_a_safety_lead(risk):
    speak = {position.by for position in risk.positions}
    speak |= {step.by for *_, other in links_of(risk) for step in other.steps}
    speak |= {dismissal.by for dismissal in risk.dismissals}
    speak |= {PARENTS[risk.organisation] for introduction in risk.introductions if introduction.ended_days_ago}
    assert [code for code in sorted(speak) if not has(code, Role.SAFETY_LEAD)] == []


@each_risk
def test_only_bodies_above_providers_gather_and_dismiss_and_only_providers_ask_to_be_introduced(risk):
    is_provider = ORGANISATIONS[risk.organisation].level == "PROVIDER"
    assert not (is_provider and risk.gathers)
    assert is_provider or not risk.introductions
    assert all(ORGANISATIONS[dismissal.by].level != "PROVIDER" for dismissal in risk.dismissals)


def test_the_kinds_of_links_are_those_of_the_register():
    assert set(LINK_KINDS) == set(LinkKind.values)


def test_there_is_something_of_every_relation():
    told = [(risk, by, kind, other) for risk in LOGGED for _days, by, kind, other in links_of(risk)]
    assert {status(risk, by, other, RISKS) for risk, by, _kind, other in told} == set(LinkStatus.values)
    answers = Counter(
        "no" if position.not_affected else "picked" if position.picks else "logged"
        for risk in LOGGED
        for position in risk.positions
    )
    assert min(answers[answer] for answer in ("no", "picked", "logged")) >= 10
    kinds = {kind for _risk, _by, kind, _other in told}
    kinds |= {position.kind for risk in LOGGED for position in risk.positions if position.kind}
    assert kinds | {"SAME_HAZARD"} == set(LINK_KINDS)
    asked = [introduction for risk in LOGGED for introduction in risk.introductions]
    assert all(any(getattr(one, end) for one in asked) for end in ("made", "declined", "withdrawn_days_ago", "late"))


def test_a_few_are_late_and_more_are_still_within_their_time():
    assert Counter(meant_late(LOGGED)) == {"POSITION": 6, "LINK": 1, "INTRODUCE": 1}
    running = Counter(one.kind for risk in LOGGED for one in owed(risk) if one.is_running)
    assert running.keys() == {"POSITION", "LINK", "INTRODUCE"}
    assert running["POSITION"] >= 8


def test_the_positions_on_the_system_risk_differ():
    others = [other for _days, _by, _kind, other in links_of(RISKS["nel-medicines-changed"])]
    told = Counter(status(RISKS["nel-medicines-changed"], "QMF", other, RISKS) for other in others)
    assert told == {"ACCEPTED": 5, "PROPOSED": 1, "DECLINED": 1}
    gathered = [RISKS[other.risk] for other in others if other.steps and other.steps[0].verb == "accept"]
    moved = [risk.current.score - risk.initial.score for risk in gathered if risk.current]
    assert min(moved) < 0 < max(moved)
    assert {lack for risk in gathered for lack in risk.lacks} == {"target", "controls"}
    assert "overdue" in [review_is(risk) for risk in gathered]
    assert len({risk.organisation for risk in gathered}) == 5


def two_sides() -> list[tuple]:
    """The pairs of two_sides.toml: its risks, two by two."""
    keys = [risk["key"] for risk in tomllib.loads((CONTENT / "risks/two_sides.toml").read_text())["risks"]]
    return [(RISKS[first], RISKS[second]) for first, second in zip(keys[::2], keys[1::2], strict=True)]


@pytest.mark.parametrize("pair", two_sides(), ids=lambda pair: pair[0].key)
def test_each_side_of_a_hazard_is_another_providers_of_one_icb_which_can_see_both(pair):
    first, second = pair
    assert first.organisation != second.organisation
    assert PARENTS[first.organisation] == PARENTS[second.organisation]
    for risk in pair:
        assert risk.closed is None
        assert risk.reach != lfpse.MY_ORGANISATION


@pytest.mark.parametrize("pair", two_sides(), ids=lambda pair: pair[0].key)
def test_nobody_has_yet_related_the_two_sides_of_a_hazard(pair):
    first, second = pair
    for risk, other in ((first, second), (second, first)):
        related = {one.risk for *_, one in links_of(risk)} | {one.other for one in risk.dismissals}
        related |= {position.picks or position.logs for position in risk.positions}
        assert other.key not in related
        assert other.organisation not in risk.asked


def test_there_are_two_sides_to_find_in_several_systems():
    by_icb = Counter(PARENTS[first.organisation] for first, _second in two_sides())
    assert by_icb.total() >= 8
    assert by_icb["QMF"] >= 3
    assert len(by_icb) >= 4
