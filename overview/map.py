"""Where everything stands on a map of linked risks: a calculation that knows neither risks nor the database.

In layers from left to right, so that what contributes or causes stands left of what it leads to. What is linked without
a direction shares a layer, one over the other, as far as the directions allow. An arrow that would close a circle is
drawn and does not count for the order. A line that passes a layer by has a place of its own there: no box is crossed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

BOX_WIDTH, BOX_HEIGHT = 230, 160
ACROSS, DOWN, EDGE = 110, 40, 24
LANE = 20  # the height of the place of a line that passes by
BULGE = 44
BESIDE = 50  # from a line that goes straight down to the middle of its words
ROUNDS = 6


@dataclass(frozen=True)
class Tie:
    """A relation between two nodes, by their keys."""

    start: Hashable
    end: Hashable
    is_directed: bool


@dataclass(frozen=True)
class Box:
    """Where a node is drawn. `layer` counts from the left."""

    x: int
    y: int
    layer: int
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


@dataclass(frozen=True)
class Line:
    """How a tie is drawn: an SVG path from its start to its end, and where its words stand."""

    tie: Tie
    path: str
    words_at: tuple[int, int]


@dataclass(frozen=True)
class Layout:
    width: int
    height: int
    boxes: dict[Hashable, Box]
    lines: list[Line]

    @property
    def in_reading_order(self) -> list[Hashable]:
        """By layer from the left, in each from the top."""
        return sorted(self.boxes, key=lambda node: (self.boxes[node].layer, self.boxes[node].y))


def lay_out(nodes: Sequence[Hashable], ties: Sequence[Tie]) -> Layout:
    """Both ends of each tie are among the nodes. The same nodes and ties, in the same order, give the same drawing."""
    layers = _layers(nodes, ties)
    routes = {tie: _route(tie, layers) for tie in ties}
    columns = _columns(nodes, layers, routes)
    places = _places(columns)
    boxes = {node: place for node, place in places.items() if node in layers}
    doors = _doors(routes, places)
    lines = [_line(tie, route, places, doors) for tie, route in routes.items()]
    if not boxes:
        return Layout(0, 0, {}, [])
    width = max(box.x + box.width for box in boxes.values()) + EDGE + (BULGE if _has_bulge(routes, places) else 0)
    height = max(place.y + place.height for place in places.values()) + EDGE
    return Layout(width, height, boxes, lines)


# Which layer


def _layers(nodes: Sequence[Hashable], ties: Sequence[Tie]) -> dict[Hashable, int]:
    arrows = _without_circles(nodes, [(tie.start, tie.end) for tie in ties if tie.is_directed])
    group = {node: node for node in nodes}
    for tie in ties:
        if not tie.is_directed and group[tie.start] != group[tie.end]:
            joined = {node: group[tie.start] if of == group[tie.end] else of for node, of in group.items()}
            if not _has_circle(_between_groups(arrows, joined)):
                group = joined
    groups = list(dict.fromkeys(group.values()))
    depth = _depths(groups, _between_groups(arrows, group))
    return {node: depth[group[node]] for node in nodes}


def _between_groups(
    arrows: Iterable[tuple[Hashable, Hashable]], group: Mapping[Hashable, Hashable]
) -> set[tuple[Hashable, Hashable]]:
    return {(group[start], group[end]) for start, end in arrows}


def _without_circles(
    nodes: Iterable[Hashable], arrows: Iterable[tuple[Hashable, Hashable]]
) -> list[tuple[Hashable, Hashable]]:
    """The arrows, first come, first kept, but for those that would close a circle."""
    kept: list[tuple[Hashable, Hashable]] = []
    for arrow in arrows:
        if not _has_circle({*kept, arrow}):
            kept.append(arrow)
    return kept


def _has_circle(arrows: set[tuple[Hashable, Hashable]]) -> bool:
    """Take away what nothing leads to, again and again: what is then left goes round in a circle."""
    left = set(arrows)
    while left:
        ends = {end for _start, end in left}
        free = {arrow for arrow in left if arrow[0] not in ends}
        if not free:
            return True
        left -= free
    return False


def _depths(groups: Sequence[Hashable], arrows: set[tuple[Hashable, Hashable]]) -> dict[Hashable, int]:
    """As far left as what comes before allows; then drawn to what it leads to, so that lines are short."""
    before, after = defaultdict(set), defaultdict(set)
    for start, end in arrows:
        before[end].add(start)
        after[start].add(end)
    depth: dict[Hashable, int] = {}
    waiting = list(groups)
    while waiting:
        ready = [one for one in waiting if before[one] <= depth.keys()]
        for one in ready:
            depth[one] = max((depth[other] + 1 for other in before[one]), default=0)
        waiting = [one for one in waiting if one not in depth]
    for one in sorted(groups, key=lambda one: -depth[one]):
        if after[one]:
            depth[one] = min(depth[other] for other in after[one]) - 1
    return depth


# In which order within a layer


def _route(tie: Tie, layers: Mapping[Hashable, int]) -> list[Hashable]:
    """The start, a place in each layer that is passed by, and the end."""
    start, end = layers[tie.start], layers[tie.end]
    step = 1 if end > start else -1
    passed = [(tie, layer) for layer in range(start + step, end, step)] if start != end else []
    return [tie.start, *passed, tie.end]


def _columns(
    nodes: Sequence[Hashable], layers: Mapping[Hashable, int], routes: Mapping[Tie, list[Hashable]]
) -> list[list[Hashable]]:
    """Each layer from the top: what is tied together stands at about the same height."""
    columns: list[list[Hashable]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node in nodes:
        columns[layers[node]].append(node)
    for route in routes.values():
        for stop in route[1:-1]:
            columns[stop[1]].append(stop)  # type: ignore[index]
    beside = defaultdict(list)
    for route in routes.values():
        for one, other in pairwise(route):
            beside[one].append(other)
            beside[other].append(one)
    for _ in range(ROUNDS):
        for column in columns:
            heights = _heights(columns)
            column.sort(key=lambda one: _mean([heights[other] for other in beside[one]] or [heights[one]]))
    return columns


def _heights(columns: list[list[Hashable]]) -> dict[Hashable, float]:
    """How far each stands from the middle of its layer."""
    return {one: number - (len(column) - 1) / 2 for column in columns for number, one in enumerate(column)}


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


# Where on the drawing


def _places(columns: list[list[Hashable]]) -> dict[Hashable, Box]:
    """A box for each node, and a flat one for each line that passes by."""
    heights = [[LANE if _is_passing(one) else BOX_HEIGHT for one in column] for column in columns]
    tallest = max((sum(column) + DOWN * (len(column) - 1) for column in heights), default=0)
    places: dict[Hashable, Box] = {}
    for layer, (column, tall) in enumerate(zip(columns, heights, strict=True)):
        y = EDGE + (tallest - sum(tall) - DOWN * (len(column) - 1)) // 2
        for one, height in zip(column, tall, strict=True):
            places[one] = Box(EDGE + layer * (BOX_WIDTH + ACROSS), y, layer, height=height)
            y += height + DOWN
    return places


def _is_passing(one: Hashable) -> bool:
    return isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], Tie)


def _has_bulge(routes: Mapping[Tie, list[Hashable]], places: Mapping[Hashable, Box]) -> bool:
    return any(places[tie.start].layer == places[tie.end].layer for tie in routes)


Door = tuple["Hashable", bool, Tie]  # a node, whether on its right side, and the line that uses it


def _doors(routes: Mapping[Tie, list[Hashable]], places: Mapping[Hashable, Box]) -> dict[Door, int]:
    """How high each line leaves or reaches a box: spread over its side, in the order of where the lines lead."""
    by_side: dict[tuple[Hashable, bool], list[tuple[int, int, Tie]]] = defaultdict(list)
    for number, (tie, route) in enumerate(routes.items()):
        for here, there in ((route[0], route[1]), (route[-1], route[-2])):
            if places[here].layer != places[there].layer:
                right = places[there].layer > places[here].layer
                by_side[here, right].append((places[there].middle, number, tie))
    doors = {}
    for (node, right), used in by_side.items():
        for place, (_middle, _number, tie) in enumerate(sorted(used, key=lambda one: one[:2]), start=1):
            doors[node, right, tie] = places[node].y + places[node].height * place // (len(used) + 1)
    return doors


def _line(tie: Tie, route: Sequence[Hashable], places: Mapping[Hashable, Box], doors: Mapping[Door, int]) -> Line:
    """From the side of one box to the facing side of the next; its words stand half way to the first."""
    start, end = places[tie.start], places[tie.end]
    if start.layer == end.layer:
        return _within_a_layer(tie, start, end)
    rightwards = end.layer > start.layer

    def side(stop: Hashable, *, right: bool) -> tuple[int, int]:
        box = places[stop]
        return (box.x + box.width if right else box.x, doors.get((stop, right, tie), box.middle))

    here = side(tie.start, right=rightwards)
    path, words_at = f"M{here[0]},{here[1]}", _half_way(here, side(route[1], right=not rightwards))
    for stop in route[1:]:
        path += _curve(here, side(stop, right=not rightwards))
        here = side(stop, right=rightwards)
        if stop != tie.end:
            path += f" L{here[0]},{here[1]}"
    return Line(tie, path, words_at)


def _half_way(here: tuple[int, int], there: tuple[int, int]) -> tuple[int, int]:
    return ((here[0] + there[0]) // 2, (here[1] + there[1]) // 2)


def _curve(here: tuple[int, int], there: tuple[int, int]) -> str:
    half = (here[0] + there[0]) // 2
    return f" C{half},{here[1]} {half},{there[1]} {there[0]},{there[1]}"


def _within_a_layer(tie: Tie, start: Box, end: Box) -> Line:
    """Straight down between neighbours; round whatever stands between."""
    upper, lower = sorted((start, end), key=lambda box: box.y)
    gap = lower.y - upper.y - upper.height
    if gap <= DOWN:
        x, y = upper.x + upper.width // 2, upper.y + upper.height
        return Line(tie, f"M{x},{y} L{x},{lower.y}", (x + BESIDE, y + gap // 2))
    x, out = upper.x + upper.width, upper.x + upper.width + BULGE * 4 // 3
    path = f"M{x},{upper.middle} C{out},{upper.middle} {out},{lower.middle} {x},{lower.middle}"
    return Line(tie, path, (x + BULGE, (upper.middle + lower.middle) // 2))
