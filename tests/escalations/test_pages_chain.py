"""One escalation with its chain, as people see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from deadlines import sweeping
from escalations.models import FeedbackReceipt
from notifications.models import Notification
from tests.escalations.reading import ladder_of, seen
from tests.escalations.stage import Stage
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("on_the_wall")


# Who sees it


def test_a_chain_is_seen_whole_from_every_level_that_is_on_it(stage: Stage) -> None:
    first, second, third = stage.answered_at_the_top()
    ladder = stage.ladder
    for body in (ladder.provider, ladder.icb, ladder.region, ladder.national):
        for hop in (first, second, third):
            rungs = ladder_of(seen(stage, body, hop))
            assert len(rungs) == 4
            for name, rung in zip(("Royal Hospital", "Own ICB", "Region North", "England"), rungs, strict=True):
                assert name in rung


def test_whoever_may_not_see_it_gets_what_an_unknown_one_gets(stage: Stage) -> None:
    first = stage.raised(stage.ladder.risk(stage.lead(stage.ladder.provider), reach="1"))
    administrator = stage.ladder.actor(stage.ladder.icb, Role.ADMINISTRATOR)
    strangers = [stage.lead(body) for body in (stage.ladder.neighbour, stage.ladder.other_icb, stage.ladder.region)]
    for stranger in [*strangers, administrator]:
        hidden = visitor(stranger).get(first.path)
        unknown = visitor(stranger).get("/escalations/00000000-0000-4000-8000-000000000000/")
        assert (hidden.status_code, without_reference(hidden)) == (404, without_reference(unknown))


def without_reference(page: HttpResponse) -> str:
    """Every answer that went wrong has a reference of its own to quote."""
    return words(page).split("If you ask for help")[0]


def test_levels_that_were_not_asked_stand_on_the_ladder_too(stage: Stage) -> None:
    rungs = ladder_of(seen(stage, stage.ladder.provider, stage.raised()))
    assert rungs[2].endswith("Region Not asked")
    assert rungs[3].endswith("National Not asked")


def test_the_ladder_of_a_regions_own_risk_has_two_rungs(stage: Stage) -> None:
    risk = stage.ladder.risk(stage.lead(stage.ladder.region))
    rungs = ladder_of(seen(stage, stage.ladder.region, stage.raised(risk)))
    assert [rung.split()[1] for rung in rungs] == ["Region", "National"]


# What it says


def test_each_hop_says_its_status_its_handler_and_its_clocks_in_words(stage: Stage) -> None:
    stage.leads[stage.ladder.icb.name] = stage.ladder.actor(stage.ladder.icb, name="Winston Adeyemi")
    first = stage.raised()
    stage.do("acknowledge", first)
    rung = ladder_of(seen(stage, stage.ladder.provider, first))[1]
    assert "Test Own ICB Next move Asked by Test Royal Hospital on 3 November 2026" in rung
    assert "Acknowledged Extreme Handled by Winston Adeyemi" in rung
    assert "Decide what to do about the escalation Due in 5 working days, by Tuesday 10 November 2026, 10:02am" in rung
    assert "5 working days from Tuesday 3 November 2026, 10:02am, is Tuesday 10 November 2026, 10:02am." in rung
    assert "1 earlier clock Acknowledge the escalation" in rung
    assert "Done in time" in rung


def test_the_time_that_a_clock_was_paused_is_shown_in_all(stage: Stage) -> None:
    first = stage.raised()
    stage.do("request_information", first)
    stage.wait(days=3)
    assert "Paused with 5 working days left" in words(seen(stage, stage.ladder.provider, first))
    stage.do("give_information", first)
    assert "In all it was paused for 3 days." in words(seen(stage, stage.ladder.provider, first))


def test_who_has_the_next_move_is_marked_on_the_ladder(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)

    def with_the_move() -> list[int]:
        rungs = ladder_of(seen(stage, stage.ladder.provider, first))
        return [number for number, rung in enumerate(rungs) if "Next move" in rung]

    assert with_the_move() == [2]
    stage.do("request_information", second)
    assert with_the_move() == [1]
    stage.do("give_information", second)
    stage.do("answer", second)
    assert with_the_move() == [1]
    stage.do("answer", first)
    stage.do("confirm", second)
    assert with_the_move() == [0]
    assert "Next move: you" in ladder_of(seen(stage, stage.ladder.provider, first))[0]


def test_a_body_that_was_passed_by_is_shown_so(stage: Stage) -> None:
    first = stage.raised()
    stage.wait(days=30)
    sweeping.sweep(now=stage.now)
    past = stage.do("bypass", first)
    page = seen(stage, stage.ladder.icb, past)
    rungs = ladder_of(page)
    assert "Overdue by" in rungs[1]
    assert "Test Royal Hospital went past it to Test Region North on 3 December 2026" in rungs[1]
    assert "Asked by Test Royal Hospital" in rungs[2]
    assert "Went past Test Own ICB" in rungs[2]
    assert "Test Royal Hospital went past Test Own ICB and asked Test Region North to act" in words(page)


def test_two_icbs_that_ask_one_region_stand_together(stage: Stage) -> None:
    own = stage.raised()
    other = stage.raised(own.risk, to=stage.ladder.other_icb, why_this_body="Half of the patients live there")
    for hop in (own, other):
        stage.do("escalate_on", hop)
    rungs = ladder_of(seen(stage, stage.ladder.region, own))
    assert "Test Own ICB" in rungs[1]
    assert "Test Other ICB" in rungs[1]
    assert "Asked by Test Own ICB" in rungs[2]
    assert "Asked by Test Other ICB" in rungs[2]


def test_why_another_icb_was_asked_is_read_there(stage: Stage) -> None:
    hop = stage.raised(to=stage.ladder.other_icb, why_this_body="Half of the patients live there")
    page = words(seen(stage, stage.ladder.other_icb, hop))
    assert "Why Test Other ICB and not its own ICB Half of the patients live there" in page


def test_escalations_of_another_time_are_links_and_not_in_the_picture(stage: Stage) -> None:
    old = stage.raised()
    stage.do("withdraw", old)
    stage.wait(days=3)
    new = stage.raised(old.risk)
    page = seen(stage, stage.ladder.provider, new)
    assert "At other times This risk was also escalated: Test Royal Hospital to Test Own ICB" in words(page)
    assert "Withdrawn" not in ladder_of(page)[1]
    assert f'href="{old.path}"' in page.content.decode()


def test_what_was_done_is_told_in_order_with_its_words(stage: Stage) -> None:
    first, *_ = stage.answered_at_the_top()
    told = words(seen(stage, stage.ladder.provider, first)).split("What was done")[1]
    in_order = [
        "Test Royal Hospital asked Test Own ICB to act",
        "Agree one form for letters",
        "Test Own ICB acknowledged the escalation from Test Royal Hospital",
        "Test Own ICB escalated it on and asked Test Region North to act",
        "Test Region North escalated it on and asked Test England to act",
        "Test England answered Test Region North",
        "The wait for the level above ended: it is with Test Region North again",
    ]
    places = [told.index(sentence) for sentence in in_order]
    assert places == sorted(places)


# What came back


def test_everybody_below_sees_an_answer_at_once_before_it_is_passed_on(stage: Stage) -> None:
    first, *_ = stage.answered_at_the_top()
    for body in (stage.ladder.provider, stage.ladder.icb):
        page = words(seen(stage, body, first))
        assert "Test England answered Advice given" in page
        assert "Send letters unsigned within the day" in page


def test_who_has_read_an_answer_and_who_has_not_is_said(stage: Stage) -> None:
    stage.leads[stage.ladder.provider.name] = stage.ladder.actor(stage.ladder.provider, name="Amina Yusuf")
    first, *_ = stage.answered_at_the_top()
    page = words(seen(stage, stage.ladder.provider, first))
    read_at = "Tuesday 3 November 2026, 10:04am"
    assert f"Read by Test Royal Hospital (Amina Yusuf, {read_at}). Not read yet by" in page
    assert "Not read yet by Test Region North and Test Own ICB." in page
    assert FeedbackReceipt.objects.count() == 1


def test_opening_it_marks_what_the_reader_was_told_of_the_whole_chain_as_read(stage: Stage) -> None:
    first, _, third = stage.answered_at_the_top()
    mine = Notification.objects.filter(recipient=stage.lead(stage.ladder.provider).user)
    assert mine.unread().filter(path=third.path).exists()
    seen(stage, stage.ladder.provider, first)
    assert not mine.unread().exists()
    assert Notification.objects.filter(recipient=stage.lead(stage.ladder.icb).user).unread().exists()


def test_the_verdict_of_the_one_who_raised_the_risk_stands_on_every_hop(stage: Stage) -> None:
    first, second, third = stage.answered_at_the_top()
    stage.do("answer", second)
    stage.do("answer", first)
    for hop in (first, second, third):
        for rung in ladder_of(seen(stage, stage.ladder.national, hop))[1:]:
            assert "Test Royal Hospital has not said yet whether the answer helps" in rung
    stage.do("dispute", first)
    for rung in ladder_of(seen(stage, stage.ladder.national, third))[1:]:
        assert "Test Royal Hospital says: the answer does not help" in rung


def test_an_answer_that_was_passed_on_says_whose_it_was(stage: Stage) -> None:
    _, second, third = stage.answered_at_the_top()
    stage.do("answer", second, passed_on_from=third.feedback.get())
    page = words(seen(stage, stage.ladder.provider, second))
    assert "Passed on from the answer that Test England gave on 3 November 2026." in page


def test_a_long_chain_asks_the_database_no_more_than_its_hops_need(
    stage: Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first, second, _ = stage.answered_at_the_top()
    for hop in (second, first):
        stage.do("answer", hop)
    for _ in range(4):
        stage.do("dispute", first)
        stage.do("update", first)
        stage.do("answer", first)
    for body in (stage.ladder.provider, stage.ladder.icb):
        reader = visitor(stage.lead(body))
        reader.get(first.path)
        with django_assert_max_num_queries(26):
            reader.get(first.path)
