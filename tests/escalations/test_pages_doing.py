"""What the page of an escalation offers to do, and whom to ring when harm is imminent."""

from __future__ import annotations

import pytest

from accounts.models import Organisation, Role
from tests.escalations.reading import buttons, ladder_of, seen
from tests.escalations.stage import WORDS, Stage, fresh
from tests.visiting import visitor, words

pytestmark = pytest.mark.usefixtures("on_the_wall")


def test_an_answer_from_above_can_be_passed_on_until_there_is_one_here(stage: Stage) -> None:
    _, second, third = stage.answered_at_the_top()
    link = f"/escalations/{second.pk}/answer/?pass-on={third.feedback.get().pk}"
    assert link in seen(stage, stage.ladder.region, second).content.decode()
    assert "pass-on" not in seen(stage, stage.ladder.provider, second).content.decode()
    stage.do("answer", second)
    assert "pass-on" not in seen(stage, stage.ladder.region, second).content.decode()


def as_address(*verbs: str) -> set[str]:
    return {verb.replace("_", "-") for verb in verbs}


@pytest.mark.parametrize(
    ("so_far", "asked", "asking"),
    [
        ([], {"acknowledge", "accept", "request_information", "escalate_on", "update", "answer"}, {"withdraw"}),
        (
            ["acknowledge"],
            {"reassign", "accept", "request_information", "escalate_on", "update", "answer"},
            {"withdraw"},
        ),
        (["request_information"], {"reassign"}, {"withdraw", "give_information"}),
        (
            ["request_information", "give_information"],
            {"reassign", "accept", "escalate_on", "update", "answer"},
            {"withdraw"},
        ),
        (["accept"], {"reassign", "request_information", "escalate_on", "update", "answer"}, {"withdraw"}),
        (["escalate_on"], {"reassign", "update"}, {"withdraw"}),
        (["answer"], {"reassign"}, {"confirm", "dispute"}),
        (["answer", "confirm"], set(), set()),
        (["answer", "dispute", "answer", "dispute"], set(WORDS) - {"acknowledge"}, {"withdraw", "bypass"}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_each_side_has_buttons_for_exactly_what_it_can_do_now(
    stage: Stage, so_far: list[str], asked: set[str], asking: set[str]
) -> None:
    first = stage.raised()
    for verb in so_far:
        stage.do(verb, fresh(first))
    asked -= {"give_information", "confirm", "dispute", "withdraw", "bypass"}
    assert buttons(seen(stage, stage.ladder.icb, first)) == as_address(*asked)
    assert buttons(seen(stage, stage.ladder.provider, first)) == as_address(*asking)


def test_who_only_reads_has_no_buttons(stage: Stage) -> None:
    first = stage.raised()
    for body, role in ((stage.ladder.icb, Role.VIEWER), (stage.ladder.icb, Role.REPORTER)):
        page = visitor(stage.ladder.actor(body, role)).get(first.path)
        assert buttons(page) == set()


def test_nobody_is_offered_to_escalate_on_to_a_body_that_was_asked_already(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("answer", second)
    assert "escalate-on" not in buttons(seen(stage, stage.ladder.icb, first))
    stage.do("confirm", second)
    assert "escalate-on" in buttons(seen(stage, stage.ladder.icb, first))


def test_the_reader_is_shown_the_other_escalation_on_which_the_next_move_is_theirs(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("answer", second)
    page = seen(stage, stage.ladder.icb, first)
    assert "you also have the next move on: your escalation to Test Region North" in words(page)
    assert "you also have the next move" not in words(seen(stage, stage.ladder.provider, first))


# When harm is imminent


def test_an_immediate_one_shows_the_duty_telephone_of_the_body_asked(stage: Stage) -> None:
    Organisation.objects.filter(pk=stage.ladder.icb.pk).update(duty_phone="020 7946 0123")
    page = seen(stage, stage.ladder.provider, stage.raised(immediate=True))
    assert "Harm is imminent Test Own ICB was asked to act at once. Ring them as well, now: 020 7946 0123." in words(
        page
    )
    assert "Duty telephone: 020 7946 0123" in ladder_of(page)[1]


def test_where_no_telephone_number_is_recorded_it_says_what_to_do(stage: Stage) -> None:
    page = words(seen(stage, stage.ladder.provider, stage.raised(immediate=True)))
    assert (
        "No duty telephone number of theirs is recorded: ring their switchboard and ask for whoever is on call" in page
    )


def test_one_that_is_not_immediate_or_over_shows_no_telephone(stage: Stage) -> None:
    over = stage.raised(immediate=True)
    stage.do("withdraw", over)
    for hop in (over, stage.raised()):
        page = words(seen(stage, stage.ladder.provider, hop))
        assert "Harm is imminent Test" not in page
        assert "Duty telephone" not in page
