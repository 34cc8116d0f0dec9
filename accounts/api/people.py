"""For administrators: who is a member of their organisation, who is invited, and how the organisation is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import exporting, permissions, services
from accounts.api.fields import MemberField
from accounts.api.serializers import PersonInShort
from accounts.filters import PEOPLE_SORTS, PeopleFilter
from accounts.models import Invitation, Membership, Organisation, Role
from safetyreg.api.asking import Asked
from safetyreg.api.exporting import ExportView
from safetyreg.api.resources import Resource, Verb
from safetyreg.api.views import ListAndAddView, ListView, OneVerb, OneView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response

    from accounts.actors import Actor


class PersonSerializer(serializers.ModelSerializer):
    """A membership of your organisation. `id` is that of the membership, `person` who it is."""

    person = PersonInShort(source="user")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ["id", "person", "email", "role", "started_at"]


class HeldSerializer(serializers.Serializer):
    """Things of one kind that somebody holds: an administrator reads no risk, so references are all there is."""

    kind = serializers.CharField(source="kind.name")
    references = serializers.ListField(child=serializers.CharField())


class OnePersonSerializer(PersonSerializer):
    """A membership of your organisation, and what is held under it and somebody else has to take over first."""

    holds = serializers.SerializerMethodField()

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "holds"]

    @extend_schema_field(HeldSerializer(many=True))
    def get_holds(self, membership: Membership) -> list[dict[str, Any]]:
        return HeldSerializer(services.held_by(membership), many=True).data


class InvitationSerializer(serializers.ModelSerializer):
    """Somebody who has been invited and has not answered. The link that they were sent is in no answer."""

    invited_by = PersonInShort(allow_null=True)
    email_sent_at = serializers.DateTimeField(allow_null=True, help_text="When the latest e-mail with the link left")
    email_dead_at = serializers.DateTimeField(allow_null=True, help_text="When sending it was given up")

    class Meta:
        model = Invitation
        fields = [
            "id", "email", "role", "invited_at", "invited_by", "expires_at", "email_sent_at", "email_dead_at",
        ]  # fmt: skip


class ContactsSerializer(serializers.ModelSerializer):
    """How the organisation that you act for is reached when nobody in it is named."""

    class Meta:
        model = Organisation
        fields = ["id", "ods_code", "name", "duty_email", "duty_phone"]


class RoleGiven(Asked):
    role = serializers.ChoiceField(choices=Role.choices)
    hand_to = MemberField(required=False, help_text="Who takes over what the new role may not hold")


class Left(Asked):
    hand_to = MemberField(required=False, help_text="Who takes over all that they hold")


class Invited(Asked):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)


class Contacts(Asked):
    duty_email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    duty_phone = serializers.CharField(required=False, allow_blank=True, max_length=40)


def people(actor: Actor) -> QuerySet[Membership]:
    rows = Membership.objects.visible_to(actor).select_related("user", "organisation")
    return rows.order_by(*PEOPLE_SORTS["name"][1])


def invitations(actor: Actor) -> QuerySet[Invitation]:
    waiting = Invitation.objects.visible_to(actor).unanswered().with_email()
    return waiting.select_related("invited_by", "organisation").order_by("-invited_at", "pk")


def own_organisation(actor: Actor) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk=actor.organisation_id)


def change_contacts(*, by: Actor, **given: Any) -> Organisation:
    """Set the duty e-mail address and telephone number of the acting organisation. What is left out stays as it is."""
    now = {name: given.pop(name, getattr(by.organisation, name)) for name in ("duty_email", "duty_phone")}
    return services.change_contacts(**now, **given, by=by)


PEOPLE = Resource(PersonSerializer, people, PeopleFilter, PEOPLE_SORTS, export=lambda actor: exporting.PEOPLE)
ONE_PERSON = Resource(OnePersonSerializer, people)
INVITATIONS = Resource(InvitationSerializer, invitations)
CONTACTS = Resource(ContactsSerializer, own_organisation)

INVITE = Verb(services.invite, permissions.can_manage_people, Invited, INVITATIONS, creates=True)
CHANGE_CONTACTS = Verb(change_contacts, permissions.can_change_contacts, Contacts, CONTACTS)
OF_A_PERSON = {
    "set-role": Verb(
        services.set_role,
        permissions.can_manage_membership,
        RoleGiven,
        ONE_PERSON,
        may_end_sight=True,
        on="membership",
    ),
    "end": Verb(services.end_membership, permissions.can_manage_membership, Left, on="membership"),
    "deactivate": Verb(services.deactivate, permissions.can_deactivate, Left, on="membership"),
}
OF_AN_INVITATION = {
    "resend": Verb(services.resend_invitation, permissions.can_manage_invitation, answers=INVITATIONS, on="invitation"),
    "withdraw": Verb(services.withdraw_invitation, permissions.can_manage_invitation, on="invitation"),
}


class OwnOrganisation(OneView):
    """The contacts of the organisation that one acts for, for those who may change them."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not permissions.can_change_contacts(self.actor):
            raise PermissionDenied
        self.kwargs["pk"] = kwargs["pk"] = self.actor.organisation_id
        return super().get(request, *args, **kwargs)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.do(self.verb)

    def thing(self, subject: Any) -> tuple[Resource, Any] | None:
        return CONTACTS, self.actor.organisation_id


urlpatterns = [
    path(
        "own-organisation/",
        OwnOrganisation.as_view(resource=CONTACTS, verb=CHANGE_CONTACTS),
        name="api-own-organisation",
    ),
    path("people/export/", ExportView.as_view(resource=PEOPLE), name="api-people-export"),
    path("people/", ListView.as_view(resource=PEOPLE), name="api-people"),
    path("people/<uuid:pk>/", OneView.as_view(resource=ONE_PERSON), name="api-person"),
    *(
        path(f"people/<uuid:pk>/{name}/", OneVerb.as_view(resource=ONE_PERSON, verb=verb), name=f"api-person-{name}")
        for name, verb in OF_A_PERSON.items()
    ),
    path("invitations/", ListAndAddView.as_view(resource=INVITATIONS, verb=INVITE), name="api-invitations"),
    path("invitations/<uuid:pk>/", OneView.as_view(resource=INVITATIONS), name="api-invitation"),
    *(
        path(
            f"invitations/<uuid:pk>/{name}/",
            OneVerb.as_view(resource=INVITATIONS, verb=verb),
            name=f"api-invitation-{name}",
        )
        for name, verb in OF_AN_INVITATION.items()
    ),
]
