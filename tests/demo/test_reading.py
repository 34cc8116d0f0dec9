"""Content with a slip in it is refused, saying where the slip is."""

from __future__ import annotations

import pytest

from demo.shape import BadContent
from demo.stories import read_people, read_risks

RISK = """
[[risks]]
key = "letters"
organisation = "R1H"
title = "Letters reach practices late"
cause = "They wait for sign-off."
logged_days_ago = 10
draft = true
"""
LOGGED = RISK.replace("draft = true\n", "")
CHAIN = """
[[risks.chains]]
[[risks.chains.steps]]
verb = "escalate"
by = "provider"
days_ago = 3
reason = "It is not ours to change."
ask = "Change it."
urgency = "band"
"""
PERSON = 'people = [{ email = "a@demo.example", name = "A", memberships = [] }]'


@pytest.fixture
def read(tmp_path):
    def write_and_read(text):
        (tmp_path / "risks.toml").write_text(text)
        return read_risks(tmp_path)

    return write_and_read


def test_a_draft_may_leave_out_what_is_not_yet_known(read):
    [risk] = read(RISK)
    assert (risk.key, risk.initial, risk.chains) == ("letters", None, ())


def test_a_step_says_when_it_was_and_gives_the_words_of_its_verb(read):
    [risk] = read(RISK + CHAIN)
    [step] = risk.chains[0].steps
    assert step.ago.days == 3
    assert step.words == {"ask": "Change it.", "reason": "It is not ours to change.", "urgency": "band"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RISK + 'colour = "red"', "risks.toml, risks 1: unknown name 'colour'"),
        (RISK.replace("key =", "theme ="), "risks.toml, risks 1: 'key' is missing"),
        (RISK.replace("= 10", '= "ten"'), "risks.toml, risks 1, logged_days_ago: expected int, found 'ten'"),
        (RISK + 'services = "1"', "risks.toml, risks 1, services: expected a list, found '1'"),
        (RISK + "target = 6", "risks.toml, risks 1, target: expected a table, found 6"),
        (RISK + 'target = { likelihood = 6, consequence = 1, why = "" }', "likelihood and consequence are each from 1"),
        (RISK.replace("Letters reach", "Letters " * 20), "the title is longer than 120 characters"),
        (LOGGED, "a logged risk needs 'event'"),
        (RISK + RISK, "the risk letters is there 2 times"),
        (RISK + CHAIN.replace('"escalate"', '"shout"'), "steps 1: unknown verb 'shout'"),
        (RISK + CHAIN.replace('"provider"', '"ward"'), "steps 1: unknown level 'ward'"),
        (RISK + CHAIN.replace('"band"', '"soon"'), "steps 1: unknown urgency 'soon'"),
        (RISK + CHAIN.replace("days_ago = 3\n", ""), "steps 1: say days_ago or hours_ago"),
        (RISK + CHAIN.replace("ask =", "text ="), "escalate takes ['ask', 'reason', 'urgency'], found"),
        (RISK + CHAIN.replace('"escalate"', '"update"'), "update takes ['text'], found"),
        (RISK + CHAIN.replace("chains]]", 'chains]]\nasked = "QKK"', 1), "asked and why_this_body go together"),
        (RISK + "[[risks.chains]]\nsteps = []", "a chain starts with escalate"),
        ("risks = [", "risks.toml: "),
    ],
)
def test_a_slip_is_refused_saying_where_it_is(read, text, words):
    with pytest.raises(BadContent) as refused:
        read(text)
    assert words in str(refused.value)


def test_nobody_is_there_twice(tmp_path):
    path = tmp_path / "people.toml"
    path.write_text(PERSON.replace("[{", "[{ email = 'a@demo.example', name = 'B', memberships = [] }, {"))
    with pytest.raises(BadContent, match="is there 2 times"):
        read_people(path)
