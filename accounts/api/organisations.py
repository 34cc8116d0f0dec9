"""Organisations, and the members of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django_filters import rest_framework as filters

from accounts.api.serializers import MemberSerializer, OrganisationSerializer
from accounts.models import Level, Membership, Organisation
from safetyreg.api.filters import TrueOrFalse
from safetyreg.api.resources import Resource

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor


class OrganisationFilters(filters.FilterSet):
    search = filters.CharFilter(method="with_words", label="Words of the name, or an ODS code")
    level = filters.ChoiceFilter(choices=Level)
    parent = filters.UUIDFilter(field_name="parent", label="The id of the organisation above")
    is_open = TrueOrFalse(field_name="closed_on", lookup_expr="isnull", label="Whether it is open now")

    class Meta:
        model = Organisation
        fields = ["ods_code"]

    def with_words(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        words = Q()
        for word in value.split():
            words &= Q(name__icontains=word)
        return rows.filter(words | Q(ods_code__iexact=value.strip()))


def every_organisation(actor: Actor) -> QuerySet[Organisation]:
    """Organisations are public."""
    return Organisation.objects.select_related("parent").in_order()


def fellow_members(actor: Actor) -> QuerySet[Membership]:
    """One row for each role that somebody has in the acting organisation."""
    own = Membership.objects.live().people().filter(organisation=actor.organisation)
    return own.select_related("user").order_by("user__name", "pk")


ORGANISATIONS = Resource(OrganisationSerializer, every_organisation, OrganisationFilters)
MEMBERS = Resource(MemberSerializer, fellow_members)
