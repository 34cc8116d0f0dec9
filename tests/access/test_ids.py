"""What may not be seen is answered exactly like what does not exist: in an address, a body, a filter or a query string.

The tables are compared with what forms and the API ask for, so that an id nobody thought of fails. Organisations are
public: a field that takes any of them has nothing to hide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django import forms

from escalations import services as escalations
from risks import services as risks
from safetyreg.api.docs import description
from tests.access import policy, routes
from tests.access.answers import answer
from tests.access.asked import NO_ID, NO_REFERENCE, alike, case, forms_asked, plain, properties, same
from tests.access.bodies import body
from tests.access.cast import join
from tests.access.relations import reads, relations
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.access.world import World

# The ids that forms and bodies take, by route and name.
PEOPLE = {
    ("risk-log", "owner"), ("risk-draft", "owner"), ("risk-hand-over", "to"), ("risk-action", "owner"),
    ("risk-action-give", "owner"), ("risk-transfer-accept", "owner"), ("system-risk-log", "owner"),
    ("involvement-log", "owner"),
    ("escalation-acknowledge", "handler"), ("escalation-reassign", "handler"),
    ("client-add", "responsible"), ("client-change", "responsible"),
    ("api-clients", "responsible"), ("api-client", "responsible"),
    ("api-risks", "owner"), ("api-risks-save-draft", "owner"), ("api-risk-save-draft", "owner"),
    ("api-risk-log", "owner"), ("api-person-set-role", "hand_to"), ("api-person-end", "hand_to"),
    ("api-person-deactivate", "hand_to"), ("api-risk-hand-over", "to"), ("api-risk-actions", "owner"),
    ("api-action-give", "owner"), ("api-risk-accept-transfer", "owner"), ("api-system-risks", "owner"),
    ("api-involvement-log", "owner"), ("api-risks-import", "owner"),
    ("api-escalation-acknowledge", "handler"), ("api-escalation-reassign", "handler"),
    ("api-triage-acknowledge", "handler"), ("api-triage-name-handler", "handler"),
}  # fmt: skip
MEMBERSHIPS = {("acting", "membership"), ("api-act-for", "membership")}
SYSTEM_RISKS = {("pair-gather", "system_risk")}
FEEDBACK = {("api-escalation-answer", "passed_on_from")}


def test_every_id_that_a_form_takes_is_tried() -> None:
    """Besides those that a page makes up from rows: whom one acts for, and who takes over from a leaver."""
    asked = {
        (name, field)
        for name, form in forms_asked()
        for field, asks in form.base_fields.items()
        if isinstance(asks, forms.ModelChoiceField)
    }
    assert asked == {case for case in PEOPLE | SYSTEM_RISKS if not case[0].startswith("api-")}


def test_every_id_that_a_body_of_the_api_takes_is_tried(db: None) -> None:
    schema = description()
    names = {re.sub(r"<[^>]*>", "{}", "/" + route.pattern): route.name for route in routes.routes().values()}
    asked = set()
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            for name, asks in properties(schema, operation).items():
                if asks.get("format") == "uuid":
                    asked.add((names[re.sub(r"{[^}]*}", "{}", path)], name))
    assert asked == {case for case in PEOPLE | MEMBERSHIPS | FEEDBACK if case[0].startswith("api-")}


@pytest.mark.parametrize(("route", "name"), sorted(PEOPLE))
def test_a_person_elsewhere_is_answered_like_nobody(route: str, name: str, world: World) -> None:
    kind, subject = case(route)
    elsewhere = "lead" if kind == "neighbour" else "neighbour"
    same(world, kind, route, subject, name, str(world.cast.users[elsewhere].pk))


@pytest.mark.parametrize(("route", "name"), sorted(MEMBERSHIPS))
def test_a_membership_of_somebody_else_is_answered_like_none(route: str, name: str, world: World) -> None:
    same(world, "lead", route, "-", name, str(world.cast.actors["neighbour"].membership.pk))


@pytest.mark.parametrize(("route", "name"), sorted(SYSTEM_RISKS))
def test_a_system_risk_of_another_body_is_answered_like_none(route: str, name: str, world: World) -> None:
    """And so is a risk that the ICB does see, but does not own."""
    kind, subject = case(route)
    for other in ("local", "crossing"):
        same(world, kind, route, subject, name, str(world.story.subjects[other].risk.pk))


def _unseen_addresses() -> Iterator[tuple[str, str]]:
    """A route, and something its address can point at that the involved organisation does not see, or not in full."""
    for route, rows in policy.by_route().items():
        unseen = [name for row in rows if row.answers["involved"] == "404" for name in row.subjects]
        in_part = [name for name in unseen if name in relations() and reads("involved", name) == "part"]
        if not route.startswith("admin"):
            yield from ((route, name) for name in dict.fromkeys([*unseen[:1], *in_part[:1]]))


@pytest.mark.parametrize(("route", "subject"), list(_unseen_addresses()))
def test_the_address_of_what_is_not_seen_is_answered_like_any_other(route: str, subject: str, world: World) -> None:
    found = world.routes[route]
    given = world.given(route, subject)
    nothing = {name: NO_REFERENCE if name in ("reference", "other") else NO_ID for name in found.places}
    sent = body(world, route, "involved", subject)
    for method in (*sorted(found.methods), "HEAD", "OPTIONS"):
        asked = [world.ask("involved", method, found.path(ids), sent, json=found.is_api) for ids in (given, nothing)]
        assert asked[0].status_code == asked[1].status_code, method
        hidden = [str(given[name]) for name in found.places]
        assert plain(asked[0], *hidden) == plain(asked[1], NO_ID), method
        assert world.leaks("involved", asked[0]) == []


@pytest.fixture
def far_away(world: World) -> Any:
    """Feedback on a risk under another ICB, which nobody of the story sees."""
    far = join(world.cast.organisations["far"], "SAFETY_LEAD", "Test Far")
    risk = risks.log_risk(fields={**FIELDS, "title": "Far away"}, by=far, now=NOW)  # type: ignore[typeddict-item]
    raised = escalations.escalate_risk(risk=risk, reason="Why", ask="What", by=far, now=NOW)
    return escalations.update(escalation=raised, text="So it is", by=world.cast.actors["other_icb"], now=NOW)


def test_an_answer_that_is_not_seen_is_passed_on_like_none(world: World, far_away: Any) -> None:
    same(world, "icb", "api-escalation-answer", "escalated", "passed_on_from", str(far_away.pk))
    path = world.path(world.routes["escalation-answer"], "escalated")
    for method in ("GET", "POST"):
        sent = body(world, "escalation-answer", "icb", "escalated")
        asked = [world.ask("icb", method, f"{path}?pass-on={one}", sent) for one in (far_away.pk, NO_ID)]
        assert asked[0].status_code == 404
        alike(asked, str(far_away.pk))


def test_a_leaver_hands_nothing_to_somebody_elsewhere(world: World) -> None:
    member = world.cast.actors["writer"].membership
    elsewhere = str(world.cast.users["neighbour"].pk)
    for route, sent in (("person-end", {}), ("person-role", {"role": "VIEWER"}), ("person-deactivate", {})):
        path = world.routes[route].path({"pk": member.pk})
        asked = [world.ask("administrator", "POST", path, sent | {"hand_to": one}) for one in (elsewhere, NO_ID)]
        assert answer(asked[0]) == "bad"
        alike(asked, elsewhere)


# What lists are asked for, by an id or a reference: the list, the name, and how what is not seen is found.
FILTERS = {
    ("api-risks", "organisation"), ("risk-list", "organisation"), ("api-risks", "search"), ("risk-list", "search"),
    ("escalations", "search"), ("escalations-sent", "search"), ("notification-list", "search"),
    ("api-escalations", "risk"), ("api-feedback", "risk"), ("api-feedback", "escalation"),
    ("api-deadlines", "risk_reference"), ("api-notifications", "reference"), ("api-links", "risk"),
    ("api-involvements", "risk"), ("api-introductions", "risk"), ("involvements", "search"),
    ("involvements-sent", "search"),
}  # fmt: skip
# Of organisations, which are public: what they narrow down is the reader's own.
PUBLIC = {("api-deadlines", "owed_by"), ("api-deadlines", "owed_to"), ("api-organisations", "parent")}


@pytest.mark.parametrize(("route", "name"), sorted(FILTERS))
def test_a_filter_by_what_is_not_seen_finds_what_a_filter_by_nothing_does(route: str, name: str, world: World) -> None:
    """Asked by the involved organisation, which does not see what the neighbour has taken over, nor its escalations."""
    local, hop = world.story.subjects["local"].risk, world.story.hops["answered-icb"]
    ids = {
        "organisation": (world.cast.organisations["neighbour"].ods_code, "T9999"),
        "escalation": (str(hop.pk), NO_ID),
    }
    hidden, missing = ids.get(name, (local.reference, NO_REFERENCE))
    path = world.routes[route].path({})
    asked = [world.ask("involved", "GET", f"{path}?{name}={one}") for one in (hidden, missing)]
    assert asked[0].status_code == asked[1].status_code
    assert plain(asked[0], hidden) == plain(asked[1], missing)


def test_every_id_that_a_list_of_the_api_is_narrowed_by_is_tried(db: None) -> None:
    schema = description()
    names = {"/" + route.pattern: route.name for route in routes.routes().values()}
    asked = {
        (names[path], parameter["name"])
        for path, operations in schema["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid"
    }
    assert asked - PUBLIC == {(route, name) for route, name in FILTERS if name == "escalation"}
