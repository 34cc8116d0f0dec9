"""Pressing "Log this risk" twice, as is easily done without a script, logs one risk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Role
from risks.models import Risk
from tests.ladder import FIELDS
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
LOG = "/risks/log/"


@pytest.fixture
def reporter(ladder: Ladder) -> Client:
    return visitor(ladder.actor(ladder.provider, Role.REPORTER))


def token(page: HttpResponse) -> str:
    return re.findall(r'name="once" value="([^"]+)"', page.content.decode())[0]


def press(client: Client, once: str, **typed: Any) -> HttpResponse:
    return client.post(LOG, {**FIELDS, "save": "log", "once": once, **typed})


def test_pressing_twice_logs_one_risk_and_leads_to_it_twice(reporter: Client) -> None:
    once = token(reporter.get(LOG))
    answers = [press(reporter, once) for _ in range(2)]
    risk = Risk.objects.get()
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, risk.get_absolute_url())] * 2


def test_two_forms_log_two_risks_that_say_the_same(reporter: Client) -> None:
    for _ in range(2):
        assert press(reporter, token(reporter.get(LOG))).status_code == 303
    assert Risk.objects.count() == 2


def test_a_form_that_was_refused_is_sent_again_with_the_same_token(reporter: Client) -> None:
    once = token(reporter.get(LOG))
    refused = press(reporter, once, title="")
    assert refused.status_code == 422
    assert token(refused) == once
    assert press(reporter, once).status_code == 303


def test_going_back_and_logging_another_one_is_asked_about_once(reporter: Client) -> None:
    once = token(reporter.get(LOG))
    press(reporter, once)
    asked = press(reporter, once, title="Letters get lost")
    assert asked.status_code == 409
    assert "logged or kept from this page before" in words(asked)
    assert "Letters get lost" in asked.content.decode()
    assert token(asked) != once
    assert press(reporter, token(asked), title="Letters get lost").status_code == 303
    assert sorted(Risk.objects.values_list("title", flat=True)) == [FIELDS["title"], "Letters get lost"]


def test_a_token_of_somebody_else_leads_nowhere_of_theirs(ladder: Ladder, reporter: Client) -> None:
    once = token(reporter.get(LOG))
    press(reporter, once)
    other = visitor(ladder.actor(ladder.neighbour))
    assert press(other, once).status_code == 303
    assert Risk.objects.count() == 2
