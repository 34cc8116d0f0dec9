"""What needs a decision, in which order, and why it is said to be here."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from escalations import services as escalations
from overview.triage.items import KEYS, Items
from overview.triage.models import Put
from overview.triage.putting_away import put_all_away
from overview.triage.sources import Kind
from risks import services as risks
from risks.models import Risk
from tests.factories import NOW
from tests.ladder import Ladder
from tests.overview.triage.waiting import everything, keys, likely, listed
from tests.risks.belonging import involve


def test_everything_that_waits_for_the_icb_stands_there_with_why(ladder: Ladder) -> None:
    waiting = everything(ladder, meeting=True)
    found = {entry.kind: entry for entry in reversed(listed(waiting.icb))}
    assert set(found) == {Kind.ESCALATION, Kind.POSITION, Kind.LINK, Kind.INTRODUCTION, Kind.PAIR, Kind.NEW}
    assert found[Kind.ESCALATION].why == "Test Own ICB has yet to acknowledge it and to name who handles it."
    assert found[Kind.POSITION].why == "Test Royal Hospital asks what your position on this risk is."
    assert found[Kind.LINK].why.startswith("Test Royal Hospital proposes to link your risk with one of Test Royal")
    assert found[Kind.INTRODUCTION].why.startswith("Test Royal Hospital asks you to introduce it to others")
    assert "They are risks of Test" in found[Kind.PAIR].why
    assert "it crosses a boundary that you oversee" in found[Kind.NEW].why
    assert all(entry.clock for entry in found.values() if entry.kind not in (Kind.PAIR, Kind.NEW))


def test_what_is_owed_to_others_stands_in_nobody_elses_triage(ladder: Ladder) -> None:
    everything(ladder)
    assert keys(ladder.actor(ladder.other_icb)) == []
    assert keys(ladder.actor(ladder.icb, Role.ADMINISTRATOR)) == []


def test_overdue_comes_first_then_the_day_it_is_due_then_the_worst(ladder: Ladder) -> None:
    lead, icb = ladder.actor(ladder.provider), ladder.actor(ladder.icb)
    raised = {}
    for name, (likelihood, consequence, days, immediate) in {
        "mild, same day": (2, 2, 0, False),
        "late": (2, 2, -40, False),
        "imminent": (2, 2, 0, True),
        "grave, same day": (3, 3, 0, False),
    }.items():
        risk = ladder.risk(lead, likelihood=likelihood, consequence=consequence, title=name)
        at = NOW + timedelta(days=days)
        hop = escalations.escalate_risk(risk=risk, reason="Why", ask="What", immediate=immediate, by=lead, now=at)
        raised[f"escalation-{hop.pk}"] = name
    due = {entry.title: entry.clock.due_at for entry in listed(icb, kind=["ESCALATION"]) if entry.clock}
    assert due["imminent"] < due["grave, same day"] < due["mild, same day"]
    assert [raised[key] for key in keys(icb, kind=["ESCALATION"])] == [
        "late", "imminent", "grave, same day", "mild, same day",
    ]  # fmt: skip


def test_an_escalation_with_two_clocks_stands_once_under_the_nearer(ladder: Ladder) -> None:
    waiting = everything(ladder)
    waiting.stage.do("accept", waiting.escalation)
    found = listed(waiting.icb, waiting.now, kind=["ESCALATION"])
    assert [entry.key for entry in found] == [f"escalation-{waiting.escalation.pk}"]
    assert found[0].clock
    assert found[0].clock.what == "Answer the escalation"


def test_it_is_narrowed_down_as_asked(ladder: Ladder) -> None:
    waiting = everything(ladder)
    waiting.stage.do("acknowledge", waiting.escalation, handler=waiting.colleague.user)
    escalation = f"escalation-{waiting.escalation.pk}"
    assert keys(waiting.colleague, kind=["ESCALATION"], handler="mine") == [escalation]
    assert escalation not in keys(waiting.icb, handler="mine")
    assert escalation not in keys(waiting.icb, handler="nobody")
    assert keys(waiting.icb, overdue="true") == []
    assert escalation in keys(waiting.icb, overdue="false")
    assert escalation in keys(waiting.icb, NOW + timedelta(days=60), overdue="true")
    assert keys(waiting.icb, theme="1") == []
    assert escalation in keys(waiting.icb, theme="6", band=["EXTREME"])
    assert keys(waiting.icb, band=["LOW"]) == []
    ours = listed(waiting.icb, organisation=ladder.icb)
    assert {entry.kind for entry in ours} == {Kind.LINK}
    assert {entry.kind for entry in listed(waiting.icb, kind=["PAIR"], organisation=ladder.neighbour)} == {Kind.PAIR}


def test_the_theme_of_a_risk_read_in_part_narrows_nothing_down(ladder: Ladder) -> None:
    """An ICB that is only named on the risk of another's provider."""
    lead, other = ladder.actor(ladder.provider), ladder.actor(ladder.other_icb)
    question = involve(ladder.risk(lead, reach="1"), lead, ladder.other_icb)[0]
    assert f"position-{question.pk}" in keys(other)
    oversees = Risk.objects.read_in_full_by(other).filter(pk=question.risk_id).exists()
    assert (f"position-{question.pk}" in keys(other, theme="6")) == oversees


def test_counts_are_those_of_the_list(ladder: Ladder) -> None:
    waiting = everything(ladder)
    found = listed(waiting.icb)
    items = Items(waiting.icb, NOW)
    assert items.count() == len(found)
    assert {kind: number for kind, number in items.counts.items() if number} == {
        kind.value: sum(entry.kind == kind for entry in found) for kind in Kind if any(e.kind == kind for e in found)
    }


def test_pages_follow_one_another_without_a_gap_both_ways(ladder: Ladder) -> None:
    waiting = everything(ladder)
    items = Items(waiting.icb, NOW)
    every = items[0:200]
    read, after = [], None
    while some := items.following(3, after):
        read += some
        after = tuple(getattr(some[-1], key.name) for key in KEYS)
    assert read == every
    back = items.following(3, tuple(getattr(every[4], key.name) for key in KEYS), backwards=True)
    assert back == every[1:4][::-1]


def test_a_risk_is_new_until_it_is_put_away_and_again_when_it_comes_into_view_again(ladder: Ladder) -> None:
    lead, icb = ladder.actor(ladder.provider), ladder.actor(ladder.icb)
    first = ladder.risk(lead, title="Seen")
    assert keys(icb) == [f"new-{first.pk}"]
    put_all_away(kind=Put.NEW, until=NOW, by=icb, now=NOW)
    assert keys(icb) == []
    later = NOW + timedelta(hours=1)
    second = ladder.risk(lead, now=later, title="Came later")
    assert keys(icb, later) == [f"new-{second.pk}"]
    risks.close_risk(risk=second, closure_reason="CONTROLLED", words="Done", by=lead, now=later)
    assert keys(icb, later) == []


def test_a_risk_that_asks_for_something_stands_there_as_that_and_not_as_new(ladder: Ladder) -> None:
    waiting = everything(ladder)
    new = {entry.subject for entry in listed(waiting.icb, kind=["NEW"])}
    assert waiting.pair[0] in new
    assert not {waiting.escalation.risk, waiting.question.risk} & new


def test_a_position_given_on_a_risk_of_ours_waits_to_be_looked_at(ladder: Ladder) -> None:
    icb, lead = ladder.actor(ladder.icb), ladder.actor(ladder.provider)
    question = involve(ladder.risk(icb), icb, ladder.provider)[0]
    assert f"given-{question.pk}" not in keys(icb)
    risks.answer_not_affected(involvement=question, words="We send them otherwise", by=lead, now=NOW)
    (entry,) = [entry for entry in listed(icb) if entry.kind == Kind.GIVEN]
    assert entry.why.startswith("Test Royal Hospital says that it is not affected by this risk")
    assert entry.words == "We send them otherwise"


def test_the_list_costs_as_much_with_many_as_with_few(ladder: Ladder) -> None:
    waiting = everything(ladder)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            listed(waiting.icb, waiting.now)
        return len(asked)

    listed(waiting.icb, waiting.now)  # asks once for what is kept from then on, such as content types
    few = cost()
    for number in range(12):
        waiting.stage.raised(ladder.risk(waiting.provider, now=waiting.now))
        involve(ladder.risk(waiting.provider, title=f"Another {number}"), waiting.provider, ladder.icb)
        likely(waiting.pair[number % 2], ladder.risk(waiting.stage.lead(ladder.neighbour), title=f"Like {number}"))
    assert len(listed(waiting.icb, waiting.now)) > 36
    assert cost() == few
