"""How a risk and its parts are shown."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import OrganisationInShort, PersonInShort
from risks import searching
from risks.models import Action, Comment, Control, Risk, RiskShare, Score, Transfer
from risks.scoring import Band
from safetyreg.audit.models import AuditEvent

# What an organisation that is named on a risk reads of it; everything else is null for it.
READ_BY_ALL = {
    "id", "reference", "path", "is_read_in_full", "organisation", "status", "logged_at",
    "title", "cause", "event", "effect", "likelihood", "consequence", "score", "band", "searched_for", "found_in",
}  # fmt: skip


class FindSerializer(serializers.Serializer):
    """A place where a search found something. What is read of a long text is the part around it."""

    field = serializers.ChoiceField(choices=list(searching.PLACES), source="place")
    text = serializers.CharField()
    marked = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Where what was searched for starts and ends in the text, counted in characters from 0",
    )


class RiskInShort(serializers.ModelSerializer):
    """A risk, where it is named beside others: what everybody reads who sees it at all."""

    organisation = OrganisationInShort()
    score = serializers.IntegerField(allow_null=True)
    band = serializers.ChoiceField(choices=Band.choices, allow_null=True)

    class Meta:
        model = Risk
        fields = ["id", "reference", "path", "title", "organisation", "status", "score", "band"]


class RiskSerializer(serializers.ModelSerializer):
    """A risk. Where `is_read_in_full` is false, what your organisation may not read of it is null."""

    is_read_in_full = serializers.BooleanField(help_text="Whether your organisation reads everything about this risk")
    organisation = OrganisationInShort()
    owner = PersonInShort()
    logged_by = PersonInShort()
    score = serializers.IntegerField(allow_null=True)
    band = serializers.ChoiceField(choices=Band.choices, allow_null=True)
    involved = serializers.SerializerMethodField()
    is_escalated = serializers.BooleanField()
    review_due_at = serializers.DateTimeField(allow_null=True)
    searched_for = serializers.SerializerMethodField(
        help_text="What was searched for: `search`, or what it became by correcting its spelling"
    )
    found_in = serializers.SerializerMethodField(help_text="Where a search found it; null without a search")

    class Meta:
        model = Risk
        fields = [
            "id", "reference", "path", "is_read_in_full", "organisation", "owner", "logged_by", "status",
            "title", "cause", "event", "effect", "theme", "process", "services", "reach", "other_bodies", "population",
            "treatment", "external_reference", "likelihood", "consequence", "score", "band", "involved",
            "crosses_boundary", "is_escalated", "drafted_at", "logged_at", "updated_at", "reviewed_at",
            "review_due_at", "closed_at", "closure_reason", "closure_words", "version", "searched_for", "found_in",
        ]  # fmt: skip

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name in (fields.keys() - READ_BY_ALL) | {"searched_for", "found_in"}:
            fields[name].allow_null = True
        return fields

    @extend_schema_field(OrganisationInShort(many=True))
    def get_involved(self, risk: Risk) -> list[dict[str, Any]]:
        organisations = [involvement.organisation for involvement in risk.involvements.all()]
        return OrganisationInShort(organisations, many=True).data

    def get_searched_for(self, risk: Risk) -> str | None:
        return getattr(risk, "searched_for", None)

    @extend_schema_field(FindSerializer(many=True, allow_null=True))
    def get_found_in(self, risk: Risk) -> list[dict[str, Any]] | None:
        if not hasattr(risk, "searched_for"):
            return None
        return FindSerializer(searching.finds_in(risk), many=True).data

    def to_representation(self, risk: Any) -> dict[str, Any]:
        shown = super().to_representation(risk)
        if risk.is_read_in_full:
            return shown
        return {name: value if name in READ_BY_ALL else None for name, value in shown.items()}


class ScoreSerializer(serializers.ModelSerializer):
    """One judgement of likelihood and consequence."""

    band = serializers.ChoiceField(choices=Band.choices)
    score = serializers.IntegerField()
    created_by = PersonInShort()

    class Meta:
        model = Score
        fields = ["id", "kind", "likelihood", "consequence", "score", "band", "rationale", "created_at", "created_by"]


class ControlSerializer(serializers.ModelSerializer):
    """What already reduces the risk."""

    created_by = PersonInShort()

    class Meta:
        model = Control
        fields = ["id", "text", "created_at", "created_by", "ended_at", "ended_why"]


class ActionSerializer(serializers.ModelSerializer):
    """What will be done, by whom, by the end of which day."""

    organisation = OrganisationInShort()
    owner = PersonInShort()
    created_by = PersonInShort()

    class Meta:
        model = Action
        fields = [
            "id", "text", "organisation", "owner", "due_on", "created_at", "created_by",
            "done_at", "dropped_at", "done_words",
        ]  # fmt: skip


class CommentSerializer(serializers.ModelSerializer):
    """What somebody said about the risk, to everybody who reads it in full."""

    organisation = OrganisationInShort()
    created_by = PersonInShort()

    class Meta:
        model = Comment
        fields = ["id", "text", "organisation", "created_at", "created_by"]


class ShareSerializer(serializers.ModelSerializer):
    """An organisation that can see the risk, and why."""

    organisation = OrganisationInShort()

    class Meta:
        model = RiskShare
        fields = ["id", "organisation", "basis", "granted_at"]


class TransferSerializer(serializers.ModelSerializer):
    """A request that another organisation take the risk over, and what became of it."""

    from_organisation = OrganisationInShort()
    to_organisation = OrganisationInShort()
    created_by = PersonInShort()
    decided_by = PersonInShort(allow_null=True)

    class Meta:
        model = Transfer
        fields = [
            "id", "from_organisation", "to_organisation", "reason", "status", "created_at", "created_by",
            "decided_at", "decided_by", "decision_words",
        ]  # fmt: skip


class ChangeSerializer(serializers.Serializer):
    """One field that was edited, with what it held before and after."""

    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class EventSerializer(serializers.ModelSerializer):
    """Something that happened to the risk, in words. `by` is null where the register itself acted."""

    by = PersonInShort(allow_null=True)
    organisation = OrganisationInShort(allow_null=True)
    words = serializers.CharField(source="summary", help_text="What happened, in words that follow the person's name")
    changes = serializers.SerializerMethodField(help_text="What an edit changed")

    class Meta:
        model = AuditEvent
        fields = ["id", "at", "by", "organisation", "words", "changes"]

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, event: AuditEvent) -> list[dict[str, Any]]:
        if event.verb != "edit_risk":
            return []
        return [{"field": name, "before": pair[0], "after": pair[1]} for name, pair in event.details.items()]
