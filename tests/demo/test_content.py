"""The demonstration content can be played on the register as it is: real open organisations, lawful stories."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict
from itertools import chain as joined

import pytest

from accounts import ods
from accounts.models import Role
from demo.stories import WORDS, Chain, DemoRisk, read_people, read_risks
from escalations.models import Outcome
from risks import lfpse
from risks.models import ClosureReason
from safetyreg import personal_data
from tests.demo.rules import Story, band

ORGANISATIONS = {row.ods_code: row for row in ods.rows()}
PARENTS = {code: row.parent for code, row in ORGANISATIONS.items() if row.parent}
RISKS = read_risks()
LOGGED = [risk for risk in RISKS if not risk.draft]
PEOPLE = read_people()
CHAINS = [(risk, chain) for risk in RISKS for chain in risk.chains]
REVIEW_MONTHS = {"EXTREME": 1, "HIGH": 3, "MODERATE": 6, "LOW": 12}

each_risk = pytest.mark.parametrize("risk", RISKS, ids=lambda risk: risk.key)
each_logged_risk = pytest.mark.parametrize("risk", LOGGED, ids=lambda risk: risk.key)
each_chain = pytest.mark.parametrize(
    ("risk", "chain"), CHAINS, ids=[f"{risk.key}-{risk.chains.index(chain) + 1}" for risk, chain in CHAINS]
)


def play(risk: DemoRisk, chain: Chain) -> Story:
    return Story(risk, chain, bodies(risk, chain))


def bodies(risk: DemoRisk, chain: Chain) -> dict[str, str]:
    return chain.bodies(risk.organisation, PARENTS)


def works_for(email: str, organisation: str, *roles: Role) -> bool:
    posts = [post for person in PEOPLE if person.email == email for post in person.memberships]
    return any(post.organisation == organisation and post.role in roles for post in posts)


def has(organisation: str, *roles: Role) -> bool:
    return any(works_for(person.email, organisation, *roles) for person in PEOPLE)


def words_of(value: object) -> list[str]:
    """Every text in a record, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return list(joined.from_iterable(words_of(part) for part in value))
    return [value] if isinstance(value, str) else []


@each_risk
def test_every_organisation_named_is_real_and_open(risk):
    named = {
        risk.organisation,
        *risk.asked,
        *(comment.organisation or risk.organisation for comment in risk.comments),
    }
    for chain in risk.chains:
        named |= set(bodies(risk, chain).values())
    assert [code for code in named if not ORGANISATIONS[code].parent and code != "X24"] == []
    assert [code for code in named if ORGANISATIONS[code].closed_on] == []
    assert risk.organisation not in risk.asked


@each_risk
def test_the_codes_are_those_of_the_register(risk):
    assert risk.theme in {"", *dict(lfpse.THEMES)}
    assert risk.process in {"", *dict(lfpse.PROCESSES)}
    assert risk.reach in {"", *dict(lfpse.REACH)}
    assert set(risk.services) <= set(dict(lfpse.SERVICES))
    assert risk.closed is None or risk.closed.reason in ClosureReason.values
    outcomes = {step.outcome for chain in risk.chains for step in chain.steps if step.outcome}
    assert outcomes <= set(Outcome.values)


@each_risk
def test_nothing_in_it_may_say_who_a_patient_is(risk):
    record = asdict(risk)
    for chain in record["chains"]:
        for step in chain["steps"]:
            step.pop("handler")
    personal_data.screen(checked=False, **{str(n): text for n, text in enumerate(words_of(record))})


@each_risk
def test_what_happened_to_it_comes_after_it_was_logged_and_before_it_was_closed(risk):
    closed = risk.closed.days_ago if risk.closed else -1
    scored = [risk.current.days_ago] if risk.current and risk.current.days_ago else []
    done = [task.done_days_ago for task in risk.actions if task.done_days_ago is not None]
    for days_ago in (*scored, *done, *risk.reviews, *(comment.days_ago for comment in risk.comments)):
        assert closed < days_ago < risk.logged_days_ago
    assert list(risk.reviews) == sorted(risk.reviews, reverse=True)
    assert all(-task.due_in_days < risk.logged_days_ago for task in risk.actions)


@each_risk
def test_only_those_who_read_it_in_full_comment(risk):
    readers = {risk.organisation, PARENTS.get(risk.organisation, risk.organisation)}
    assert {comment.organisation or risk.organisation for comment in risk.comments} <= readers


@each_logged_risk
def test_it_crosses_a_boundary_and_aims_lower_than_it_began(risk):
    assert risk.involves or risk.other_bodies or risk.reach != lfpse.MY_ORGANISATION
    assert "target" in risk.lacks or risk.target.score <= risk.initial.score
    assert "target" in risk.lacks or risk.target.score <= (risk.current or risk.initial).score <= 25


@each_risk
def test_its_organisation_has_a_safety_lead(risk):
    assert has(risk.organisation, Role.SAFETY_LEAD)


@each_chain
def test_every_body_asked_has_a_safety_lead_and_handlers_are_theirs(risk, chain):
    at = bodies(risk, chain)
    for hop in play(risk, chain).hops:
        assert has(at[hop.asked], Role.SAFETY_LEAD)
    for step in chain.steps:
        assert not step.handler or works_for(step.handler, at[step.by], Role.SAFETY_LEAD)


@each_chain
def test_every_step_is_lawful_and_only_the_clocks_meant_to_be_over_are_over(risk, chain):
    hops = play(risk, chain).hops
    assert sorted(kind for hop in hops for kind in hop.surely_overdue(now=0)) == sorted(chain.overdue)
    unsure = [hop.clocks.keys() - hop.surely_overdue(now=0) - hop.surely_running(now=0) for hop in hops]
    assert set().union(*unsure) == set()


@each_chain
def test_only_an_open_risk_is_escalated_and_a_closed_one_owes_nothing(risk, chain):
    assert not risk.draft
    if risk.closed:
        assert [hop.clocks for hop in play(risk, chain).hops if hop.clocks] == []
        assert all(step.ago.days > risk.closed.days_ago for step in chain.steps)


@each_chain
def test_another_icb_is_asked_only_with_a_reason_and_only_by_a_provider(risk, chain):
    if chain.asked:
        assert ORGANISATIONS[chain.asked].level == "ICB"
        assert ORGANISATIONS[risk.organisation].level == "PROVIDER"
        assert chain.asked != PARENTS[risk.organisation]


def test_closed_risks_have_no_action_left_to_do():
    assert [
        risk.key for risk in RISKS if risk.closed and any(task.done_days_ago is None for task in risk.actions)
    ] == []


def test_there_is_something_of_everything():
    stories = [play(risk, chain) for risk, chain in CHAINS]
    statuses = Counter(hop.status for story in stories for hop in story.hops)
    verbs = Counter(step.verb for _risk, chain in CHAINS for step in chain.steps)
    late = Counter(kind for _risk, chain in CHAINS for kind in chain.overdue)
    reach = Counter(max(list(story.bodies).index(hop.asked) for hop in story.hops) for story in stories)
    assert min(statuses[status] for status in ALL_STATUSES) >= 2
    assert set(verbs) == set(WORDS)
    assert set(late) == {"ACKNOWLEDGE", "DECIDE", "UPDATE", "ANSWER", "CONFIRM"}
    assert min(reach[level] for level in (1, 2, 3)) >= 5
    assert {band((risk.current or risk.initial).score) for risk in LOGGED if not risk.closed} == set(REVIEW_MONTHS)


ALL_STATUSES = (
    "RAISED",
    "ACKNOWLEDGED",
    "INFORMATION_REQUESTED",
    "ACCEPTED",
    "ESCALATED_ON",
    "ANSWERED",
    "CLOSED",
    "WITHDRAWN",
)


def test_the_risks_cluster_where_the_main_sign_ins_work():
    by_icb = Counter(PARENTS.get(risk.organisation) for risk in RISKS)
    assert by_icb["QMF"] >= 24
    assert by_icb["QOP"] >= 12
    assert by_icb["QJK"] >= 8
    assert len(by_icb) >= 15
    assert sum(risk.draft for risk in RISKS) == 4
    assert sum(risk.closed is not None for risk in RISKS) == 5


def test_four_reviews_are_overdue_on_any_day():
    assert Counter(review_is(risk) for risk in LOGGED if not risk.closed) == {
        "overdue": 4,
        "in time": len([risk for risk in LOGGED if not risk.closed]) - 4,
    }


def review_is(risk: DemoRisk) -> str:
    """A month has 28 to 31 days. A worse score brings the review forward, a better one does not defer it."""
    last = min(risk.reviews, default=risk.logged_days_ago)
    dues = [(last, REVIEW_MONTHS[band(risk.score_at(last).score)])]
    if risk.current and (risk.current.days_ago or last) < last:
        dues.append((risk.current.days_ago, REVIEW_MONTHS[band(risk.current.score)]))
    if any(days_ago >= 31 * months for days_ago, months in dues):
        return "overdue"
    return "in time" if all(days_ago < 28 * months for days_ago, months in dues) else "depends on the month"


def test_the_main_sign_ins_are_one_at_each_level():
    posts = {person.email.split("@")[0]: person.memberships for person in PEOPLE}
    main = {
        "nurse": ("R1H", Role.REPORTER),
        "provider": ("R1H", Role.SAFETY_LEAD),
        "icb": ("QMF", Role.SAFETY_LEAD),
        "region": ("Y56", Role.SAFETY_LEAD),
        "national": ("X24", Role.SAFETY_LEAD),
        "admin": ("R1H", Role.ADMINISTRATOR),
    }
    assert {name: [(post.organisation, post.role) for post in posts[name]] for name in main} == {
        name: [post] for name, post in main.items()
    }


def test_everybody_is_invented_and_works_somewhere_open():
    for person in PEOPLE:
        assert re.fullmatch(r"[a-z.-]+@demo\.example", person.email)
        assert {post.role for post in person.memberships} <= set(Role.values)
        assert [post for post in person.memberships if ORGANISATIONS[post.organisation].closed_on] == []
    assert len({person.name for person in PEOPLE}) == len(PEOPLE)
    assert any(len({post.organisation for post in person.memberships}) == 2 for person in PEOPLE)


@pytest.mark.parametrize("organisation", ["R1H", "QMF", "Y56", "X24", "R0A", "QOP", "Y62", "RH8", "QJK", "Y58"])
def test_the_main_organisations_have_every_kind_of_person(organisation):
    assert has(organisation, Role.SAFETY_LEAD)
    assert has(organisation, Role.ADMINISTRATOR)
    assert has(organisation, Role.VIEWER)
