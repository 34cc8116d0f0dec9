"""The shared parts of pages say in words whatever they say in colour or position."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template import engines
from markupsafe import Markup

from escalations.models import Status as EscalationStatus
from risks import scoring
from risks.models import Status as RiskStatus
from tests.safetyreg.conftest import text

DUE = datetime(2026, 4, 8, 15, 10, tzinfo=UTC)


def draw(file: str, call: str, **given: Any) -> str:
    name = call.split("(")[0]
    source = f'{{% from "components/{file}.jinja" import {name} %}}{{{{ {call} }}}}'
    return engines["jinja2"].from_string(source).render(given)


@dataclass
class Thing:
    status: str
    words: str = "Its status"

    def get_status_display(self) -> str:
        return self.words


@dataclass
class Clock:
    state: str = "running"
    words: str = "Due in 3 working days"
    due_at: datetime = DUE
    what: str = "Acknowledge the escalation"
    owed_by: str = "Test ICB"
    explanation: str = "The weekend does not count."


def test_a_score_names_its_band() -> None:
    assert text(draw("scores", "score_tag(16, band)", band=scoring.Band.EXTREME)) == "16 Extreme"
    assert text(draw("scores", "score_tag(none)")) == "Not scored"


def test_the_matrix_can_be_read_without_seeing_it() -> None:
    scores = [
        {"kind": "INITIAL", "likelihood": 4, "consequence": 5},
        {"kind": "CURRENT", "likelihood": 3, "consequence": 4},
        {"kind": "TARGET", "likelihood": 3, "consequence": 4},
    ]
    html = draw("scores", "matrix(scores, scoring)", scores=scores, scoring=scoring)
    assert "I Initial 20 Extreme likelihood 4, consequence 5" in text(html)
    cells = [text(cell) for cell in re.findall(r'<td class="app-band.*?</td>', html, re.DOTALL)]
    assert len(cells) == 25
    assert cells[3] == "20 extreme I, initial score"
    assert cells[7] == "12 high C, current score T, target score"
    assert cells[20] == "1 low"
    assert html.count('scope="col"') == html.count('scope="row"') == 5
    assert "Low is 1 to 3, Moderate is 4 to 6, High is 8 to 12, Extreme is 15 to 25." in text(html)


@pytest.mark.parametrize("status", [*RiskStatus, *EscalationStatus])
def test_every_status_has_words_and_a_colour(status: str) -> None:
    html = draw("status", "status_tag(thing)", thing=Thing(status))
    assert text(html) == "Its status"
    assert re.search(r'class="nhsuk-tag nhsuk-tag--[a-z-]+"', html)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("running", "Due in 3 working days, by Wednesday 8 April 2026, 4:10pm"),
        ("overdue", "Due in 3 working days. It was due by Wednesday 8 April 2026, 4:10pm"),
        ("paused", "Due in 3 working days"),
        ("met", "Due in 3 working days"),
    ],
)
def test_a_clock_in_one_line(state: str, said: str) -> None:
    assert text(draw("clock", "clock_line(c)", c=Clock(state))) == said


def test_a_clock_says_what_is_owed_by_whom_and_how_it_was_worked_out() -> None:
    html = draw("clock", "clock(c)", c=Clock())
    assert text(html).startswith("Acknowledge the escalation, owed by Test ICB Due in 3 working days")
    assert text(html).endswith("How this time is worked out The weekend does not count.")


def test_the_ladder_is_a_list_in_the_order_of_the_climb() -> None:
    rungs = [
        {"level": "Provider", "organisation": "Test Trust", "state": "done", "you": True},
        {"level": "Region", "organisation": "Test Region", "state": "here", "tag": Thing("RAISED", "Raised")},
        {"level": "National", "organisation": "Test England", "state": "waiting", "note": "Not asked"},
    ]
    html = draw("ladder", "ladder(rungs)", rungs=rungs)
    steps = [text(step) for step in re.findall(r"<li.*?</li>", html, re.DOTALL)]
    assert steps == [
        "✓ Provider Test Trust (you)",
        "2 Region Test Region Raised The next move is theirs",
        "3 National Test England Not asked",
    ]


def test_facts_leave_out_what_is_empty_and_escape_what_was_typed() -> None:
    rows = [
        ("Owner", "Amina"),
        ("Note", ""),
        ("Nobody", None),
        ("Cause", "<b>x</b>"),
        ("Tag", Markup("<i>y</i>")),
        ("Due", "today", {"text": "Change", "href": "/change/"}),
    ]
    html = draw("facts", "facts(rows, 'At a glance')", rows=rows)
    assert text(html) == "At a glance Owner Amina Cause &lt;b&gt;x&lt;/b&gt; Tag y Due today Change due (At a glance)"


def test_what_happened_says_when_and_who() -> None:
    step = {"at": DUE, "what": "Escalated", "by": "Amina", "words": "Twice\nin a week"}
    html = draw("facts", "timeline(steps, now)", steps=[step], now=DUE + timedelta(days=3))
    assert text(html) == "Escalated Amina, Wednesday 8 April 2026, 4:10pm (3 days ago) Twice in a week"


def test_what_somebody_wrote_is_kept_apart_and_named() -> None:
    html = draw("facts", "quote('We have acted', by='Test England', at=at)", at=DUE)
    assert text(html) == "Test England, Wednesday 8 April 2026, 4:10pm We have acted"


def test_nothing_here_yet() -> None:
    assert text(draw("lists", "empty_state('Nothing yet.')")) == "Nothing yet."
