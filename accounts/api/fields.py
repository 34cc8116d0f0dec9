"""Organisations and people in the bodies of requests, found among those that the actor may name."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership, Organisation, User

if TYPE_CHECKING:
    from django.db.models import QuerySet


@extend_schema_field({"type": "string", "description": "The id or the ODS code of an organisation"})
class OrganisationField(serializers.Field):
    """An organisation by its id or ODS code. Organisations are public; whether this one will do is for the service."""

    default_error_messages = {"unknown": "There is no organisation with this id or ODS code"}

    def to_internal_value(self, data: Any) -> Organisation:
        found = Organisation.objects.select_related("parent").filter(**_key(str(data))).first()
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Organisation) -> str:
        return value.ods_code


def _key(text: str) -> dict[str, Any]:
    try:
        return {"pk": uuid.UUID(text)}
    except ValueError:
        return {"ods_code__iexact": text if text.isalnum() else ""}


class MemberField(serializers.PrimaryKeyRelatedField):
    """A current member of the acting organisation. Anybody else does not exist here."""

    default_error_messages = {
        "does_not_exist": "Choose a current member of your organisation",
        "incorrect_type": "Send the id of a member of your organisation",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.all(), pk_field=serializers.UUIDField(), **kwargs)

    def get_queryset(self) -> QuerySet[User]:
        actor = self.context["request"].actor
        return User.objects.filter(
            pk__in=Membership.objects.live().people().filter(organisation=actor.organisation).values("user")
        )
