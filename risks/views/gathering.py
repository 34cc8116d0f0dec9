"""System risks: gathering the risks of others under one, and logging one with the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from risks import permissions, references, services
from risks.forms.gathering import GatherForm, LogSystemRiskForm, label
from risks.models import Risk, RiskLink, Status
from risks.views.base import BoxesPage
from risks.views.writing import LogRisk, logged
from safetyreg.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from risks.models import RiskQuerySet

ASKED_FOR = "contributor"  # as often as there are risks to begin with: ?contributor=PSR-000123


class GathersPage(BoxesPage):
    """One that asks for contributing risks, and begins with those that its address names and the reader sees."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"others": self.others()}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"contributors": [label(risk) for risk in self.begun_with]}

    def others(self) -> RiskQuerySet:
        """Open risks of other open organisations that the reader sees."""
        actor = self.request.actor
        seen = Risk.objects.visible_to(actor).filter(status=Status.OPEN, organisation__closed_on=None)
        return seen.exclude(organisation=actor.organisation)

    @cached_property
    def begun_with(self) -> list[Risk]:
        """In the order of the address. What leads nowhere is passed over, hidden and missing alike."""
        named = [references.in_full(text) for text in self.request.GET.getlist(ASKED_FOR)]
        found = self.others().filter(reference__in=named).select_related("organisation")
        return sorted(found, key=lambda risk: named.index(risk.reference))


class Gather(GathersPage):
    template_name = "risks/gather.jinja"
    permission = permissions.can_gather
    form_class = GatherForm
    heading = "Gather risks under this one"
    submit = "Ask the owners"
    screens_text = True

    def act(self, **cleaned: Any) -> Risk:
        links = services.gather(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, _gathered(links))
        return self.object


class LogSystemRisk(GathersPage, LogRisk):
    """The form of any risk, and with it the first risks that contribute."""

    template_name = "risks/log_system.jinja"
    form_class = LogSystemRiskForm
    heading = "Log a system risk"

    def permitted(self) -> bool:
        return permissions.can_match(self.request.actor)

    def back_url(self) -> str:
        return reverse("risk-list")

    def get_initial(self) -> dict[str, Any]:
        """With the theme and the part of care of the first risk, for those who read all of it. Never with its words."""
        first = self.begun_with[0] if self.begun_with else None
        if first is None or not Risk.objects.read_in_full_by(self.request.actor).filter(pk=first.pk).exists():
            return super().get_initial()
        return super().get_initial() | {"theme": first.theme, "process": first.process}

    def act(
        self,
        contributors: list[str],
        reason: str,
        personal_data_checked: bool,
        version: int | None = None,
        **fields: Any,
    ) -> Risk:
        risk = services.log_system_risk(
            fields=fields,
            contributors=contributors,
            reason=reason,
            by=self.request.actor,
            now=timezone.now(),
            personal_data_checked=personal_data_checked,
        )
        links = RiskLink.objects.of_risk(risk).select_related("from_risk__organisation").order_by("created_at", "pk")
        messages.success(self.request, logged(risk))
        messages.success(self.request, _gathered(links))
        return risk


def _gathered(links: Sequence[RiskLink]) -> str:
    """Whom it asked; what the reader's own organisation owns contributes without being asked."""
    asked = sorted({link.from_risk.organisation.name for link in links if link.is_proposed})
    at_once = [link.from_risk.reference for link in links if link.is_accepted]
    have, contribute = ("has" if len(asked) == 1 else "have"), ("contributes" if len(at_once) == 1 else "contribute")
    said = [f"{listed(asked)} {have} been asked to let their risks contribute"] if asked else []
    said += [f"{listed(at_once)}, of your own, {contribute} from now on"] if at_once else []
    return ". ".join(said)
