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
FULL = (
    LOGGED
    + """
event = "A practice does not know."
effect = "A wrong dose."
theme = "6"
process = "9"
services = ["1"]
reach = "3"
controls = ["A call."]
initial = { likelihood = 3, consequence = 3, why = "" }
target = { likelihood = 1, consequence = 3, why = "" }
"""
)
OTHER = FULL.replace('"letters"', '"faxes"').replace('"R1H"', '"RF4"')
ASKED = OTHER + 'involves = ["R1H"]\n'
LINK = 'links = [{ days_ago = 3, kind = "CAUSES", reason = "So it is.", to = { risk = "faxes" } }]\n'
GATHER = 'gathers = [{ days_ago = 3, reason = "One gap.", contributors = [{ risk = "faxes" }] }]\n'
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


def position(words: str) -> str:
    return f'positions = [{{ by = "R1H", {words} }}]\n'


def step(words: str) -> str:
    return LINK.replace('"faxes"', f'"faxes", steps = [{{ days_ago = 2, {words} }}]')


def introduction(words: str) -> str:
    return f'introductions = [{{ days_ago = 3, reason = "", {words} }}]\n'


def test_relations_are_read_with_the_risk_that_tells_them(read):
    faxes, letters = read(ASKED + position('days_ago = 2, picks = "letters"') + FULL + LINK + GATHER)
    assert (faxes.asked, faxes.positions[0].picks) == ({"R1H"}, "letters")
    assert (letters.links[0].to.risk, letters.gathers[0].contributors[0].risk) == ("faxes", "faxes")


def test_what_a_risk_lacks_on_purpose_it_may_leave_out(read):
    text = "".join(line for line in FULL.splitlines(keepends=True) if not line.startswith("target"))
    [risk] = read(text + 'lacks = ["target"]')
    assert risk.target is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FULL + 'lacks = ["target"]', "it cannot lack 'target'"),
        (FULL + 'lacks = ["title"]', "it cannot lack 'title'"),
        (FULL + "questions = [{ days_ago = 3 }]", "questions 1: say organisations or all_providers_of"),
        (ASKED + position("days_ago = 2"), "positions 1: say one of not_affected, picks and logs"),
        (ASKED + position('days_ago = 2, picks = "a", logs = "b"'), "say one of not_affected, picks and logs"),
        (ASKED + position('not_affected = "No."'), "positions 1: say days_ago"),
        (ASKED + position('days_ago = 2, logs = "letters"'), "positions 1: say days_ago, but not with logs"),
        (ASKED + position('days_ago = 2, not_affected = "No.", kind = "CAUSES"'), "kind goes with a risk of its own"),
        (ASKED + position('days_ago = 2, picks = "letters", kind = "HARMS"'), "positions 1: unknown kind 'HARMS'"),
        (ASKED + position('days_ago = 2, picks = "lettres"'), "risks 1, positions 1: there is no risk 'lettres'"),
        (OTHER + position('days_ago = 2, not_affected = "No."'), "risks 1, positions 1: R1H was not asked"),
        (OTHER + 'late = ["R1H"]', "risks 1, late: R1H was not asked"),
        (ASKED + position('days_ago = 2, picks = "letters"') + FULL.replace("R1H", "RQX"), "is not a risk of R1H"),
        (ASKED + position('days_ago = 2, picks = "letters"') + RISK, "a draft belongs with nothing yet"),
        (
            ASKED + position('logs = "letters"') + ASKED.replace("faxes", "e") + position('logs = "letters"') + FULL,
            "the risk letters is logged as the answer to 2 questions",
        ),
        (FULL + LINK, "risks 1, links 1: there is no risk 'faxes'"),
        (FULL + LINK.replace("faxes", "letters"), "risks 1, links 1: 'letters' is the risk itself"),
        (FULL + LINK.replace("CAUSES", "HARMS"), "risks 1, links 1: unknown kind 'HARMS'"),
        (FULL + step('verb = "shout", by = "RF4"'), "links 1, to, steps 1: unknown verb 'shout'"),
        (FULL + step('verb = "decline", by = "RF4"'), "steps 1: decline needs 'why'"),
        (FULL + step('verb = "accept", by = "RF4", why = "Yes."'), "steps 1: accept takes no 'why'"),
        (OTHER + FULL + step('verb = "accept", by = "RQX"'), "risks 2, links 1, steps 1: the link is none of RQX's"),
        (OTHER + FULL + LINK.replace('"faxes"', '"faxes", late = ["RQX"]'), "links 1, late: the link is none of RQX's"),
        (FULL + GATHER, "risks 1, gathers 1, contributors 1: there is no risk 'faxes'"),
        (FULL + introduction("late = true, withdrawn_days_ago = 2"), "introductions 1: say one of made, declined"),
        (
            FULL + introduction('made = { days_ago = 2, kind = "CAUSES", reason = "", to = [{ risk = "faxes" }] }'),
            "risks 1, introductions 1, to 1: there is no risk 'faxes'",
        ),
        (
            FULL + 'dismissals = [{ other = "faxes", by = "QMF", days_ago = 2, reason = "" }]',
            "risks 1, dismissals 1: there is no risk 'faxes'",
        ),
    ],
)
def test_a_slip_in_what_relates_risks_is_refused_saying_where_it_is(read, text, words):
    with pytest.raises(BadContent) as refused:
        read(text)
    assert words in str(refused.value)


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
