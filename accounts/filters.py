"""Narrowing down and sorting members, systems and what those asked for, on the page and over the API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters

from accounts.models import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Client, ClientRequest, Membership

PEOPLE_SORTS = {
    "name": ("Name", ("user__name", "user__email", "pk")),
    "since": ("Member since", ("started_at", "pk")),
}
STATES = [("live", "In use"), ("revoked", "Revoked")]
ANSWERS = [("done", "Done (2xx and 3xx)"), ("refused", "Refused (4xx)"), ("failed", "Failed (5xx)")]
HUNDREDS = {"done": (200, 400), "refused": (400, 500), "failed": (500, 600)}


class PeopleFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(label="Name or e-mail address", method="with_words", max_length=200)
    role = django_filters.ChoiceFilter(label="Role", choices=Role.choices, empty_label="Any role")

    def with_words(self, rows: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return rows.filter(user__name__icontains=value) | rows.filter(user__email__icontains=value)


class ClientFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(label="Name", field_name="name", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label="State", choices=STATES, empty_label="Any state", method="in_state")

    def in_state(self, rows: QuerySet[Client], name: str, value: str) -> QuerySet[Client]:
        return rows.filter(revoked_at__isnull=value == "live")


class RequestFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(label="Path or reference", method="with_words")
    method = django_filters.ChoiceFilter(
        label="Method", choices=[(name, name) for name in ("GET", "POST", "PATCH", "DELETE")], empty_label="Any method"
    )
    answer = django_filters.ChoiceFilter(label="Answer", choices=ANSWERS, empty_label="Any answer", method="answered")

    def with_words(self, rows: QuerySet[ClientRequest], name: str, value: str) -> QuerySet[ClientRequest]:
        return rows.filter(path__icontains=value) | rows.filter(reference__iexact=value)

    def answered(self, rows: QuerySet[ClientRequest], name: str, value: str) -> QuerySet[ClientRequest]:
        lowest, over = HUNDREDS[value]
        return rows.filter(status__gte=lowest, status__lt=over)
