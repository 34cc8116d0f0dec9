"""What may not be seen is answered exactly like what does not exist: in an address, a body, a filter or a query string.

The tables are compared with what forms and the API ask for, so that an id nobody thought of fails. Organisations are
public: a field that takes any of them has nothing to hide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django import forms
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from escalations import services as escalations
from risks import services as risks
from risks.forms.gathering import RisksField
from risks.forms.references import RiskReferencesField
from tests.access import policy, routes
from tests.access.answers import answer, text
from tests.access.bodies import body
from tests.access.cast import KINDS, join
from tests.access.relations import knows, reads, relations
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from tests.access.world import World

NO_ID = "00000000-0000-4000-8000-000000000000"
NO_REFERENCE = "PSR-999999"

# The ids that forms and bodies take, by route and name.
PEOPLE = {
    ("risk-log", "owner"), ("risk-draft", "owner"), ("risk-hand-over", "to"), ("risk-action", "owner"),
    ("risk-action-give", "owner"), ("risk-transfer-accept", "owner"), ("system-risk-log", "owner"),
    ("involvement-log", "owner"),
    ("escalation-acknowledge", "handler"), ("escalation-reassign", "handler"),
    ("api-risks", "owner"), ("api-risks-save-draft", "owner"), ("api-risk-save-draft", "owner"),
    ("api-risk-log", "owner"), ("api-risk-hand-over", "to"), ("api-risk-actions", "owner"),
    ("api-action-give", "owner"), ("api-risk-accept-transfer", "owner"), ("api-system-risks", "owner"),
    ("api-involvement-log", "owner"),
    ("api-escalation-acknowledge", "handler"), ("api-escalation-reassign", "handler"),
}  # fmt: skip
MEMBERSHIPS = {("acting", "membership"), ("api-act-for", "membership")}
FEEDBACK = {("api-escalation-answer", "passed_on_from")}
SYSTEM_RISKS = {("pair-gather", "system_risk")}
# The references of risks: one that whoever may send it does not see, and whether the field takes several.
ONE, SEVERAL = False, True
REFERENCES = {
    ("risk-link", "to"): ("beyond", ONE), ("api-risk-link", "to"): ("enquiring", ONE),
    ("involvement-own-risk", "own_risk"): ("local", ONE), ("api-involvement-own-risk", "own_risk"): ("local", ONE),
    ("risk-gather", "contributors"): ("local", SEVERAL), ("api-risk-gather", "contributors"): ("local", SEVERAL),
    ("system-risk-log", "contributors"): ("local", SEVERAL), ("api-system-risks", "contributors"): ("local", SEVERAL),
    ("introduction-introduce", "to"): ("local", SEVERAL), ("api-introduction-introduce", "to"): ("local", SEVERAL),
    ("api-pairs-dismiss", "risk"): ("local", ONE), ("api-pairs-dismiss", "other"): ("local", ONE),
    ("api-pairs-restore", "risk"): ("local", ONE), ("api-pairs-restore", "other"): ("local", ONE),
}  # fmt: skip


def test_every_id_that_a_form_takes_is_tried() -> None:
    """Besides those that a page makes up from rows: whom one acts for, and who takes over from a leaver."""
    asked = {
        (name, field)
        for name, form in _forms()
        for field, asks in form.base_fields.items()
        if isinstance(asks, forms.ModelChoiceField)
    }
    assert asked == {case for case in PEOPLE | SYSTEM_RISKS if not case[0].startswith("api-")}


def test_every_reference_that_a_form_takes_is_tried() -> None:
    asked = {
        (name, field)
        for name, form in _forms()
        for field, asks in form.base_fields.items()
        if isinstance(asks, RiskReferencesField | RisksField)
    }
    assert asked == {case for case in REFERENCES if not case[0].startswith("api-")}


def _forms() -> Iterator[tuple[str, type[forms.Form]]]:
    for name, view in _views(get_resolver().url_patterns):
        form = getattr(getattr(view, "view_class", None), "form_class", None)
        if form:
            yield name, form


def _views(patterns: Any) -> Iterator[tuple[str, Any]]:
    for part in patterns:
        if hasattr(part, "url_patterns"):
            yield from _views(part.url_patterns)
        else:
            yield part.name, part.callback


def test_every_id_that_a_body_of_the_api_takes_is_tried(db: None) -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    names = {re.sub(r"<[^>]*>", "{}", "/" + route.pattern): route.name for route in routes.routes().values()}
    asked = set()
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            for name, asks in _properties(schema, operation).items():
                if asks.get("format") == "uuid":
                    asked.add((names[re.sub(r"{[^}]*}", "{}", path)], name))
    assert asked == {case for case in PEOPLE | MEMBERSHIPS | FEEDBACK if case[0].startswith("api-")}


def test_every_reference_that_a_body_of_the_api_takes_is_tried(db: None) -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    names = {re.sub(r"<[^>]*>", "{}", "/" + route.pattern): route.name for route in routes.routes().values()}
    asked = {
        (names[re.sub(r"{[^}]*}", "{}", path)], name)
        for path, operations in schema["paths"].items()
        for operation in operations.values()
        for name, asks in _properties(schema, operation).items()
        if "reference" in asks.get("description", "").lower() and name != "external_reference"
    }
    assert asked == {case for case in REFERENCES if case[0].startswith("api-")}


def _properties(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[-1]
    return schema["components"]["schemas"][name]["properties"]


@pytest.mark.parametrize(("route", "name"), sorted(PEOPLE))
def test_a_person_elsewhere_is_answered_like_nobody(route: str, name: str, world: World) -> None:
    kind, subject = _case(route)
    elsewhere = "lead" if kind == "neighbour" else "neighbour"
    _same(world, kind, route, subject, name, str(world.cast.users[elsewhere].pk))


@pytest.mark.parametrize(("route", "name"), sorted(MEMBERSHIPS))
def test_a_membership_of_somebody_else_is_answered_like_none(route: str, name: str, world: World) -> None:
    _same(world, "lead", route, "-", name, str(world.cast.actors["neighbour"].membership.pk))


@pytest.mark.parametrize(("route", "name"), sorted(REFERENCES))
def test_a_risk_that_is_not_seen_is_answered_like_none(route: str, name: str, world: World) -> None:
    kind, subject = _case(route)
    hidden, several = REFERENCES[route, name]
    assert not knows(kind, hidden)
    reference = world.story.subjects[hidden].risk.reference
    _same(world, kind, route, subject, name, reference, NO_REFERENCE, several=several)


@pytest.mark.parametrize(("route", "name"), sorted(SYSTEM_RISKS))
def test_a_system_risk_of_another_body_is_answered_like_none(route: str, name: str, world: World) -> None:
    """And so is a risk that the ICB does see, but does not own."""
    kind, subject = _case(route)
    for other in ("local", "crossing"):
        _same(world, kind, route, subject, name, str(world.story.subjects[other].risk.pk))


@pytest.fixture
def of_a_closed_organisation(world: World) -> str:
    """The reference of a risk that the owner sees and that is open, but not its organisation."""
    risk = world.story.subjects["taken"].risk
    type(risk.organisation).objects.filter(pk=risk.organisation_id).update(closed_on=NOW.date())
    return risk.reference


def test_a_link_that_cannot_be_is_answered_alike_whatever_stands_against_it(
    world: World, of_a_closed_organisation: str
) -> None:
    """With itself, twice, with a closed risk, with one of a closed organisation, one not seen, and one that is not."""
    names = ("linked", "theirs", "closed", "beyond", "draft")
    tried = [*(world.story.subjects[name].risk.reference for name in names), of_a_closed_organisation, NO_REFERENCE]
    valid = body(world, "risk-link", "lead", "linked")
    for route in ("risk-link", "api-risk-link"):
        path, is_api = world.path(world.routes[route], "linked"), world.routes[route].is_api
        answers = [world.ask("lead", "POST", path, valid | {"to": to}, json=is_api) for to in tried]
        assert {answer(one) for one in answers} == {"bad"}
        assert len({_complaint(one) for one in answers}) == 1, route


def test_a_risk_that_cannot_be_gathered_is_answered_alike_whatever_stands_against_it(world: World) -> None:
    names = ("systemic", "gathered", "closed", "local", "declined")
    tried = [*(world.story.subjects[name].risk.reference for name in names), NO_REFERENCE]
    valid = body(world, "risk-gather", "icb", "systemic")
    for route in ("risk-gather", "api-risk-gather"):
        path, is_api = world.path(world.routes[route], "systemic"), world.routes[route].is_api
        answers = [world.ask("icb", "POST", path, valid | {"contributors": [one]}, json=is_api) for one in tried]
        assert {answer(one) for one in answers} == {"bad"}
        said = {_complaint(one).replace(to, "ID") for one, to in zip(answers, tried, strict=True)}
        assert len(said) == 1, route


def _complaint(response: HttpResponse) -> str:
    """What a page says on top, or all that the API says but what each answer has of its own."""
    summary = re.search(r'<div class="nhsuk-error-summary".*?</ul>', text(response), re.DOTALL)
    return summary[0] if summary else _plain(response)


def _case(route: str) -> tuple[str, str]:
    """Somebody who may, and where."""
    for row in policy.by_route()[route]:
        for kind in KINDS:
            if row.answers[kind] == "ok" and "POST" in row.methods:
                return kind, row.subjects[0]
    raise AssertionError(f"nobody may use {route}")


def _same(
    world: World,
    kind: str,
    route: str,
    subject: str,
    name: str,
    hidden: str,
    none: str = NO_ID,
    *,
    several: bool = False,
) -> None:
    valid = body(world, route, kind, subject)
    path, is_api = world.path(world.routes[route], subject), world.routes[route].is_api
    sent = [valid | {name: [asked] if several else asked} for asked in (hidden, none)]
    responses = [world.ask(kind, "POST", path, one, json=is_api) for one in sent]
    assert answer(responses[0]) == "bad"
    _alike(responses, hidden)


def _alike(responses: list[HttpResponse], hidden: str) -> None:
    """The same status, and the same words apart from the id that was asked for and what each answer has of its own."""
    first, second = responses
    assert first.status_code == second.status_code
    assert _plain(first, hidden) == _plain(second, NO_ID)


def _plain(response: HttpResponse, *ids: str) -> str:
    page = text(response)
    for one in (*ids, NO_REFERENCE):
        page = page.replace(one, "ID")
    page = re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]*"', r"\1", page)
    return re.sub(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", "REFERENCE", page)  # to quote when asking for help


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
        assert _plain(asked[0], *hidden) == _plain(asked[1], NO_ID), method
        assert world.leaks("involved", asked[0]) == []


@pytest.fixture
def far_away(world: World) -> Any:
    """Feedback on a risk under another ICB, which nobody of the story sees."""
    far = join(world.cast.organisations["far"], "SAFETY_LEAD", "Test Far")
    risk = risks.log_risk(fields={**FIELDS, "title": "Far away"}, by=far, now=NOW)  # type: ignore[typeddict-item]
    raised = escalations.escalate_risk(risk=risk, reason="Why", ask="What", by=far, now=NOW)
    return escalations.update(escalation=raised, text="So it is", by=world.cast.actors["other_icb"], now=NOW)


def test_an_answer_that_is_not_seen_is_passed_on_like_none(world: World, far_away: Any) -> None:
    _same(world, "icb", "api-escalation-answer", "escalated", "passed_on_from", str(far_away.pk))
    path = world.path(world.routes["escalation-answer"], "escalated")
    for method in ("GET", "POST"):
        sent = body(world, "escalation-answer", "icb", "escalated")
        asked = [world.ask("icb", method, f"{path}?pass-on={one}", sent) for one in (far_away.pk, NO_ID)]
        assert asked[0].status_code == 404
        _alike(asked, str(far_away.pk))


def test_a_leaver_hands_nothing_to_somebody_elsewhere(world: World) -> None:
    member = world.cast.actors["writer"].membership
    elsewhere = str(world.cast.users["neighbour"].pk)
    for route, sent in (("person-end", {}), ("person-role", {"role": "VIEWER"}), ("person-deactivate", {})):
        path = world.routes[route].path({"pk": member.pk})
        asked = [world.ask("administrator", "POST", path, sent | {"hand_to": one}) for one in (elsewhere, NO_ID)]
        assert answer(asked[0]) == "bad"
        _alike(asked, elsewhere)


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
    assert _plain(asked[0], hidden) == _plain(asked[1], missing)


@pytest.mark.parametrize("hidden", ["enquiring", "receiving"])
def test_links_are_not_found_by_the_risk_on_the_other_side_until_it_is_seen(hidden: str, world: World) -> None:
    """The owner is shown the link, of which a filter could tell what the far side is called."""
    path, reference = world.path(world.routes["api-links"], "-"), world.story.subjects[hidden].risk.reference
    assert world.ask("lead", "GET", path).json()["count"] > 1
    asked = [world.ask("lead", "GET", f"{path}?risk={one}") for one in (reference, NO_REFERENCE)]
    assert asked[0].json()["count"] == 0
    _alike(asked, reference)


def test_every_id_that_a_list_of_the_api_is_narrowed_by_is_tried(db: None) -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    names = {"/" + route.pattern: route.name for route in routes.routes().values()}
    asked = {
        (names[path], parameter["name"])
        for path, operations in schema["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid"
    }
    assert asked - PUBLIC == {(route, name) for route, name in FILTERS if name == "escalation"}
