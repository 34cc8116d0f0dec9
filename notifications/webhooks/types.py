"""What happens that a system can be told of."""

from __future__ import annotations

from django.db.models import TextChoices


class EventType(TextChoices):
    """What an endpoint can choose. The names are part of the API: none is ever changed."""

    ESCALATION_RECEIVED = "escalation.received", "An escalation to you was raised"
    ESCALATION_RAISED = "escalation.raised", "An escalation by you, or below you on its chain, was raised"
    ESCALATION_ACKNOWLEDGED = "escalation.acknowledged", "An escalation was acknowledged, or given to another handler"
    ESCALATION_INFORMATION = "escalation.information", "Information on an escalation was asked for or given"
    ESCALATION_ACCEPTED = "escalation.accepted", "An escalation was accepted"
    ESCALATION_MOVED_UP = "escalation.moved-up", "An escalation went on to the level above, or past a body"
    ESCALATION_WITHDRAWN = "escalation.withdrawn", "An escalation was withdrawn"
    FEEDBACK_UPDATED = "feedback.updated", "An update on an escalation was given"
    FEEDBACK_ANSWERED = "feedback.answered", "An escalation was answered"
    FEEDBACK_CONFIRMED = "feedback.confirmed", "An answer was said to help"
    FEEDBACK_DISPUTED = "feedback.disputed", "An answer was said not to help"
    DEADLINE_WARNED = "deadline.warned", "Something that you owe is due soon"
    DEADLINE_BREACHED = "deadline.breached", "Something that you owe, or are owed, is overdue"
    INVOLVEMENT_ASKED = "involvement.asked", "You were asked again for your position on a risk"
    INVOLVEMENT_ANSWERED = "involvement.answered", "A position on a risk of yours was given"
    LINK_PROPOSED = "link.proposed", "A link with a risk of yours was proposed"
    LINK_ANSWERED = "link.answered", "A link was agreed to, made or declined"
    LINK_WITHDRAWN = "link.withdrawn", "A link, or its proposal, was withdrawn"
    INTRODUCTION_ASKED = "introduction.asked", "You were asked to introduce organisations to each other"
    INTRODUCTION_ENDED = "introduction.ended", "A request to be introduced was answered or withdrawn"
    TRANSFER_ASKED = "transfer.asked", "You were asked to take a risk over"
    TRANSFER_ENDED = "transfer.ended", "A risk was taken over, or the request declined or withdrawn"
    RISK_SHARED = "risk.shared", "A risk became visible to you: you were named on it, or oversee it"
    RISK_CHANGED = "risk.changed", "A risk of yours was edited, scored, reviewed, worked on, closed or reopened"
    RISK_COMMENTED = "risk.commented", "Another person commented on a risk of yours"


class Own(TextChoices):
    """What an endpoint is sent about itself, whatever it has chosen."""

    CHALLENGE = "endpoint.challenge", "The challenge"
    PING = "endpoint.ping", "A test"
