"""Filters of risks that the numbers of a dashboard lead to, besides those that people choose most.

Dates of closing, clocks and what a risk crosses to are for those who read it in full, and find nothing among others.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field

from deadlines.models import Kind
from deadlines.services import end_of
from risks import counting, references
from risks.filters import FULL, TRUE, RiskFilters, YesNoFilter
from risks.scoring import BAND_RANGES, CONSEQUENCES, LIKELIHOODS, Band
from safetyreg import months
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from risks.models import RiskQuerySet
    from risks.scoring import Step

FIRST, LAST = date(1948, 7, 5), date(2199, 12, 31)  # no risk of the health service is older
MOST_NAMED = 100  # references at once
MONTH = r"^(19[5-9]|20[0-9]|21[0-9])[0-9]-(0[1-9]|1[0-2])"
LACKS = (
    ("control", "A control in place"),
    ("target", "A target score"),
    ("effect", "An effect that says more than the cause"),
)


class DayFilter(django_filters.DateFilter):
    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            help_text="For example 2026-11-30",
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
            error_messages={"invalid": "Enter a day, such as 2026-11-30"},
            widget=forms.TextInput(),
            **kwargs,
        )


class JudgedInFilter(django_filters.CharFilter):
    """Asked for by links, not by people: on a page it is a chip that can be taken away."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        month = RegexValidator(rf"{MONTH}\Z", "Enter a month, such as 2026-11")
        super().__init__(label=label, validators=[month], widget=forms.HiddenInput(), **kwargs)


class StoodFilter(django_filters.CharFilter):
    """A month and a band, as in 2026-10-HIGH. Asked for by links too."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        stood = RegexValidator(
            rf"{MONTH}-({'|'.join(Band.values)})\Z", "Enter a month and a band, such as 2026-10-HIGH"
        )
        super().__init__(label=label, validators=[stood], widget=forms.HiddenInput(), **kwargs)


class CodeFilter(django_filters.CharFilter):
    """By ODS code. One that leads to nothing the reader may know finds nothing, as one that does not exist."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label=label, max_length=10, **kwargs)


class ReferencesField(forms.CharField):
    @staticmethod
    def in_short(value: str) -> str:
        """What a page says of it: nobody wants to read fifty references."""
        return plural(len(value.split(",")), "risk")


class ReferencesFilter(django_filters.CharFilter):
    """These risks and no others. One that the reader may not know of is not found, as one that does not exist."""

    field_class = ReferencesField

    def __init__(self, label: str) -> None:
        known = RegexValidator(
            rf"\A{references.WRITTEN}(,{references.WRITTEN}){{0,{MOST_NAMED - 1}}}\Z",
            f"Enter up to {MOST_NAMED} references, with commas between them, such as PSR-000123,PSR-000124",
        )
        super().__init__(label=label, validators=[known], widget=forms.HiddenInput())

    def filter(self, risks: RiskQuerySet, value: str) -> RiskQuerySet:
        return risks.filter(reference__in=value.split(",")) if value else risks


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 5})
class StepFilter(django_filters.ChoiceFilter):
    """By a step of the likelihood or of the consequence."""

    def __init__(self, label: str, steps: Sequence[Step]) -> None:
        choices = [(str(step.value), f"{step.value} {step.name}") for step in steps]
        super().__init__(label=label, choices=choices, empty_label="Any")


class NarrowedRisks(RiskFilters):
    """Those of `RiskFilters`, and those that lead from a number to what it counts."""

    likelihood = StepFilter("Likelihood", LIKELIHOODS)
    consequence = StepFilter("Consequence", CONSEQUENCES)
    in_full = YesNoFilter(label="You read", empty_label="All or part", yes="All of it", no="Part of it", method="read")
    missing = django_filters.ChoiceFilter(label="Lacks", choices=LACKS, empty_label="Anything", method="lacks")
    action_overdue = YesNoFilter(
        label="Actions", empty_label="Any", yes="One is overdue", no="None is overdue", method="with_late_action"
    )
    crosses_to = CodeFilter("Crosses to", help_text="The ODS code of an organisation", method="crossing_to")
    logged_from = DayFilter("Logged on or after", method="logged")
    logged_to = DayFilter("Logged on or before", method="logged")
    closed_from = DayFilter("Closed on or after", method="closed")
    closed_to = DayFilter("Closed on or before", method="closed")
    area = CodeFilter("Owned in", widget=forms.HiddenInput(), method="owned_in")
    crosses_to_area = CodeFilter("Crosses into", widget=forms.HiddenInput(), method="crossing_into")
    raised = JudgedInFilter("Score raised in", method="judged_anew")
    lowered = JudgedInFilter("Score lowered in", method="judged_anew")
    references = ReferencesFilter("Among")
    stood = StoodFilter("Open at the end of the month, in the band", method="standing")

    COMPARED: ClassVar = {"raised": "value__gt", "lowered": "value__lt"}

    def read(self, risks: RiskQuerySet, name: str, answer: str) -> RiskQuerySet:
        return risks.filter(**{FULL: answer == TRUE})

    def lacks(self, risks: RiskQuerySet, name: str, what: str) -> RiskQuerySet:
        return risks.filter(counting.lacks(what))

    def with_late_action(self, risks: RiskQuerySet, name: str, answer: str) -> RiskQuerySet:
        late = counting.with_overdue(Kind.ACTION, timezone.now())
        return risks.filter(late if answer == TRUE else ~late, **{FULL: True})

    def logged(self, risks: RiskQuerySet, name: str, day: date) -> RiskQuerySet:
        return risks.filter(**_since_or_until("logged", name, day))

    def closed(self, risks: RiskQuerySet, name: str, day: date) -> RiskQuerySet:
        return risks.filter(**{FULL: True}, **_since_or_until("closed", name, day))

    def owned_in(self, risks: RiskQuerySet, name: str, code: str) -> RiskQuerySet:
        return risks.filter(counting.in_area(code))

    def crossing_to(self, risks: RiskQuerySet, name: str, code: str) -> RiskQuerySet:
        crossings = counting.crossings(self.request.actor.organisation).filter(organisation__ods_code=code)
        return self._with(risks, Exists(crossings.filter(risk=OuterRef("pk"))))

    def crossing_into(self, risks: RiskQuerySet, name: str, code: str) -> RiskQuerySet:
        crossings = counting.crossings(self.request.actor.organisation).filter(counting.in_area(code))
        return self._with(risks, Exists(crossings.exclude(from_area=F("to_area")).filter(risk=OuterRef("pk"))))

    def judged_anew(self, risks: RiskQuerySet, name: str, month: str) -> RiskQuerySet:
        """The scores of a month are found first: they are few beside all risks."""
        since, until = months.bounds(month)
        moved = counting.judged_again().filter(created_at__gte=since, created_at__lt=until)
        return risks.filter(pk__in=moved.filter(**{self.COMPARED[name]: F("before")}).values("risk"))

    def standing(self, risks: RiskQuerySet, name: str, month_and_band: str) -> RiskQuerySet:
        month, _, band = month_and_band.rpartition("-")
        _, end = months.bounds(month)
        still_open = Q(closed_at=None) | Q(closed_at__gte=end)
        logged = risks.filter(still_open, logged_at__lt=end, **{FULL: True})
        return logged.alias(score_then=counting.score_at(end)).filter(score_then__range=BAND_RANGES[Band(band)])

    def _with(self, risks: RiskQuerySet, condition: Exists) -> RiskQuerySet:
        return risks.filter(condition, **{FULL: True})


def _since_or_until(what: str, name: str, day: date) -> dict[str, Any]:
    if name.endswith("_from"):
        return {f"{what}_at__gte": counting.begins(day)}
    return {f"{what}_at__lt": end_of(day)}
