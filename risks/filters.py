"""Narrowing a list of risks down, on the page and over the API alike.

The queryset filtered is one of `Risk.objects.visible_to(actor).as_listed_for(actor, now)`. What only those who read a
risk in full may know (theme, process, escalations, reviews) finds nothing among the risks that the actor reads in part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import django_filters
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils.functional import cached_property
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from accounts.models import Level, Organisation
from risks import lfpse, references
from risks.models import Involvement, Risk, Status
from risks.scoring import Band
from risks.searching import Search
from safetyreg.nhsuk.widgets import Checkboxes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from risks.models import RiskQuerySet
    from risks.models.involvements import InvolvementQuerySet

# Highest first among what is open, then drafts, then what is closed; the status words happen to sort so.
BY_SCORE = ("-status", F("score").desc(nulls_last=True), F("logged_at").desc(nulls_last=True), "pk")
TRUE = "true"
FULL = "reads_all"
# When a risk was last changed is not for those who read it in part: for them all of those stand together, at the end.
BY_CHANGE = (Case(When(reads_all=True, then=F("updated_at"))).desc(nulls_last=True), "pk")
# So is when it was begun, which tells drafts apart and nothing else: a cursor carries what a list is sorted by.
BY_DRAFT = Case(When(logged_at=None, then=F("drafted_at"))).desc(nulls_last=True)
SORTS = {
    "score": ("Score", BY_SCORE),
    "newest": ("Newest", (F("logged_at").desc(nulls_first=True), BY_DRAFT, "pk")),
    "title": ("Title", ("title", "pk")),
    "updated": ("Last changed", BY_CHANGE),
}

# What is answered is owed no more, so it comes after everything that is.
BY_NAME = ("organisation__name", "risk__organisation__name")
POSITION_SORTS = {
    "due": ("What is due", (F("due_at").asc(nulls_last=True), "-asked_at", *BY_NAME, "pk")),
    "newest": ("Newest", ("-asked_at", "pk")),
}


def owners_of_visible(request: HttpRequest | None) -> QuerySet[Organisation]:
    """Those that own a risk the actor can see: no other organisation is an answer here.

    For all but the national body their ids are found first, which `distinct` makes the database do. Otherwise it would
    go through the risks of every organisation that there is.
    """
    actor = getattr(request, "actor", None)
    if actor is None:
        return Organisation.objects.none()
    seen = Risk.objects.visible_to(actor)
    if actor.organisation.level == Level.NATIONAL:  # nearly every organisation has one, which is soon found
        one = Subquery(seen.filter(organisation=OuterRef("pk")).values("pk")[:1])
        return Organisation.objects.alias(one=one).filter(one__isnull=False).in_order()
    return Organisation.objects.filter(pk__in=seen.values("organisation").distinct()).in_order()


class NamesAlone(ModelChoiceIterator):
    """Codes and names as they come from the database: a thousand choices need no thousand organisations."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield "", self.field.empty_label
        yield from self.queryset.values_list(self.field.to_field_name, "name")


class OrganisationField(ModelChoiceField):
    iterator = NamesAlone


class OrganisationFilter(django_filters.ModelChoiceFilter):
    """One of some organisations, by its ODS code: unless told otherwise, of those that own a risk the actor can see."""

    field_class = OrganisationField

    def __init__(
        self,
        *,
        queryset: Callable[[HttpRequest | None], QuerySet[Organisation]] = owners_of_visible,
        others: str = "Choose an organisation that owns a risk you can see",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            queryset=queryset,
            to_field_name="ods_code",
            empty_label="Any organisation",
            error_messages={"invalid_choice": others},
            **kwargs,
        )


class YesNoFilter(django_filters.ChoiceFilter):
    """`true`, `false`, or not asked, in words that say what each means."""

    def __init__(self, *, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(choices=[(TRUE, yes), ("false", no)], **kwargs)


class RiskFilters(django_filters.FilterSet):
    search = django_filters.CharFilter(
        label="Search",
        help_text="Words, a “quoted phrase”, or a reference. Put - before a word to leave it out",
        method="matching",
        max_length=200,
    )
    status = django_filters.MultipleChoiceFilter(
        label="Status",
        choices=Status.choices,
        widget=Checkboxes(),
        distinct=False,  # no row comes twice; to make sure of it, the database would compare whole rows
    )
    band = django_filters.MultipleChoiceFilter(
        label="Score", choices=Band.choices, widget=Checkboxes(), method="with_band"
    )
    theme = django_filters.ChoiceFilter(
        label="Theme", choices=lfpse.THEMES, empty_label="Any theme", method="described_as"
    )
    process = django_filters.ChoiceFilter(
        label="Part of care", choices=lfpse.PROCESSES, empty_label="Any part of care", method="described_as"
    )
    organisation = OrganisationFilter(label="Organisation")
    ours = YesNoFilter(label="Whose", empty_label="Anybody's", yes="Ours", no="Shared with us", method="owned")
    escalated = YesNoFilter(
        label="Escalation", empty_label="Any", yes="Escalated", no="Not escalated", method="known_in_full"
    )
    review_overdue = YesNoFilter(
        label="Review", empty_label="Any", yes="Overdue", no="Not overdue", method="known_in_full"
    )

    KNOWN: ClassVar = {"escalated": "has_escalation", "review_overdue": "has_overdue_review"}

    class Meta:
        model = Risk
        fields: ClassVar[list[str]] = []

    @cached_property
    def search_made(self) -> Search | None:
        """The search that is asked for, if any is."""
        text = self.form.cleaned_data.get("search") if self.is_valid() else ""
        return Search(text, self.request.actor) if text else None

    def matching(self, risks: RiskQuerySet, name: str, text: str) -> RiskQuerySet:
        """Best match first, with what shows where the words are."""
        return self.search_made.show(self.search_made.narrow(risks))

    def with_band(self, risks: RiskQuerySet, name: str, bands: list[str]) -> RiskQuerySet:
        return risks.with_band(*bands)

    def described_as(self, risks: RiskQuerySet, name: str, code: str) -> RiskQuerySet:
        return risks.filter(**{FULL: True, name: code})

    def owned(self, risks: RiskQuerySet, name: str, answer: str) -> RiskQuerySet:
        own = {"organisation": self.request.actor.organisation}
        return risks.filter(**own) if answer == TRUE else risks.exclude(**own)

    def known_in_full(self, risks: RiskQuerySet, name: str, answer: str) -> RiskQuerySet:
        return risks.filter(**{FULL: True, self.KNOWN[name]: answer == TRUE})


class InvolvementFilters(django_filters.FilterSet):
    """What was asked of us or by us, of `Involvement.objects...as_listed(now)`.

    Words of a risk are not searched: who said that it is not affected no longer reads them.
    """

    search = django_filters.CharFilter(
        label="Search", help_text="An organisation, or the reference of a risk", method="matching", max_length=200
    )
    answered = YesNoFilter(
        label="Answers", empty_label="Any", yes="Answered", no="Waiting for an answer", method="with_answer"
    )
    overdue = YesNoFilter(label="Clocks", empty_label="Any", yes="Overdue", no="Not overdue", method="late")

    class Meta:
        model = Involvement
        fields: ClassVar[list[str]] = []

    def matching(self, rows: InvolvementQuerySet, name: str, text: str) -> InvolvementQuerySet:
        said = references.in_full(text) or text
        return rows.filter(
            Q(organisation__name__icontains=text)
            | Q(risk__organisation__name__icontains=text)
            | Q(risk__reference__iexact=said)
        )

    def with_answer(self, rows: InvolvementQuerySet, name: str, answer: str) -> InvolvementQuerySet:
        return rows.filter(answered_at__isnull=answer != TRUE)

    def late(self, rows: InvolvementQuerySet, name: str, answer: str) -> InvolvementQuerySet:
        return rows.filter(is_overdue=answer == TRUE)
