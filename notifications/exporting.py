"""The columns of what people and systems were told, as files."""

from safetyreg.exporting import Column, Export

NOTIFICATIONS = Export(
    "notifications",
    "notification",
    (
        Column("Told at", lambda told: told.created_at),
        Column("What", lambda told: told.get_kind_display()),
        Column("Message", lambda told: told.message),
        Column("Reference", lambda told: told.reference),
        Column("Why you were told", lambda told: told.reason),
        Column("Sent by e-mail at", lambda told: told.sent_at),
        Column("Read at", lambda told: told.read_at),
    ),
)
DELIVERIES = Export(
    "webhook-log",
    "message",
    (
        Column("Id", lambda delivery: delivery.event.message_id),
        Column("Event", lambda delivery: delivery.event.get_type_display()),
        Column("About", lambda delivery: delivery.event.reference),
        Column("Happened at", lambda delivery: delivery.event.happened_at),
        Column("Tries", lambda delivery: delivery.tries),
        Column("Next try at", lambda delivery: delivery.next_at),
        Column("Taken at", lambda delivery: delivery.sent_at),
        Column("Given up at", lambda delivery: delivery.dead_at),
        Column("Why", lambda delivery: delivery.why),
    ),
)
