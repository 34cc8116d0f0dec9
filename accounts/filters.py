"""Narrowing down and sorting who is a member, on the page and over the API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters

from accounts.models import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Membership

PEOPLE_SORTS = {
    "name": ("Name", ("user__name", "user__email", "pk")),
    "since": ("Member since", ("started_at", "pk")),
}


class PeopleFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(label="Name or e-mail address", method="with_words", max_length=200)
    role = django_filters.ChoiceFilter(label="Role", choices=Role.choices, empty_label="Any role")

    def with_words(self, rows: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return rows.filter(user__name__icontains=value) | rows.filter(user__email__icontains=value)
