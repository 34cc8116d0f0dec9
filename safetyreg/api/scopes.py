"""What an access token allows, and which of it each operation of the API needs. Whoever has signed in needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from safetyreg.api.resources import Verb


class Scope(models.TextChoices):
    READ = "read", "Read what its role may read"
    RISKS_WRITE = "risks:write", "Log risks, and change them and what belongs to them"
    ESCALATIONS_WRITE = "escalations:write", "Escalate, and answer escalations"
    NOTIFICATIONS_WRITE = "notifications:write", "Mark notifications as read"
    WEBHOOKS_MANAGE = "webhooks:manage", "Manage webhooks"
    EXPORT = "export", "Export lists as files"


# No token allows it: it is for people, who have signed in.
SESSION_ONLY = "session"

# What is changed by a service of an app, or of a part of it, needs this, unless its verb says otherwise: the first that
# fits. An app that is not here says none.
OF_APPS = {
    "risks": Scope.RISKS_WRITE,
    "escalations": Scope.ESCALATIONS_WRITE,
    "notifications.webhooks": Scope.WEBHOOKS_MANAGE,
    "notifications": Scope.NOTIFICATIONS_WRITE,
    "deadlines": SESSION_ONLY,  # the national body sets the standards for everybody, by hand
    "accounts": SESSION_ONLY,  # people are managed by people
}
READS = ("GET", "HEAD", "OPTIONS")


def needed(view: Any, method: str) -> str:
    """The scope that a method of a view needs; empty when nothing says, and then no token will do."""
    if method in READS:
        return str(getattr(view, "read_scope", Scope.READ))
    verb: Verb | None = getattr(view, "verb", None)
    return str(_of_verb(verb) if verb else getattr(view, "write_scope", ""))


def _of_verb(verb: Verb) -> str:
    service = verb.service.__module__
    return verb.scope or next((scope for part, scope in OF_APPS.items() if service.startswith(f"{part}.")), "")
