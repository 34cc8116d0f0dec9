"""The columns of escalations as files."""

from safetyreg.exporting import Column, Export

ESCALATIONS = Export(
    "escalations",
    "escalation",
    (
        Column("Risk", lambda hop: hop.risk.reference),
        Column("From", lambda hop: hop.from_organisation.name),
        Column("To", lambda hop: hop.to_organisation.name),
        Column("Status", lambda hop: hop.get_status_display()),
        Column("Urgency", lambda hop: hop.get_urgency_display()),
        Column("Reason", lambda hop: hop.reason),
        Column("Asked for", lambda hop: hop.ask),
        Column("Raised", lambda hop: hop.raised_at),
        Column("Acknowledged", lambda hop: hop.acknowledged_at),
        Column("Answered", lambda hop: hop.answered_at),
        Column("Ended", lambda hop: hop.ended_at),
        Column("Handler", lambda hop: hop.handler.name if hop.handler else None),
        Column("Next due", lambda hop: hop.next_due),
        Column("Overdue", lambda hop: hop.is_overdue),
    ),
)
