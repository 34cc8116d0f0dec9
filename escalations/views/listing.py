"""The in-tray, what was sent, and every escalation on a risk that the reader reads in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from deadlines.wording import clocks
from escalations import permissions
from escalations.exporting import ESCALATIONS
from escalations.filters import SORTS, EscalationFilters
from escalations.models import Escalation
from safetyreg.lists import ListPage, OnePass

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from deadlines.wording import Clock
    from escalations.models import EscalationQuerySet


BOXES = (
    ("In-tray", "escalations", "received"),
    ("Sent", "escalations-sent", "sent"),
    ("All that we see", "escalations-all", "all"),
)


class EscalationList(ListPage):
    template_name = "escalations/list.jinja"
    permission = permissions.can_read_escalations
    heading = "Escalations"
    noun = "escalation"
    filterset_class = EscalationFilters
    sorts = SORTS
    export = ESCALATIONS
    box = "received"

    @property
    def paginator_class(self) -> type[OnePass]:
        return OnePass

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def mine(self, box: str) -> EscalationQuerySet:
        actor = self.request.actor
        visible = Escalation.objects.visible_to(actor)
        if box == "all":
            return visible
        return visible.sent_by(actor.organisation) if box == "sent" else visible.received_by(actor.organisation)

    def get_queryset(self) -> EscalationQuerySet:
        return self.mine(self.box).as_listed(self.now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_over = self.mine(self.box).over().exists()
        return super().get_context_data(**kwargs, tabs=self.tabs(), next_clocks=self.next_clocks(), has_over=has_over)

    def tabs(self) -> list[dict[str, Any]]:
        """The lists, with how many in each are open."""
        return [
            {
                "text": text,
                "href": reverse(name),
                "is_here": box == self.box,
                "count": self.mine(box).open().count(),
            }
            for text, name, box in BOXES
        ]

    def next_clocks(self) -> dict[UUID, Clock]:
        """What is due next on each escalation of the page: running before paused, soonest first."""
        first = [hop.live_deadlines[0] for hop in self.pages.object_list if hop.live_deadlines]
        return {clock.deadline.subject_id: clock for clock in clocks(first, self.now)}

    @property
    def nothing_yet(self) -> str:
        return f"No open escalation has been sent to {self.request.actor.organisation.name}."


class SentList(EscalationList):
    box = "sent"

    @property
    def nothing_yet(self) -> str:
        return f"{self.request.actor.organisation.name} has no open escalation with another organisation."


class AllList(EscalationList):
    box = "all"

    @property
    def nothing_yet(self) -> str:
        return f"No risk that {self.request.actor.organisation.name} reads in full has an open escalation."
