"""The map of linked risks: what is on it, for whom, and how it is drawn."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from overview import linked
from overview.map import Layout, Tie, lay_out
from overview.wrapping import wrapped
from risks import services as risks
from tests.factories import NOW
from tests.overview.gathered import SYSTEM_TITLE, Gathered, gathered
from tests.visiting import plain, visitor, words

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

of_the_register = pytest.mark.usefixtures("at_now")


@pytest.fixture
def scene(ladder: Ladder) -> Gathered:
    return gathered(ladder)


def drawing(actor: Actor, risk: Risk) -> str:
    response = visitor(actor).get(f"{risk.path}map/")
    assert response.status_code == 200
    return response.content.decode()


def references(page: str) -> list[str]:
    """Of the risks on the drawing, in the order in which the keyboard reaches them."""
    return re.findall(r'<a class="app-map__node[^"]*" href="/risks/(PSR-\d+)/"', page)


# What is on it


@of_the_register
def test_it_shows_who_harms_whom_drawn_and_as_a_table(scene: Gathered) -> None:
    cause, effect = scene.contributing(scene.ladder.provider), scene.risk_of(scene.ladder.neighbour)
    scene.link(scene.system, effect, "CAUSES")
    page = drawing(scene.icb, scene.system)
    assert references(page) == [cause.reference, scene.system.reference, effect.reference]
    names = [plain(node) for node in re.findall(r'<a class="app-map__node.*?</a>', page, re.DOTALL)]
    assert names[0] == f"Test Royal Hospital {cause.title} 16 Extreme {cause.reference}"
    assert names[1] == f"Test Own ICB {SYSTEM_TITLE} 16 Extreme {scene.system.reference}"
    assert 'aria-current="true"' in page.split("app-map__node--here")[1].split(">")[0]
    assert page.count('marker-end="url(#map-head)"') == 2
    table = words(visitor(scene.icb).get(f"{scene.system.path}map/")).split("The same as a table")[1]
    assert f"From {cause.reference} {cause.title} Test Royal Hospital 16 Extreme Relation contributes to To" in table
    assert "Relation causes To" in table
    assert "Agreed on 3 November 2026" in table


@of_the_register
def test_a_relation_without_direction_has_no_arrow_and_says_so(scene: Gathered) -> None:
    scene.link(scene.system, scene.risk_of(scene.ladder.provider), "SAME_HAZARD")
    page = drawing(scene.icb, scene.system)
    assert "marker-end" not in page
    assert "app-map__line--both" in page.split('<svg class="app-map__drawing"')[1]
    assert "same hazard, no direction" in words(visitor(scene.icb).get(f"{scene.system.path}map/"))


@of_the_register
def test_without_links_it_says_so(scene: Gathered) -> None:
    scene.ask(scene.risk_of(scene.ladder.provider))
    page = drawing(scene.icb, scene.system)
    assert "No links yet" in page
    assert "<svg class=" not in page.split("<main")[1].split("</main>")[0]


@of_the_register
def test_a_closed_risk_says_so(scene: Gathered) -> None:
    risk = scene.contributing(scene.ladder.provider)
    lead = scene.lead(scene.ladder.provider)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="Gone", by=lead, now=NOW)
    assert f"{risk.title} Closed {risk.reference}" in plain(drawing(scene.icb, scene.system))


@of_the_register
def test_a_title_too_long_for_its_box_is_shortened_there_and_said_in_full(scene: Gathered) -> None:
    title = "Practices learn of a changed dose of an anticoagulant days after discharge, and community nurses never do"
    scene.contributing(scene.ladder.provider, title=title)
    page = drawing(scene.icb, scene.system)
    assert "\u2026</text>" in page
    assert page.count(f"<desc>{title}</desc>") == 1


# Who sees what of it


@of_the_register
def test_a_chain_never_shows_a_neighbours_neighbour(scene: Gathered, ladder: Ladder) -> None:
    third = scene.another_provider()
    first, middle, last = (scene.risk_of(one) for one in (ladder.provider, ladder.neighbour, third))
    risks.edit_risk(risk=last, fields={"title": "At the far end"}, version=last.version, by=scene.lead(third), now=NOW)
    scene.link(first, middle)
    scene.link(middle, last)
    for risk in (first, middle):
        page = drawing(scene.lead(ladder.provider), risk)
        assert set(references(page)) == {first.reference, middle.reference}
        for hidden in (last.reference, "At the far end", third.name):
            assert hidden not in page
    assert visitor(scene.lead(ladder.provider)).get(f"{last.path}map/").status_code == 404
    assert len(references(drawing(scene.lead(ladder.neighbour), middle))) == 3
    assert len(references(drawing(scene.icb, first))) == 3, "the ICB oversees all three"


@of_the_register
def test_two_neighbours_that_are_each_seen_in_part_do_not_show_their_own_link(scene: Gathered, ladder: Ladder) -> None:
    third = scene.another_provider()
    own, also_own = scene.risk_of(ladder.provider), scene.risk_of(ladder.provider)
    one, other = scene.risk_of(ladder.neighbour), scene.risk_of(third)
    scene.link(own, one)
    scene.link(own, other)
    scene.link(one, other)
    scene.link(own, also_own)
    page = drawing(scene.lead(ladder.provider), own)
    assert len(references(page)) == 4
    assert page.count("marker-end") == 3


@of_the_register
def test_a_contributor_sees_the_system_risk_and_no_other_contributor(scene: Gathered, ladder: Ladder) -> None:
    own, other = scene.contributing(ladder.provider), scene.contributing(ladder.neighbour)
    page = drawing(scene.lead(ladder.provider), scene.system)
    assert references(page) == [own.reference, scene.system.reference]
    assert other.reference not in page
    assert "not drawn" not in page, "no count of what is hidden"


@of_the_register
def test_a_withdrawn_link_is_gone_at_the_next_request(scene: Gathered, ladder: Ladder) -> None:
    own, other = scene.risk_of(ladder.provider), scene.risk_of(ladder.neighbour)
    link = scene.link(own, other)
    lead = scene.lead(ladder.provider)
    client = visitor(lead)
    assert other.reference in client.get(f"{own.path}map/").content.decode()
    risks.withdraw_link(link=link, why="A mistake", by=scene.lead(ladder.neighbour), now=NOW)
    page = client.get(f"{own.path}map/").content.decode()
    assert other.reference not in page
    assert "No links yet" in page
    assert client.get(f"{other.path}map/").status_code == 404


@of_the_register
def test_a_declined_link_is_not_drawn(scene: Gathered, ladder: Ladder) -> None:
    (link,) = scene.ask(scene.risk_of(ladder.provider))
    risks.decline_link(link=link, why="Not ours", by=scene.lead(ladder.provider), now=NOW)
    assert "No links yet" in drawing(scene.icb, scene.system)


# How far it reaches


@of_the_register
def test_it_goes_three_steps_and_counts_what_comes_after(scene: Gathered, ladder: Ladder) -> None:
    chain = [scene.risk_of(ladder.provider) for _ in range(6)]
    for before, after in pairwise(chain):
        scene.link(before, after)
    page = drawing(scene.icb, chain[0])
    assert references(page) == [risk.reference for risk in chain[:4]]
    assert "1 more linked risk is not drawn" in words(visitor(scene.icb).get(f"{chain[0].path}map/"))


@of_the_register
def test_it_draws_so_many_and_counts_the_others(scene: Gathered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linked, "MOST", 3)
    for _ in range(4):
        scene.contributing(scene.ladder.provider)
    page = drawing(scene.icb, scene.system)
    assert len(references(page)) == 3
    assert scene.system.reference in references(page)
    assert "2 more linked risks are not drawn" in page.replace("</strong>", "")


@of_the_register
def test_25_linked_risks_ask_the_database_as_often_as_one(scene: Gathered) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            found.append(linked.drawn(linked.with_risk(scene.system, scene.icb)))
        return len(queries)

    found: list[dict] = []
    scene.contributing(scene.ladder.provider)
    one = cost()
    for _ in range(24):
        scene.contributing(scene.another_provider())
    assert cost() == one
    assert [len(drawn["nodes"]) for drawn in found] == [2, 26]


# How it is drawn, whatever is linked with whatever

nodes = st.integers(0, 11)
arrows = st.lists(st.tuples(nodes, nodes, st.booleans()).filter(lambda tie: tie[0] != tie[1]), max_size=25)


def drawn(ties: list[tuple[int, int, bool]]) -> tuple[Layout, list[Tie]]:
    """With one tie for each pair, as in the register."""
    pairs = {frozenset(tie[:2]): Tie(*tie) for tie in ties}
    kept = list(pairs.values())
    return lay_out(list(range(12)), kept), kept


@given(arrows)
def test_every_risk_is_drawn_and_no_two_overlap(ties: list[tuple[int, int, bool]]) -> None:
    layout, _ = drawn(ties)
    assert set(layout.boxes) == set(range(12))
    boxes = list(layout.boxes.values())
    for number, one in enumerate(boxes):
        assert one.x >= 0
        assert one.y >= 0
        assert one.x + one.width <= layout.width
        assert one.y + one.height <= layout.height
        for other in boxes[:number]:
            apart = one.x + one.width < other.x or other.x + other.width < one.x
            assert apart or one.y + one.height < other.y or other.y + other.height < one.y


@given(arrows)
def test_every_line_goes_from_box_to_box(ties: list[tuple[int, int, bool]]) -> None:
    layout, kept = drawn(ties)
    assert sorted(map(repr, kept)) == sorted(repr(line.tie) for line in layout.lines)
    for line in layout.lines:
        points = [tuple(map(int, point.split(","))) for point in re.findall(r"-?\d+,-?\d+", line.path)]
        ends = {_touched(layout, points[0]), _touched(layout, points[-1])}
        assert ends == {line.tie.start, line.tie.end}
        if line.tie.is_directed:
            assert _touched(layout, points[-1]) == line.tie.end, "the arrow's head is at its end"


def _touched(layout: Layout, point: tuple[int, ...]) -> object:
    x, y = point
    return next(
        node
        for node, box in layout.boxes.items()
        if box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height
    )


@given(arrows)
def test_without_circles_every_arrow_goes_from_left_to_right(ties: list[tuple[int, int, bool]]) -> None:
    """Arrows from the smaller number to the greater make no circle; relations without direction do not change that."""
    layout, kept = drawn([(min(one, other), max(one, other), way) for one, other, way in ties])
    for tie in kept:
        if tie.is_directed:
            assert layout.boxes[tie.start].x + layout.boxes[tie.start].width < layout.boxes[tie.end].x


@given(arrows)
def test_no_line_crosses_a_box_on_its_way(ties: list[tuple[int, int, bool]]) -> None:
    """Where a line passes a layer by, it runs straight through, between the boxes of that layer."""
    layout, _ = drawn(ties)
    for line in layout.lines:
        for x, y in re.findall(r" L(-?\d+),(-?\d+)", line.path):
            if abs(layout.boxes[line.tie.start].layer - layout.boxes[line.tie.end].layer) > 1:
                inside = [box for box in layout.boxes.values() if box.x <= int(x) <= box.x + box.width]
                assert not any(box.y <= int(y) <= box.y + box.height for box in inside)


@given(arrows)
def test_the_same_is_drawn_the_same(ties: list[tuple[int, int, bool]]) -> None:
    assert drawn(ties)[0] == drawn(ties)[0]


def test_what_is_the_same_hazard_shares_a_layer() -> None:
    layout = lay_out("abc", [Tie("a", "b", False), Tie("b", "c", True)])
    layers = {node: box.layer for node, box in layout.boxes.items()}
    assert layers == {"a": 0, "b": 0, "c": 1}


def test_a_circle_is_drawn_with_one_arrow_turned_back() -> None:
    layout = lay_out("abc", [Tie("a", "b", True), Tie("b", "c", True), Tie("c", "a", True)])
    assert [layout.boxes[node].layer for node in "abc"] == [0, 1, 2]
    assert len(layout.lines) == 3


def test_contributors_stand_beside_what_they_lead_to() -> None:
    layout = lay_out("abcd", [Tie("a", "b", True), Tie("b", "c", True), Tie("d", "c", True)])
    assert layout.boxes["d"].layer == layout.boxes["b"].layer == 1


# Words in boxes


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Short", ["Short"]),
        ("Discharge letters reach practices late", ["Discharge letters reach", "practices late"]),
        ("a " * 200, None),
        ("W" * 90, None),
        ("\u75c5\u9662" * 60, None),
    ],
)
def test_words_are_broken_into_lines_that_fit(text: str, lines: list[str] | None) -> None:
    broken = wrapped(text, size=16, width=200, lines=3)
    if lines is None:
        assert len(broken) == 3
        assert broken[-1].endswith("\u2026")
        assert all(len(line) < 40 for line in broken)
    else:
        assert broken == lines
