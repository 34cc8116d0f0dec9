"""The lists whose filters can be saved: which filters each has, and which of an address are filters at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from escalations.filters import SORTS, EscalationFilters
from escalations.models import Escalation
from overview.saved_views.models import List
from overview.triage.filters import TriageFilters
from overview.triage.items import Items
from overview.triage.permissions import can_read_triage
from risks.filters import POSITION_SORTS, InvolvementFilters, RiskFilters
from risks.filters import SORTS as RISK_SORTS
from risks.models import Involvement, Risk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django_filters import FilterSet

    from accounts.actors import Actor

FILTERS: dict[str, tuple[type[FilterSet], Callable[[Actor, datetime], Any], Mapping[str, Any]]] = {
    List.TRIAGE: (TriageFilters, Items, {}),
    List.RISKS: (RiskFilters, lambda actor, now: Risk.objects.visible_to(actor).as_listed_for(actor, now), RISK_SORTS),
    **dict.fromkeys(
        (List.ESCALATIONS, List.ESCALATIONS_SENT),
        (EscalationFilters, lambda actor, now: Escalation.objects.visible_to(actor).as_listed(now), SORTS),
    ),
    **dict.fromkeys(
        (List.POSITIONS, List.POSITIONS_ASKED),
        (InvolvementFilters, lambda actor, now: Involvement.objects.visible_to(actor).as_listed(now), POSITION_SORTS),
    ),
}
SORT = "sort"
NOTHING_TO_SAVE = "Choose at least one filter in the list, and then save the view"


class _Asked:
    """What filters ask of a request."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def cleaned(list_name: str, query: str, actor: Actor, now: datetime) -> str:
    """Of an address, what filters and sorts that list, as far as the actor may filter by it. In one order.

    Raises ValidationError for `list` or `query`.
    """
    if list_name not in FILTERS or (list_name == List.TRIAGE and not can_read_triage(actor)):
        raise ValidationError({"list": "Choose a list whose filters can be saved"})
    filterset, rows, sorts = FILTERS[list_name]
    given = QueryDict(query.removeprefix("?"))
    kept = QueryDict(mutable=True)
    for name in filterset.base_filters:
        if values := [value for value in given.getlist(name) if value]:
            kept.setlist(name, values)
    made = filterset(kept, rows(actor, now), request=_Asked(actor))
    if made.errors:
        wrong = [f"{made.form[name].label}: {text}" for name, texts in made.errors.items() for text in texts]
        raise ValidationError({"query": wrong})
    if given.get(SORT, "").removeprefix("-") in sorts or given.get(SORT, "") in ways_of_search(list_name, kept):
        kept[SORT] = given[SORT]
    if not kept:
        raise ValidationError({"query": NOTHING_TO_SAVE})
    return kept.urlencode()


def ways_of_search(list_name: str, kept: QueryDict) -> set[str]:
    """A search of risks can be sorted by how well it matches."""
    return {"best", "-best"} if list_name == List.RISKS and "search" in kept else set()
