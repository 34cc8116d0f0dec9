"""One escalation, with the whole chain that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from escalations import services
from escalations.chains import Chain
from escalations.views.base import escalation_or_404
from escalations.wording import what_was_done, where_it_stands, whom_to_ring, words_of
from notifications.models import Notification
from notifications.services import mark_read
from safetyreg.pages import ShowPage

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from escalations.models import Escalation


class ShowEscalation(ShowPage):
    """Opening it notes that the reader's organisation has read what came back, and that the reader knows."""

    template_name = "escalations/escalation.jinja"

    def get_object(self) -> Escalation:
        return escalation_or_404(self.request, self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, actor, escalation = timezone.now(), self.request.actor, self.object
        services.record_reading(risk=escalation.risk, by=actor, now=now)
        chain = Chain(escalation, actor, now)
        _mark_told(chain, actor, now)
        return super().get_context_data(
            **kwargs,
            now=now,
            escalation=escalation,
            chain=chain,
            is_imminent=chain.this.is_imminent,
            whom_to_ring=whom_to_ring,
            where_it_stands=where_it_stands(escalation),
            what_was_done=what_was_done,
            words_of=words_of,
        )


def _mark_told(chain: Chain, actor: Actor, now: datetime) -> None:
    """What the reader was told of any escalation in the picture is no news to them any more."""
    paths = [hop.path for hop in chain.escalations]
    unread = Notification.objects.visible_to(actor).unread().filter(path__in=paths)
    for path in set(unread.order_by().values_list("path", flat=True)):
        mark_read(by=actor, now=now, path=path)
