"""Nothing reaches anybody who may not read it, through any page, list, filter, search, choice, count or e-mail.

Every text of every risk in chapters.py holds a marker. relations.csv says how far each organisation reads each risk,
fields.csv how far one has to read to read each text, and exchanges.csv who reads what organisations say to each other.
What everybody finds, wherever they look, is exactly that.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client

from notifications import delivery
from safetyreg.api import docs
from tests.access import policy
from tests.access.answers import REFERENCES, answer, marks_in, text
from tests.access.cast import READERS
from tests.access.relations import may_read, reads, relations, sees
from tests.access.story import MARK, mark
from tests.factories import NOW, UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpResponse

    from tests.access.world import World

# Of those who read alike, one.
ONE_OF_EACH = [kind for kind in READERS if kind not in ("viewer", "reporter", "writer", "national")]
API = "/api/v1/"
AT_ONCE = 5  # words in one search, which is no longer than 200 characters
SEARCHED = ("title", "cause", "event", "effect")
SEARCHED_IN_FULL, NUMBER = "comment", "number"


def shown(world: World, kind: str, *, api: bool) -> Iterator[tuple[str, str]]:
    """All that somebody is shown on the addresses that the policy opens to them: the path and the text."""
    for row in policy.rows():
        if "GET" in row.methods and row.answers[kind] == "ok" and world.routes[row.route].is_api == api:
            for subject in row.subjects:
                path = world.path(world.routes[row.route], subject)
                yield row.route, text(world.ask(kind, "GET", path))


@pytest.mark.parametrize("api", [False, True], ids=["pages", "API"])
@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_everybody_reads_all_that_is_for_them_and_nothing_else(kind: str, api: bool, world: World) -> None:
    """On the pages taken together, and over the API taken together. What else they are shown is held by test_policy."""
    found: set[str] = set()
    for response in _shown(world, kind, api=api):
        assert world.leaks(kind, response) == []
        found |= marks_in(response)
    assert found == world.shown_on("API" if api else "pages", kind)


def _shown(world: World, kind: str, *, api: bool) -> Iterator[HttpResponse]:
    """What the policy says that somebody is shown, without the forms."""
    for row in policy.rows():
        route = world.routes[row.route]
        shows = "GET" in row.methods and (api or route.methods == {"GET"})
        if shows and row.answers[kind] == "ok" and route.is_api == api:
            for subject in row.subjects:
                path = world.path(route, subject)
                most = "?page_size=200" if route.is_list else ""
                yield world.ask(kind, "GET", path + most)


@pytest.mark.parametrize("kind", READERS)
def test_a_search_finds_a_risk_by_what_its_reader_may_read(kind: str, world: World) -> None:
    for about in (*SEARCHED, SEARCHED_IN_FULL):
        assert _found(world, kind, _marks(world, about)) == _references(world, _readable(world, kind, about))


@pytest.mark.parametrize("kind", READERS)
def test_a_search_finds_the_owners_number_for_those_who_may_read_it(kind: str, world: World) -> None:
    for name in relations():
        may = {name} & _readable(world, kind, NUMBER)
        assert _found(world, kind, [mark(name, NUMBER).upper()]) == _references(world, may)


@pytest.mark.parametrize("kind", ["viewer", "involved", "administrator"])
def test_a_search_finds_nothing_by_words_that_are_not_searched(kind: str, world: World) -> None:
    """Which not every reader of the risk may read."""
    searched = {*SEARCHED, SEARCHED_IN_FULL, NUMBER}
    for name, subject in world.story.subjects.items():
        assert _found(world, kind, [mark(name, about) for about in sorted(subject.marks - searched)]) == set()


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_what_a_search_marks_is_for_its_reader(kind: str, world: World) -> None:
    """Every text of every risk has the word in it that is searched for."""
    listed = world.ask(kind, "GET", f"{API}risks/?search=words+or+risk&page_size=200")
    finds = {(row["reference"], find["field"]) for row in listed.json()["results"] for find in row["found_in"]}
    assert world.leaks(kind, listed) == []
    assert {reference for reference, field in finds if field == SEARCHED_IN_FULL} == _references(
        world, _readable(world, kind, SEARCHED_IN_FULL)
    )
    if kind != "administrator":
        page = world.ask(kind, "GET", "/risks/?search=words+or+risk")
        assert world.leaks(kind, page) == []
        assert bool(finds) == ("<mark>" in text(page))


@pytest.mark.parametrize("kind", [kind for kind in ONE_OF_EACH if kind != "administrator"])
def test_no_spelling_is_proposed_that_its_reader_may_not_read(kind: str, world: World) -> None:
    proposed = set()
    for about in ("title", "effect", SEARCHED_IN_FULL):
        typed = [f"{word}q" for word in _marks(world, about)]
        for some in range(0, len(typed), AT_ONCE):
            page = world.ask(kind, "GET", f"/risks/?search={'+or+'.join(typed[some : some + AT_ONCE])}")
            proposed |= marks_in(page) - set(typed)
    found = {mark(name, about) for about in (*SEARCHED, SEARCHED_IN_FULL) for name in _readable(world, kind, about)}
    assert proposed <= found
    assert proposed >= {mark(name, "title") for name in _readable(world, kind, "title")}


def _marks(world: World, about: str) -> list[str]:
    return [mark(name, about) for name, subject in world.story.subjects.items() if about in subject.marks]


def _readable(world: World, kind: str, about: str) -> set[str]:
    """The risks of which somebody may read the text of that kind."""
    written = {name for name, subject in world.story.subjects.items() if about in subject.marks}
    return {name for name in written if sees(kind, name) and may_read(kind, name, about)}


def _found(world: World, kind: str, words: list[str]) -> set[str]:
    """The references that a search for any of the words, spelt as they are, finds over the API."""
    found = set()
    for some in range(0, len(words), AT_ONCE):
        quoted = [f"%22{word}%22" if len(words) > 1 else word for word in words[some : some + AT_ONCE]]
        answered = world.ask(kind, "GET", f"{API}risks/?search={'+or+'.join(quoted)}")
        found |= {risk["reference"] for risk in answered.json()["results"]}
    return found


def _references(world: World, names: Iterable[str]) -> set[str]:
    return {world.story.subjects[name].risk.reference for name in names}


# What only those who read a risk in full know of it.
KNOWN_IN_FULL = [
    "theme=6", "process=9", "escalated=true", "escalated=false", "review_overdue=true", "review_overdue=false",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["lead", "involved", "administrator"])
@pytest.mark.parametrize("query", KNOWN_IN_FULL)
def test_a_filter_on_what_is_read_in_full_finds_only_what_is_read_in_full(kind: str, query: str, world: World) -> None:
    in_full = _references(world, (name for name in relations() if reads(kind, name) == "full"))
    found = {risk["reference"] for risk in world.ask(kind, "GET", f"{API}risks/?{query}").json()["results"]}
    assert found <= in_full
    if kind != "administrator":
        page = text(world.ask(kind, "GET", f"/risks/?{query}"))
        assert set(REFERENCES.findall(page)) == found


@pytest.mark.parametrize("kind", READERS)
def test_a_list_counts_only_what_its_reader_sees(kind: str, world: World) -> None:
    seen = [name for name in relations() if sees(kind, name)]
    assert world.ask(kind, "GET", f"{API}risks/").json()["total"] == len(seen)
    in_full = {name for name in relations() if reads(kind, name) == "full"}
    hops = [hop for hop in world.story.hops if hop.partition("-")[0] in in_full]
    assert world.ask(kind, "GET", f"{API}escalations/").json()["total"] == len(hops)
    if kind != "administrator":
        assert f"{len(seen)} risk" in text(world.ask(kind, "GET", "/risks/"))


def test_the_organisations_to_filter_by_are_those_whose_risks_are_seen(world: World) -> None:
    """The neighbour owns a risk that the involved organisation does not see."""
    page = text(world.ask("involved", "GET", "/risks/"))
    choices = re.search(r'<select[^>]*name="organisation".*?</select>', page, re.DOTALL)
    assert choices
    organisations = world.cast.organisations
    assert organisations["owner"].name in choices[0]
    assert organisations["neighbour"].name not in choices[0]
    assert organisations["neighbour"].name in text(world.ask("neighbour", "GET", "/risks/"))


def test_a_part_reader_learns_nothing_of_the_others_that_are_named(world: World) -> None:
    """Neither which they are, nor who oversees the risk or spoke about it."""
    reference = world.story.subjects["crossing"].risk.reference
    for path in (f"/risks/{reference}/", f"{API}risks/{reference}/", f"{API}risks/", "/risks/"):
        page = text(world.ask("involved", "GET", path))
        assert reference in page
        for name in ("third", "icb", "region"):
            assert world.cast.organisations[name].name not in page, (path, name)
        assert world.cast.users["reporter"].name not in page, path  # who commented


def test_when_a_risk_was_last_changed_does_not_sort_it_for_a_part_reader(world: World) -> None:
    def order(kind: str) -> list[str]:
        return [row["reference"] for row in world.ask(kind, "GET", f"{API}risks/?sort=updated").json()["results"]]

    before, before_in_full = order("involved"), order("icb")
    last = type(world.story.subjects["escalated"].risk).objects.get(reference=before[-1])
    type(last).objects.filter(pk=last.pk).update(updated_at=NOW + timedelta(hours=1))
    assert order("involved") == before
    assert order("icb") != before_in_full or before_in_full[0] == last.reference


def test_the_description_of_the_api_is_the_same_for_everybody(world: World) -> None:
    described = set()
    for kind in ("lead", "administrator"):
        docs._drawn.cache_clear()  # as the first request to a process draws it
        described.add(text(world.ask(kind, "GET", "/api/schema/")))
    assert len(described) == 1
    assert MARK not in described.pop()


def test_no_e_mail_says_what_a_risk_says_and_all_go_to_those_who_may_know(world: World) -> None:
    delivery.send(now=NOW + timedelta(days=2))
    letters = [*world.letters, *mail.outbox]
    assert len(letters) > len(world.letters) > 0
    for letter in letters:
        assert MARK not in f"{letter.subject} {letter.body}".lower()
        known = {kind for kind, user in world.cast.users.items() if user.email in letter.to}
        for reference in REFERENCES.findall(f"{letter.subject} {letter.body}"):
            assert any(_told_of(world, kind, reference) for kind in known), letter.subject


def _told_of(world: World, kind: str, reference: str) -> bool:
    subject = next(name for name, subject in world.story.subjects.items() if subject.risk.reference == reference)
    organisation = next(
        name for name, body in world.cast.organisations.items() if body == world.cast.actors[kind].organisation
    )
    line = relations()[subject]
    return line.get(organisation, "-") not in ("-", "title") or organisation in line["was told"].split()


@pytest.mark.parametrize("leaver", ["writer", "lead"])
def test_an_administrator_learns_of_what_a_leaver_holds_its_references_alone(leaver: str, world: World) -> None:
    """To have it handed over (docs/adr/0007)."""
    held = world.cast.actors[leaver]
    own = _references(world, (name for name, line in relations().items() if line["owner"] == "full"))
    for route in ("person", "person-role", "person-end", "person-deactivate"):
        response = world.ask("administrator", "GET", world.routes[route].path({"pk": held.membership.pk}))
        assert answer(response) == "ok"
        assert not marks_in(response)
        found = set(REFERENCES.findall(text(response)))
        assert found <= own
        assert bool(found) == (leaver == "writer"), route


def test_the_administration_site_shows_no_risk_to_the_operator(world: World) -> None:
    """Of whom the register knows only that they look after it."""
    operator = Client()
    operator.force_login(UserFactory(is_staff=True, is_superuser=True))
    routes = [route for name, route in world.routes.items() if name.startswith("admin")]
    changelists = [route for route in routes if route.name.endswith("_changelist")]
    assert [route.name for route in changelists] == [
        "admin:accounts_user_changelist",
        "admin:accounts_organisation_changelist",
    ]
    shown = 0
    for route in routes:
        given = {**world.others["-"]}
        if "organisation" in route.name:
            given["object_id"] = world.cast.organisations["owner"].pk
        response = operator.get(route.path(given), follow=True)
        shown += response.status_code == 200
        assert not marks_in(response)
        assert not REFERENCES.search(text(response))
    assert shown > len(changelists)
    assert answer(operator.get("/risks/")) == "choose"
