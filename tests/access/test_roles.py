"""At the body asked too, a role allows what it allows: neither a viewer nor a reporter nor an administrator decides."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.access import policy
from tests.access.answers import answer
from tests.access.bodies import body
from tests.access.cast import AT_THE_ICB

if TYPE_CHECKING:
    from tests.access.policy import Row
    from tests.access.world import World

# What the ICB is asked about: a risk and its escalation, and what else it may decide or do.
SUBJECTS = ("escalated", "systemic", "between", "meeting", "likely", "dismissed")
# What every reader may do, and what every reporter may; and a page that is for safety leads, though it only shows.
READS = {"api-risk-read-feedback"}
REPORTS = {"risk-comment", "api-risk-comments"}
FOR_LEADS = {"pair"}


@pytest.mark.parametrize("kind", AT_THE_ICB)
def test_a_role_at_the_icb_allows_no_more_than_it_says(kind: str, world: World) -> None:
    wrong = []
    for row in policy.rows():
        route = world.routes[row.route]
        for method, subject in product(row.methods, [one for one in SUBJECTS if one in row.subjects]):
            sent = body(world, row.route, kind, subject)
            found = answer(world.ask(kind, method, world.path(route, subject), sent, json=route.is_api))
            if found != (expected := _expected(row, kind, method, route.methods)):
                wrong.append(f"{row.route} {method} {subject}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


def _expected(row: Row, kind: str, method: str, offered: frozenset[str]) -> str:
    """By what its safety lead gets: whatever the lead may do is either reading, or not for them."""
    lead = row.answers["icb"]
    if row.route.startswith("api-pairs-"):
        return "403"  # whether they may is asked before which two are named
    if kind == "icb_administrator" or lead == "404":
        return "404"
    shows = method == "GET" and (offered == {"GET"} or row.route.startswith("api-")) and row.route not in FOR_LEADS
    allowed = shows or row.route in READS or (kind == "icb_reporter" and row.route in REPORTS)
    return lead if allowed else "403"
