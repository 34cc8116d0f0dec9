"""What an endpoint may become."""

from __future__ import annotations

import pytest

from notifications.webhooks import lifecycle
from notifications.webhooks.models import State, WebhookEndpoint
from tests.factories import NOW

HAS_NO_WAY = [(was, to) for was in State for to in State if to not in lifecycle.TRANSITIONS[was]]


def at(state: State) -> WebhookEndpoint:
    return WebhookEndpoint(state=state, why="as it was", failing_since=NOW)


@pytest.mark.parametrize(("was", "to"), HAS_NO_WAY)
def test_it_goes_no_way_that_is_not_in_the_table(was: State, to: State) -> None:
    endpoint = at(was)
    with pytest.raises(lifecycle.NotNow, match="so this cannot be done now"):
        lifecycle.move(endpoint, to)
    assert (endpoint.state, endpoint.why, endpoint.failing_since) == (was, "as it was", NOW)


def test_one_that_was_disabled_has_to_answer_a_challenge_before_it_is_active_again() -> None:
    endpoint = at(State.DISABLED)
    with pytest.raises(lifecycle.NotNow, match="The endpoint is disabled"):
        lifecycle.move(endpoint, State.ACTIVE)
    lifecycle.move(endpoint, State.PENDING)
    lifecycle.move(endpoint, State.ACTIVE)
    assert (endpoint.state, endpoint.why, endpoint.failing_since) == (State.ACTIVE, "", None)


def test_why_it_is_not_active_is_said_and_its_failures_count_no_more() -> None:
    endpoint = at(State.ACTIVE)
    lifecycle.move(endpoint, State.DISABLED, why="It is gone")
    assert (endpoint.state, endpoint.why, endpoint.failing_since) == (State.DISABLED, "It is gone", None)
