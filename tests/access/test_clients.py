"""Other systems on every address of the API: each gets what a person of its role in its organisation gets, no more.

So the columns of policy.csv hold for them too. What is different is written here: what no token is for, what each scope
is for, and that a client is told nothing, so that it has nothing to read. On pages a token is worth nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from oauth2_provider.models import get_access_token_model

from accounts import services as accounts
from tests.access import policy
from tests.access.answers import answer
from tests.access.bodies import body
from tests.access.routes import routes
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.access.policy import Row
    from tests.access.world import World

# Each system, and the person whose column says what it gets.
ALIKE = {
    "system_viewer": "viewer",
    "system_reporter": "reporter",
    "system_lead": "lead",
    "system_neighbour": "neighbour",
}
# By the beginning of the name of a route: what a token has to allow before anything is changed there; the longest
# beginning counts. Reading needs `read`. None: no token will do, for reading neither.
SCOPES = {
    "api-": "risks:write",
    "api-risk-escalate": "escalations:write",
    "api-escalation": "escalations:write",
    "api-risk-read-feedback": "escalations:write",
    "api-notification": "notifications:write",
    "api-news": "notifications:write",
    "api-webhook": "webhooks:manage",
    "api-look-alikes": "read",
    "api-reports": "export",
    "api-triage-accept": "escalations:write",
    "api-triage-acknowledge": "escalations:write",
    "api-triage-answer": "escalations:write",
    "api-triage-escalate-on": "escalations:write",
    "api-triage-name-handler": "escalations:write",
}
FOR_PEOPLE = (
    "api-act-for", "api-client", "api-standard", "api-proclaimed-days", "api-people", "api-person", "api-invitation",
    "api-own-organisation", "api-report-schedule", "api-report-link", "api-saved-view",
)  # fmt: skip
READ_BY_SYSTEMS = (
    "api-standard", "api-standards", "api-proclaimed-days", "api-people", "api-people-export", "api-person",
    "api-invitations", "api-invitation", "api-own-organisation",
    "api-report-schedule", "api-saved-views", "api-saved-view",
)  # fmt: skip
NOT_FOR_SYSTEMS = {"api-notification-read": "404"}  # they are told nothing


def scope(route: str, method: str) -> str | None:
    if route.startswith(FOR_PEOPLE) and (method != "GET" or route not in READ_BY_SYSTEMS):
        return None
    if method == "GET":
        return "export" if route.endswith(("-export", "api-report-file")) else "read"
    return SCOPES[max((start for start in SCOPES if route.startswith(start)), key=len)]


def rows_of_the_api() -> Iterator[tuple[Row, str]]:
    for row in policy.rows():
        if routes()[row.route].is_api:
            yield from ((row, method) for method in row.methods)


def cells(kind: str) -> Iterator[tuple[Row, str, str]]:
    """One subject for each answer that a safety lead gets on a route.

    For the others one of each route; and of those at the same organisation, only where they get another answer.
    """
    asked = set()
    for row, method in rows_of_the_api():
        lead = row.answers["lead"]
        answered = lead if kind == "system_lead" else ""
        same_again = kind in ("system_viewer", "system_reporter") and row.answers[ALIKE[kind]] == lead
        if not same_again and (row.route, method, answered) not in asked:
            asked.add((row.route, method, answered))
            yield row, method, row.subjects[0]


@pytest.mark.parametrize("kind", ALIKE)
def test_a_system_gets_what_a_person_of_its_role_gets(kind: str, world: World) -> None:
    wrong = []
    for row, method, subject in cells(kind):
        found, leaked = ask(world, kind, row.route, method, subject)
        like = row.answers[ALIKE[kind]]
        expected = NOT_FOR_SYSTEMS.get(row.route, like) if scope(row.route, method) else "403"
        if found != expected:
            wrong.append(f"{row.route} {method} {subject}: {found}, not {expected}")
        if leaked:
            wrong.append(f"{row.route} {method} {subject}: is shown {', '.join(leaked)}")
    assert not wrong, "\n".join(wrong)


def test_a_token_for_reading_changes_nothing_and_reads_what_its_role_reads(world: World) -> None:
    wrong = []
    for row, method, subject in cells("system_reader"):
        found, _leaked = ask(world, "system_reader", row.route, method, subject)
        expected = row.answers["lead"] if scope(row.route, method) == "read" else "403"
        if found != expected:
            wrong.append(f"{row.route} {method}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_each_operation_asks_for_the_scope_that_is_written_here(world: World) -> None:
    """Whatever is lacking is named, before anything is looked up: here by a token that allows nothing."""
    get_access_token_model().objects.filter(application__name="system_lead").update(scope="nothing")
    wrong = []
    for row, method, subject in cells("system_reader"):
        route = world.routes[row.route]
        response = world.ask("system_lead", method, world.path(route, subject), {}, json=True)
        needed = scope(row.route, method)
        named = f', scope="{needed}"' if needed else ""
        if (response.status_code, response.get("WWW-Authenticate")) != (
            403,
            f'Bearer error="insufficient_scope"{named}',
        ):
            wrong.append(
                f"{row.route} {method}: {response.status_code} {response.get('WWW-Authenticate')}, not {needed}"
            )
    assert not wrong, "\n".join(sorted(set(wrong)))


@pytest.mark.parametrize("token", ["revoked", "expired", "unknown", "of a session"])
def test_a_token_that_is_not_good_gets_nothing_anywhere(token: str, world: World) -> None:
    system = world.systems["system_lead"]
    if token == "revoked":
        accounts.revoke_client(client=system.client, by=world.cast.actors["administrator"], now=NOW)
    elif token == "expired":
        get_access_token_model().objects.filter(application=system.client).update(expires=NOW)
    elif token == "unknown":
        world.clients["system_lead"] = Client(headers={"Authorization": "Bearer unknown"})
    else:  # whoever is signed in and sends a token is not taken for the one who signed in
        world.clients["system_lead"] = world.cast.client("lead")
        world.clients["system_lead"].defaults["HTTP_AUTHORIZATION"] = "Bearer unknown"
    try:
        for row in {row.route: row for row, _method in rows_of_the_api()}.values():
            route = world.routes[row.route]
            for method in sorted(route.methods) if token == "revoked" else [min(route.methods)]:
                response = world.ask("system_lead", method, world.path(route, row.subjects[0]), {}, json=True)
                assert response.status_code == 401, (row.route, method)
                assert 'error="invalid_token"' in response["WWW-Authenticate"]
    finally:
        world.clients["system_lead"] = Client(headers={"Authorization": f"Bearer {system.token}"})


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_token_is_worth_nothing_on_pages(signed_in: bool, world: World) -> None:
    """Nor does a session that comes with it open them."""
    client = world.clients["system_lead"]
    if signed_in:
        client = world.cast.client("lead")
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {world.systems['system_lead'].token}"
    for row in policy.rows():
        route = world.routes[row.route]
        if not route.is_api and "GET" in row.methods and row.answers["anonymous"] == "sign-in":
            path = world.path(route, row.subjects[0])
            if not path.startswith("/admin/"):
                assert answer(client.get(path)) == "sign-in", row.route


def ask(world: World, kind: str, name: str, method: str, subject: str) -> tuple[str, list[str]]:
    person = ALIKE.get(kind, "lead")
    route = world.routes[name]
    sent = None if method == "GET" else body(world, name, person, subject)
    response = world.ask(kind, method, world.path(route, subject), sent, json=True)
    consented = answer(response) == "ok" and method != "GET" and "accept" in name
    return answer(response), [] if consented else world.leaks(person, response)


def test_no_address_of_the_api_is_without_a_scope() -> None:
    """Every view of the URLconf says for each method what a token needs, and asks for it."""
    from django.urls import get_resolver

    from safetyreg.api.permissions import WithinScope
    from safetyreg.api.scopes import SESSION_ONLY, Scope, needed
    from tests.access.asked import _views

    seen = 0
    for name, view in _views(get_resolver().url_patterns):
        if (name or "").startswith("api-") and name != "api-docs":
            shown = view.cls(**view.initkwargs)
            assert any(issubclass(asks, WithinScope) for asks in shown.permission_classes), name
            for method in routes()[name].methods:
                assert needed(shown, method) in {SESSION_ONLY, *Scope.values}, f"{name} {method} says no scope"
                seen += 1
    assert seen > 100
