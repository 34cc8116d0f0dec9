"""The list of risks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import cached_property

from risks import permissions, searching
from risks.exporting import risks_for
from risks.filters import SORTS
from risks.models import Risk, Status
from risks.narrowing import NarrowedRisks
from safetyreg.lists import ListPage, OnePass

if TYPE_CHECKING:
    from datetime import datetime

    from risks.models import RiskQuerySet
    from safetyreg.exporting import Export


class RiskList(ListPage):
    """Every risk that the acting organisation can see."""

    template_name = "risks/list.jinja"
    permission = permissions.can_read_risks
    heading = "Risks"
    noun = "risk"
    nothing_yet = "No risk has been logged or shared with you yet."
    filterset_class = NarrowedRisks

    def get_queryset(self) -> RiskQuerySet:
        actor = self.request.actor
        return Risk.objects.visible_to(actor).as_listed_for(actor, self.now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor, search = self.request.actor, self.filters.search_made
        can = {"can_log": permissions.can_log_risk(actor), "can_match": permissions.can_match(actor)}
        can |= {"can_import": permissions.can_import_risks(actor)}
        return super().get_context_data(
            **kwargs, now=self.now, counts=self.counts(), search=search, highlights=searching, **can
        )

    @property
    def ways_to_sort(self) -> dict[str, tuple[str, tuple[Any, ...]]]:
        best = {"best": ("Best match", searching.BEST_FIRST)} if self.filters.search_made else {}
        return best | SORTS

    @property
    def paginator_class(self) -> type[Paginator]:
        return OnePass if self.filters.search_made else Paginator

    @property
    def export(self) -> Export:  # type: ignore[override]
        return risks_for(self.request.actor)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def counts(self) -> list[tuple[str, str, int]]:
        """How many risks there are of each status, whatever the filters say: (value, words, number)."""
        visible = Risk.objects.visible_to(self.request.actor).order_by().values_list("status")
        found = dict(visible.annotate(number=Count("pk")))
        order = (Status.OPEN, Status.DRAFT, Status.CLOSED)
        return [(status.value, status.label, found[status]) for status in order if status in found]
