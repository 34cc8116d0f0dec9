"""The columns of people, and of the systems that act for an organisation, as files."""

from safetyreg.exporting import Column, Export

PEOPLE = Export(
    "people",
    "membership",
    (
        Column("Name", lambda membership: membership.user.name),
        Column("E-mail address", lambda membership: membership.user.email),
        Column("Role", lambda membership: membership.get_role_display()),
        Column("Member since", lambda membership: membership.started_at),
    ),
)
CLIENTS = Export(
    "clients",
    "API client",
    (
        Column("Name", lambda client: client.name),
        Column("Client id", lambda client: client.client_id),
        Column("Role", lambda client: client.membership.get_role_display()),
        Column("Scopes", lambda client: client.scopes),
        Column("Responsible", lambda client: client.responsible.name),
        Column("Added at", lambda client: client.created_at),
        Column("Last used at", lambda client: client.last_used_at),
        Column("Revoked at", lambda client: client.revoked_at),
    ),
)
REQUESTS = Export(
    "requests",
    "request",
    (
        Column("At", lambda request: request.at),
        Column("Method", lambda request: request.method),
        Column("Path", lambda request: request.path),
        Column("Answer", lambda request: request.status),
        Column("Reference", lambda request: request.reference),
    ),
)
