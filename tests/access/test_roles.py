"""At the body asked too, a role allows what it allows: neither a viewer nor a reporter nor an administrator decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.access import policy
from tests.access.answers import answer
from tests.access.bodies import body
from tests.access.cast import AT_THE_ICB

if TYPE_CHECKING:
    from tests.access.policy import Row
    from tests.access.world import World

SUBJECT = "escalated"
# What every reader may do, and what every reporter may.
READS = {"api-risk-read-feedback"}
REPORTS = {"risk-comment", "api-risk-comments"}


@pytest.mark.parametrize("kind", AT_THE_ICB)
def test_a_role_at_the_icb_allows_no_more_than_it_says(kind: str, world: World) -> None:
    wrong = []
    for row in policy.rows():
        route = world.routes[row.route]
        for method in row.methods if SUBJECT in row.subjects else ():
            sent = body(world, row.route, kind, SUBJECT)
            found = answer(world.ask(kind, method, world.path(route, SUBJECT), sent, json=route.is_api))
            if found != (expected := _expected(row, kind, method, route.methods)):
                wrong.append(f"{row.route} {method}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


def _expected(row: Row, kind: str, method: str, offered: frozenset[str]) -> str:
    """By what its safety lead gets: whatever the lead may do is either reading, or not for them."""
    lead = row.answers["icb"]
    if kind == "icb_administrator" or lead == "404":
        return "404"
    shows = method == "GET" and (offered == {"GET"} or row.route.startswith("api-"))
    allowed = shows or row.route in READS or (kind == "icb_reporter" and row.route in REPORTS)
    return lead if allowed else "403"
