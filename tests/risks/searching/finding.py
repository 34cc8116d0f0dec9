"""What somebody finds who searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import RequestFactory

from risks import searching
from risks.filters import RiskFilters
from risks.models import Risk
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor


def filters(actor: Actor, search: str, **others: str) -> RiskFilters:
    request = RequestFactory().get("/risks/", {"search": search, **others})
    request.actor = actor
    made = RiskFilters(request.GET, Risk.objects.visible_to(actor).as_listed_for(actor, NOW), request=request)
    assert not made.errors, made.errors
    return made


def found(actor: Actor, search: str, **others: str) -> list[str]:
    """Titles, best match first."""
    return [risk.title for risk in filters(actor, search, **others).qs]


def corrections(actor: Actor, search: str) -> dict[str, str]:
    return filters(actor, search).search_made.corrections


def marked(actor: Actor, search: str) -> dict[str, list[str]]:
    """What is marked in the one risk that is found, by place."""
    (risk,) = filters(actor, search).qs
    return {find.place: [find.text[start:end] for start, end in find.marked] for find in searching.finds_in(risk)}
