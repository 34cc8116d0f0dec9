"""How an escalation, its steps and its feedback are shown."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines.api import ClockSerializer
from deadlines.models import Urgency
from escalations.models import Escalation, Feedback, Step


class EscalationSerializer(serializers.ModelSerializer):
    """One hop: one organisation asks the one above to act on a risk."""

    risk = serializers.CharField(source="risk.reference")
    from_organisation = OrganisationInShort()
    to_organisation = OrganisationInShort()
    handler = PersonInShort(allow_null=True)
    raised_by = PersonInShort()
    is_overdue = serializers.BooleanField(help_text="Whether something on it is late")
    next_due_at = serializers.DateTimeField(source="next_due", allow_null=True)
    clocks = ClockSerializer(many=True, source="live_deadlines", help_text="What is owed on it now")
    duty_phone = serializers.SerializerMethodField(
        help_text="Of the organisation asked, where the escalation is immediate; otherwise empty"
    )

    class Meta:
        model = Escalation
        fields = [
            "id", "path", "risk", "from_organisation", "to_organisation", "previous", "bypasses",
            "reason", "ask", "why_this_body", "urgency", "duty_phone", "status", "back_to", "handler", "plan",
            "raised_by", "raised_at", "acknowledged_at", "accepted_at", "answered_at", "ended_at",
            "disputes", "pause_used", "verdict", "is_overdue", "next_due_at", "clocks",
        ]  # fmt: skip

    def get_duty_phone(self, escalation: Escalation) -> str:
        return escalation.to_organisation.duty_phone if escalation.urgency == Urgency.IMMEDIATE else ""


class StepSerializer(serializers.ModelSerializer):
    """One step in the life of an escalation: who did what, and the words that went with it."""

    words = serializers.CharField(source="get_verb_display", help_text="What was done, after the person's name")
    organisation = OrganisationInShort()
    by = PersonInShort()

    class Meta:
        model = Step
        fields = ["id", "verb", "words", "from_status", "to_status", "organisation", "text", "by", "at"]


class FeedbackSerializer(serializers.ModelSerializer):
    """An update or an answer to an escalation. An answer has an outcome."""

    risk = serializers.CharField(source="escalation.risk.reference")
    organisation = OrganisationInShort(source="escalation.to_organisation", help_text="Which gave it")
    given_by = PersonInShort()
    is_read = serializers.BooleanField(help_text="Whether your organisation has noted that it read this")

    class Meta:
        model = Feedback
        fields = [
            "id", "escalation", "risk", "organisation", "kind", "outcome", "text", "passed_on_from",
            "given_by", "given_at", "is_read",
        ]  # fmt: skip
