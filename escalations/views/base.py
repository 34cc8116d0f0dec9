"""What the pages about one escalation have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Membership, User
from escalations import lifecycle, permissions, services
from escalations.models import Escalation, Verb
from escalations.wording import what_follows
from safetyreg.pages import ActionPage

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Organisation


def escalation_or_404(request: HttpRequest, pk: object) -> Escalation:
    return get_object_or_404(Escalation.objects.visible_to(request.actor).with_people(), pk=pk)


def safety_leads_of(organisation: Organisation) -> QuerySet[User]:
    leads = Membership.objects.live().people().safety_leads().filter(organisation=organisation)
    return User.objects.filter(pk__in=leads.values("user")).order_by("name", "email")


class VerbPage(ActionPage):
    """One verb of an escalation. It calls the service of the verb's name with what the form asks.

    `about` says in the template which words to show for reference: what was asked, the question, or the answer.
    """

    template_name = "escalations/verb.jinja"
    verb: ClassVar[Verb]
    about = "asked"

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_object(self) -> Escalation:
        return escalation_or_404(self.request, self.kwargs["pk"])

    def permitted(self) -> bool:
        return permissions.can_do(self.request.actor, self.verb, self.object)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lifecycle.require(self.verb, self.object, self.now)  # before anybody types in vain
        return super().get(request, *args, **kwargs)

    def caption(self) -> str:
        return f"{self.object.risk.reference} {self.object.risk.title}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        follows = what_follows(self.verb, self.object, self.now)
        return super().get_context_data(**kwargs, escalation=self.object, follows=follows, now=self.now)

    def act(self, **cleaned: Any) -> Any:
        service = getattr(services, self.verb.value.lower())
        done = service(escalation=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.place_to_go(done)

    def place_to_go(self, done: Any) -> Any:
        """The escalation, or the list once this was the reader's last reason to see it."""
        return self.object if _still_visible(self.request, self.object) else "escalations"


def _still_visible(request: HttpRequest, escalation: Escalation) -> bool:
    try:
        escalation_or_404(request, escalation.pk)
    except Http404:
        return False
    return True
