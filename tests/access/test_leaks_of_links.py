"""Nothing of a risk is told by what relates it to others: questions, links, the map, positions, look-alikes and pairs.

What everybody finds there in all is held by test_leaks; here it is what they find in each place, and how many.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from risks import indexing
from tests.access.answers import REFERENCES, text
from tests.access.relations import reads, relations, sees
from tests.access.story import mark
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.access.world import World

API = "/api/v1/"


def _references(world: World, names: Iterable[str]) -> set[str]:
    return {world.story.subjects[name].risk.reference for name in names}


QUESTIONS_SEEN = {  # by whom: how many of its own and others' risks it reads them of, and that it was itself asked
    "neighbour": ("linked", "sought", "theirs", "taken"),
    "involved": ("crossing", "escalated", "answered", "closed", "spared"),
    "region": ("answered",),
    "national": ("answered",),
    "other_icb": ("wide",),
    "administrator": (),
}
LINKS_SEEN = {
    "lead": ("reply", "linked", "proposed", "between", "declined", "separate", "gathered"),
    "neighbour": ("linked", "farther", "proposed", "between", "declined", "separate"),
    "involved": ("reply",),
    "region": (),
    "national": (),
    "administrator": (),
}


@pytest.mark.parametrize("kind", QUESTIONS_SEEN)
def test_the_questions_that_are_listed_and_counted_are_the_readers_own(kind: str, world: World) -> None:
    found = world.ask(kind, "GET", f"{API}involvements/").json()
    about = [world.story.subjects[name].risk.reference for name in QUESTIONS_SEEN[kind]]
    assert sorted(row["risk"] for row in found["results"]) == sorted(about)
    assert found["total"] == len(about)


@pytest.mark.parametrize(("kind", "of_us", "by_us"), [("involved", 3, 0), ("neighbour", 2, 2), ("other_icb", 0, 0)])
def test_the_tabs_of_positions_count_what_waits_for_an_answer(kind: str, of_us: int, by_us: int, world: World) -> None:
    """Of the five that the involved organisation was asked, it has answered two."""
    page = re.sub(r"<[^>]*>|\s+", " ", text(world.ask(kind, "GET", "/involvements/")))
    assert re.findall(r"Asked of us\D*(\d+)\D*Asked by us\D*(\d+)", page)[0] == (str(of_us), str(by_us))


@pytest.mark.parametrize("kind", LINKS_SEEN)
def test_the_links_that_are_listed_and_counted_are_those_that_show_nothing_unseen(kind: str, world: World) -> None:
    found = world.ask(kind, "GET", f"{API}links/").json()
    assert {row["id"] for row in found["results"]} == {str(world.story.links[name].pk) for name in LINKS_SEEN[kind]}
    assert found["total"] == len(LINKS_SEEN[kind])


# The chain of chapters.py: what each sees of it from each of its risks, over at most three steps.
CHAIN = [
    ("lead", "linked", {"linked", "theirs"}, 1),
    ("lead", "theirs", {"linked", "theirs"}, 1),
    ("lead", "gathered", {"gathered", "systemic"}, 1),
    ("lead", "systemic", {"gathered", "systemic"}, 1),
    ("neighbour", "linked", {"linked", "theirs", "beyond"}, 2),
    ("neighbour", "beyond", {"linked", "theirs", "beyond"}, 2),
    ("icb", "linked", {"linked", "theirs", "beyond", "systemic"}, 3),
    ("icb", "systemic", {"linked", "theirs", "beyond", "systemic", "gathered"}, 4),
    ("icb", "upstream", {"upstream"}, 0),  # a proposal is no link
    ("neighbour", "sought", {"sought"}, 0),
    ("lead", "separate", {"separate"}, 0),
    ("lead", "declined", {"declined"}, 0),
]


@pytest.mark.parametrize(("kind", "name", "seen", "links"), CHAIN)
def test_a_chain_of_links_never_shows_a_neighbours_neighbour(
    kind: str, name: str, seen: set[str], links: int, world: World
) -> None:
    reference = world.story.subjects[name].risk.reference
    told = world.ask(kind, "GET", f"{API}risks/{reference}/map/").json()
    assert {node["reference"] for node in told["nodes"]} == _references(world, seen)
    assert len(told["edges"]) == links
    assert told["left_out"] == (1 if (kind, name) == ("icb", "linked") else 0)  # the gathered one is a fourth step off
    page = world.ask(kind, "GET", f"/risks/{reference}/map/")
    assert set(REFERENCES.findall(text(page))) == _references(world, seen)
    assert world.leaks(kind, page) == []


def test_on_a_system_risk_its_owner_is_shown_each_position_and_a_contributor_its_own(world: World) -> None:
    reference = world.story.subjects["systemic"].risk.reference
    for kind, shown in (("icb", {"gathered", "beyond"}), ("lead", {"gathered"}), ("viewer", {"gathered"})):
        told = world.ask(kind, "GET", f"{API}risks/{reference}/positions/").json()
        assert {one["reference"] for one in told["positions"]} == _references(world, shown)
        page = text(world.ask(kind, "GET", f"/risks/{reference}/"))
        section = re.search(r'<section aria-labelledby="positions">.*?</section>', page, re.DOTALL)
        assert section
        for other in ("linked", "theirs", "beyond", "gathered"):
            assert (mark(other, "title") in section[0]) == (other in shown), (kind, other)


def test_likely_pairs_are_of_risks_that_are_read_in_full(world: World) -> None:
    """The ICB sees the gathered one too, but only what a system risk shows of it."""
    for kind in ("icb", "region", "other_icb", "national"):
        in_full = _references(world, (name for name in relations() if reads(kind, name) == "full"))
        told = world.ask(kind, "GET", f"{API}pairs/?page_size=200").json()
        named = {row[side]["reference"] for row in told["results"] for side in ("first", "second")}
        assert named <= in_full
        assert bool(named) == (kind == "icb")
        page = text(world.ask(kind, "GET", "/look-alikes/"))
        assert f"{told['total']} likely pair" in page or kind != "icb"


ALIKE_TYPED = ("/risks/look-alikes/", f"{API}look-alikes/")


@pytest.mark.parametrize("kind", ["writer", "lead", "neighbour", "icb", "other_icb", "region", "involved"])
@pytest.mark.parametrize("path", ALIKE_TYPED)
def test_typing_the_very_words_of_a_risk_finds_it_only_for_those_who_see_it(kind: str, path: str, world: World) -> None:
    found = 0
    for name, subject in world.story.subjects.items():
        risk = subject.risk
        typed = {field: getattr(risk, field) for field in ("title", "cause", "event", "effect")}
        response = world.ask(kind, "POST", path, typed, json=path.startswith(API))
        shown = set(REFERENCES.findall(text(response)))
        assert shown <= _references(world, (other for other in relations() if sees(kind, other)))
        assert (risk.reference in shown) == (sees(kind, name) and not risk.is_draft), name
        found += len(shown)
    assert found


def test_the_reason_why_two_risks_are_alike_names_no_topic_of_one_that_is_not_seen(world: World) -> None:
    """Two of the owner's own are both about discharge, and one that it does not see about anticoagulants too."""
    subjects = world.story.subjects
    own, like_it, unseen = (subjects[name].risk for name in ("local", "crossing", "beyond"))
    for risk, topics in ((own, "discharge and warfarin"), (like_it, "discharge"), (unseen, "discharge and warfarin")):
        type(risk).objects.filter(pk=risk.pk).update(event=f"A letter about {topics} is late")
    indexing.index(now=NOW)
    response = world.ask("lead", "GET", f"{API}risks/{own.reference}/look-alikes/")
    reasons = {one["risk"]["reference"]: one["reason"] for one in response.json()["results"]}
    assert "discharge" in reasons[like_it.reference].lower()
    assert "warfarin" not in str(reasons).lower()
    assert "anticoagulant" not in str(reasons).lower()
    told = world.ask("icb", "GET", f"{API}risks/{like_it.reference}/look-alikes/").json()
    assert unseen.reference in {one["risk"]["reference"] for one in told["results"]}


def test_the_blind_line_is_hidden_below_three_organisations_and_from_all_but_the_owner(world: World) -> None:
    risk = world.story.subjects["crossing"].risk

    def told(kind: str) -> tuple[int, bool]:
        over_the_api = world.ask(kind, "GET", f"{API}risks/{risk.reference}/look-alikes/").json()
        page = text(world.ask(kind, "GET", f"/risks/{risk.reference}/"))
        return over_the_api["unseen_organisations"], bool(re.search(r"\d+ other organisations of this system", page))

    assert told("lead") == (3, True)
    assert told("icb") == told("involved") == (0, False)
    alliance = world.story.subjects["alliance"].risk
    type(alliance).objects.filter(pk=alliance.pk).update(likelihood=None, consequence=None, status="DRAFT")
    assert told("lead") == (0, False)
