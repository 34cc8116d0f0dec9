"""Every route and method, as every kind of actor, about risks in every relation to them: policy.csv says what they get.

`ok`: it was shown or done: 200, 201, 204 or a redirect onwards. `409`: they may, but not now: the status of the risk or
escalation does not allow it. `bad`: they may, but no valid body exists here (400 of the API, 422 of a page).
`sign-in`: sent to the sign-in page (302), or told to sign in (401 of the API). `choose`: told that they act for no
organisation (403). `403`: seen, but not theirs to do. `404`: not seen, exactly as if it did not exist.

Whatever the answer, it shows nobody a word, a reference or an e-mail address that is not for them.

Every body is valid (bodies.py), so `ok` after POST or PATCH means that it was done; each is undone at once. Where `ok`
means less, the note of the row says so. A subject is something of chapters.py, by what the address is about (a risk, an
escalation, a question, a link, an introduction, a pair), a row of `World`, or `-` for an address that names none. The
columns are explained in cast.py. The table is written from the rules, not the code.
"""

from __future__ import annotations

from itertools import cycle, product
from typing import TYPE_CHECKING

import pytest

from tests.access.answers import answer
from tests.access.bodies import body
from tests.access.cast import FURTHER_OFF, KINDS, OWNERS_PEOPLE, UNRELATED
from tests.access.policy import by_route, rows
from tests.access.routes import routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.access.policy import Row
    from tests.access.world import World

ANSWERS = {"ok", "409", "bad", "sign-in", "choose", "403", "404"}
# The risks that every route of a risk is asked about; the others of relations.csv show how shares come about.
RELATIONS = {
    "draft", "local", "crossing", "unnamed", "escalated", "answered", "offered", "withdrawn", "closed",
}  # fmt: skip
HOPS = {"escalated", "answered-icb", "answered-region", "answered-national", "disputed", "withdrawn"}
# What is exchanged about risks, in every state; pairs of which one sees both risks, one of them, or neither.
EXCHANGES = {
    "involvement": {"draft", "crossing", "gathered", "spared"},
    "link": {"proposed", "between", "linked", "farther", "reply", "gathered", "declined", "separate"},
    "introduction": {"meeting", "unmet"},
}
# What consenting to it shows at once of the risk on the other side: the service has just let them see it.
SHOWN_BY_CONSENT = {("api-link-accept", "proposed"): "enquiring"}
PAIRS = {"likely", "dismissed", "half-seen", "read-in-part", "escalated-pair"}


def test_every_route_and_method_has_a_row_and_every_row_a_route() -> None:
    offered = {(route.name, method) for route in routes().values() for method in route.methods}
    written = {(row.route, method) for row in rows() for method in row.methods}
    assert sorted(offered - written) == [], "these have no row"
    assert sorted(written - offered) == [], "these rows have no route"


def test_every_row_says_for_every_kind_of_actor_what_they_get() -> None:
    unknown = [
        (row.route, kind, found) for row in rows() for kind, found in row.answers.items() if found not in ANSWERS
    ]
    assert unknown == []


def test_no_cell_is_written_twice() -> None:
    cells = [(row.route, method, subject) for row in rows() for method in row.methods for subject in row.subjects]
    assert sorted(cell for cell in set(cells) if cells.count(cell) > 1) == []


def test_each_route_of_a_risk_is_asked_of_risks_in_every_relation() -> None:
    """And each of an escalation, a question, a link or an introduction in every state that the story holds."""
    missing = []
    for name, written in by_route().items():
        for method in sorted(routes()[name].methods):
            named = {subject for row in written if method in row.methods for subject in row.subjects}
            missing += [(name, method, subject) for subject in sorted(_wanted(name) - named)]
    assert missing == []


def _wanted(name: str) -> set[str]:
    places, words = routes()[name].places, name.removeprefix("api-").split("-")
    if "reference" in places:
        return PAIRS if "other" in places else RELATIONS
    if "escalation" in words:
        return HOPS
    return EXCHANGES.get(words[0], set()) if places else set()


@pytest.mark.parametrize("kind", ["anonymous", "lead", "involved"])
def test_asking_for_the_head_or_the_options_of_an_address_opens_nothing_more(kind: str, world: World) -> None:
    """The head is refused like the page, though without words. The options say which methods there are."""
    for name, written in by_route().items():
        row = next((row for row in written if "GET" in row.methods), None)
        if row and not name.startswith("admin"):
            path = world.path(world.routes[name], row.subjects[0])
            assert answer(world.ask(kind, "HEAD", path)) == row.answers[kind], name
            options = world.ask(kind, "OPTIONS", path)
            assert options.status_code < 500, name
            assert world.leaks(kind, options) == [], name


@pytest.fixture
def _error_pages_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing the same few pages thousands of times would be a third of the time. The tests of ids read them whole."""
    monkeypatch.setattr("safetyreg.error_pages.render_to_string", lambda _template, given, **_more: given["title"])


@pytest.mark.usefixtures("_error_pages_in_short")
@pytest.mark.parametrize("route", sorted(by_route()))
def test_everybody_gets_what_the_policy_says(route: str, world: World) -> None:
    wrong = []
    for row, method, subject, kind in _cells(by_route()[route]):
        found, leaked = _found(world, route, method, subject, kind)
        where = f"{method} {subject} {kind}"
        if found != row.answers[kind]:
            wrong.append(f"{where}: {found}, not {row.answers[kind]}")
        if leaked:
            wrong.append(f"{where}: is shown {', '.join(leaked)}")
    assert not wrong, "\n".join(wrong)


def _cells(of_route: list[Row]) -> Iterator[tuple[Row, str, str, str]]:
    """Each kind of actor about each subject, but where that would only be the same again thousands of times.

    Some stand in no relation to any risk: they are asked by each method about the first alone. And where the table
    treats the owner's people alike, or the bodies that are further off than the ICB, another one of them is asked about
    each risk.
    """
    asked, turns = set(), {group: cycle(group) for group in (OWNERS_PEOPLE, FURTHER_OFF)}
    for row in of_route:
        alike = [group for group in turns if len({row.answers[kind] for kind in group}) == 1]
        for method, subject in product(row.methods, row.subjects):
            left_out = {kind for group in alike for kind in _all_but(next(turns[group]), group)}
            if not _wanted(row.route):
                left_out = set()
            elif method in asked:
                left_out |= set(UNRELATED)
            asked.add(method)
            for kind in KINDS:
                if kind not in left_out:
                    yield row, method, subject, kind


def _all_but(one: str, group: tuple[str, ...]) -> set[str]:
    return set(group) - {one}


def _found(world: World, name: str, method: str, subject: str, kind: str) -> tuple[str, list[str]]:
    route = world.routes[name]
    sent = None if method == "GET" else body(world, name, kind, subject)
    response = world.ask(kind, method, world.path(route, subject), sent, json=route.is_api)
    leaked = world.leaks(kind, response)
    if answer(response) == "ok" and (consented := SHOWN_BY_CONSENT.get((name, subject))):
        leaked = [shown for shown in leaked if shown != world.story.subjects[consented].risk.reference]
    return answer(response), leaked


def test_the_columns_are_the_kinds_of_actor() -> None:
    assert all(set(row.answers) == set(KINDS) for row in rows())
