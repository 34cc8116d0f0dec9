"""The pages of the response standards: how long each thing may take."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from deadlines import permissions, services
from deadlines.calendar import bank_holidays_from
from deadlines.forms import BankHolidayForm, StandardForm
from deadlines.models import Kind, ResponseStandard, Urgency
from safetyreg.pages import ActionPage, ShowPage

BY_URGENCY = (Urgency.IMMEDIATE, Urgency.EXTREME, Urgency.HIGH, Urgency.MODERATE, Urgency.LOW)
# What the heads of the columns call each kind that depends on urgency.
COLUMNS = {
    Kind.ACKNOWLEDGE: "Acknowledge",
    Kind.DECIDE: "Decide",
    Kind.UPDATE: "Update",
    Kind.ANSWER: "Answer",
    Kind.CONFIRM: "Confirm",
    Kind.REVIEW: "Review",
}


class Standards(ShowPage):
    template_name = "deadlines/standards.jinja"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standards = {(one.urgency, one.kind): one for one in ResponseStandard.objects.all()}
        return super().get_context_data(
            **kwargs,
            columns=COLUMNS,
            table=[(urgency, [standards.get((urgency, kind)) for kind in COLUMNS]) for urgency in BY_URGENCY],
            others=[one for key, one in sorted(standards.items()) if one.urgency == Urgency.ANY],
            holidays=bank_holidays_from(timezone.localdate()),
            can_edit=permissions.can_set_standards(self.request.actor),
        )


class EditStandard(ActionPage):
    form_class = StandardForm
    template_name = "deadlines/edit_standard.jinja"
    permission = permissions.can_set_standards
    heading = "Change a standard"
    submit = "Save the standard"
    success_message = "The standard is changed for clocks that start from now on"

    def get_object(self) -> ResponseStandard:
        return get_object_or_404(ResponseStandard, pk=self.kwargs["pk"])

    def caption(self) -> str:
        standard = self.object
        urgency = "" if standard.urgency == Urgency.ANY else f" ({standard.get_urgency_display().lower()})"
        return f"{standard.get_kind_display()}{urgency}"

    def back_url(self) -> str:
        return reverse("standard-list")

    def get_initial(self) -> dict[str, Any]:
        return {"amount": self.object.amount, "unit": self.object.unit}

    def act(self, **cleaned: Any) -> str:
        services.set_standard(standard=self.object, **cleaned, by=self.request.actor, now=timezone.now())
        return "standard-list"


class AddBankHoliday(ActionPage):
    form_class = BankHolidayForm
    template_name = "deadlines/add_bank_holiday.jinja"
    permission = permissions.can_set_standards
    heading = "Add a bank holiday"
    submit = "Add the bank holiday"
    success_message = "The bank holiday is added for clocks that start from now on"

    def back_url(self) -> str:
        return reverse("standard-list")

    def act(self, **cleaned: Any) -> str:
        services.proclaim_day(**cleaned, by=self.request.actor, now=timezone.now())
        return "standard-list"
