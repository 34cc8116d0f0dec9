"""How organisations and people are shown, in full and where they are named beside something else."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import Client, Membership, Organisation, User
from safetyreg.api.scopes import Scope

KINDS = [("person", "A person"), ("client", "A system")]  # of callers


class OrganisationInShort(serializers.ModelSerializer):
    """An organisation, where it is named beside something else."""

    class Meta:
        model = Organisation
        fields = ["id", "ods_code", "name"]


class PersonInShort(serializers.ModelSerializer):
    """A person, by name."""

    class Meta:
        model = User
        fields = ["id", "name"]


class OrganisationSerializer(serializers.ModelSerializer):
    """A body of the NHS in England. Organisations that have closed can be read and no longer acted for."""

    parent = OrganisationInShort(allow_null=True)
    is_open = serializers.BooleanField()

    class Meta:
        model = Organisation
        fields = ["id", "ods_code", "name", "level", "kind", "parent", "opened_on", "closed_on", "is_open"]


class MemberSerializer(serializers.ModelSerializer):
    """A current member of the organisation that you act for: send `id` wherever a person is asked for."""

    id = serializers.UUIDField(source="user.id")
    name = serializers.CharField(source="user.name")

    class Meta:
        model = Membership
        fields = ["id", "name", "role"]


class MembershipSerializer(serializers.ModelSerializer):
    """A membership of your own."""

    organisation = OrganisationInShort()

    class Meta:
        model = Membership
        fields = ["id", "organisation", "role", "started_at"]


class ClientInShort(serializers.ModelSerializer):
    """A system that acts for an organisation."""

    class Meta:
        model = Client
        fields = ["id", "name"]


class MeSerializer(serializers.Serializer):
    """Who you are, which membership you act under now (null when none), and which you have.

    `client` and `expires_at`, of the access token, are null for a person, and `email` is for a client.
    `scopes` are those of the token that the client still has; a person who has signed in has all of them.
    """

    kind = serializers.ChoiceField(choices=KINDS)
    id = serializers.UUIDField(source="user.id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(allow_null=True)
    client = ClientInShort(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    expires_at = serializers.DateTimeField(allow_null=True)
    acting = MembershipSerializer(allow_null=True)
    memberships = MembershipSerializer(many=True)
