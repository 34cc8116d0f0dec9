"""Every verb of an escalation. Each locks the risk first and then the escalation."""

from escalations.services.answering import answer, confirm, dispute, withdraw
from escalations.services.handling import (
    accept,
    acknowledge,
    give_information,
    reassign,
    request_information,
    update,
)
from escalations.services.raising import bypass, escalate_on, escalate_risk, urgency_of_next
from escalations.services.reading import record_reading

__all__ = [
    "accept",
    "acknowledge",
    "answer",
    "bypass",
    "confirm",
    "dispute",
    "escalate_on",
    "escalate_risk",
    "give_information",
    "reassign",
    "record_reading",
    "request_information",
    "update",
    "urgency_of_next",
    "withdraw",
]
