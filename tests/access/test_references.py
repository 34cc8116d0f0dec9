"""A risk is named by its reference: one that may not be seen is answered like one that does not exist.

And so is whatever cannot be linked or gathered. The table is compared with what forms and the API ask for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from risks.forms.gathering import RisksField
from risks.forms.references import RiskReferencesField
from safetyreg.api.docs import description
from tests.access import routes
from tests.access.answers import answer, text
from tests.access.asked import NO_REFERENCE, alike, case, forms_asked, plain, properties, same
from tests.access.bodies import body
from tests.access.relations import knows
from tests.factories import NOW

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.access.world import World

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


def test_every_reference_that_a_form_takes_is_tried() -> None:
    asked = {
        (name, field)
        for name, form in forms_asked()
        for field, asks in form.base_fields.items()
        if isinstance(asks, RiskReferencesField | RisksField)
    }
    assert asked == {case for case in REFERENCES if not case[0].startswith("api-")}


def test_every_reference_that_a_body_of_the_api_takes_is_tried(db: None) -> None:
    schema = description()
    names = {re.sub(r"<[^>]*>", "{}", "/" + route.pattern): route.name for route in routes.routes().values()}
    asked = {
        (names[re.sub(r"{[^}]*}", "{}", path)], name)
        for path, operations in schema["paths"].items()
        for operation in operations.values()
        for name, asks in properties(schema, operation).items()
        if "reference" in asks.get("description", "").lower() and name != "external_reference"
    }
    assert asked == {case for case in REFERENCES if case[0].startswith("api-")}


@pytest.mark.parametrize(("route", "name"), sorted(REFERENCES))
def test_a_risk_that_is_not_seen_is_answered_like_none(route: str, name: str, world: World) -> None:
    kind, subject = case(route)
    hidden, several = REFERENCES[route, name]
    assert not knows(kind, hidden)
    reference = world.story.subjects[hidden].risk.reference
    same(world, kind, route, subject, name, reference, NO_REFERENCE, several=several)


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
    return summary[0] if summary else plain(response)


@pytest.mark.parametrize("hidden", ["enquiring", "receiving"])
def test_links_are_not_found_by_the_risk_on_the_other_side_until_it_is_seen(hidden: str, world: World) -> None:
    """The owner is shown the link, of which a filter could tell what the far side is called."""
    path, reference = world.path(world.routes["api-links"], "-"), world.story.subjects[hidden].risk.reference
    assert world.ask("lead", "GET", path).json()["total"] > 1
    asked = [world.ask("lead", "GET", f"{path}?risk={one}") for one in (reference, NO_REFERENCE)]
    assert asked[0].json()["total"] == 0
    alike(asked, reference)
