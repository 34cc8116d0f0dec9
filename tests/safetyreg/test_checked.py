"""The constraints of a risk, asked about together: fewer questions, and the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risks.models import Risk, Status

if TYPE_CHECKING:
    from tests.ladder import Ladder

SCORED = "Likelihood and consequence are each a whole number from 1 to 5"
CLOSED = "A closed risk says when and why it was closed"
GENERATED = {"score", "words", "text_digest", "effect_repeats_cause"}


@pytest.fixture
def risk(ladder: Ladder) -> Risk:
    return ladder.risk()


def refused(risk: Risk, exclude: set[str] = GENERATED) -> list[str]:
    try:
        risk.validate_constraints(exclude=exclude)
    except ValidationError as error:
        return error.messages
    return []


def test_where_all_hold_the_database_is_asked_once(risk: Risk) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert refused(risk) == []
    assert len([query for query in asked if "_check" in query["sql"] and "EXISTS" not in query["sql"]]) == 1


def test_each_that_does_not_hold_says_so(risk: Risk) -> None:
    risk.likelihood = 9
    assert refused(risk) == [SCORED]
    risk.status = Status.CLOSED
    assert refused(risk) == [SCORED, CLOSED]


def test_one_about_a_field_that_is_left_out_is_not_asked_about_and_the_others_are(risk: Risk) -> None:
    risk.likelihood = 9
    assert refused(risk, {*GENERATED, "likelihood"}) == []
    risk.status = Status.CLOSED
    assert refused(risk, {*GENERATED, "likelihood"}) == [CLOSED]


def test_those_that_are_no_checks_are_asked_about_too(ladder: Ladder, risk: Risk) -> None:
    lead = ladder.actor(ladder.provider)
    for one in (risk, other := ladder.risk(lead)):
        one.external_reference = "DATIX-1"
    risk.save()
    assert refused(other) == ["Another of your risks has this reference"]
    other.likelihood = 9
    assert refused(other) == [SCORED, "Another of your risks has this reference"]


def test_what_is_unknown_is_not_wrong(risk: Risk) -> None:
    """As in the database, where a constraint that compares with nothing holds."""
    risk.status = Status.DRAFT
    risk.likelihood = risk.consequence = None
    assert refused(risk) == []
