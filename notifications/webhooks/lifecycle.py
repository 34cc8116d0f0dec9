"""When an endpoint may go on to what, and the one place where its state does change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.webhooks.models import State
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from notifications.webhooks.models import WebhookEndpoint

TRANSITIONS: dict[str, tuple[State, ...]] = {
    State.PENDING: (State.PENDING, State.ACTIVE, State.DISABLED),
    State.ACTIVE: (State.PENDING, State.DISABLED),
    State.DISABLED: (State.PENDING,),
}


class NotNow(DomainError):
    """The endpoint is not in a state in which this can be done."""


def move(endpoint: WebhookEndpoint, state: State, *, why: str = "") -> None:
    """Change the state of a locked endpoint. `why` it is not active, in words. Raises NotNow."""
    if state not in TRANSITIONS[endpoint.state]:
        raise NotNow(f"The endpoint is {endpoint.get_state_display().lower()}, so this cannot be done now")
    endpoint.state, endpoint.why = state, why
    if not endpoint.is_active:
        endpoint.failing_since = None


def require_active(endpoint: WebhookEndpoint) -> None:
    """Raises NotNow until the endpoint has answered its challenge."""
    if not endpoint.is_active:
        raise NotNow("The endpoint is not active: it has to answer a challenge first")


def require_not_active(endpoint: WebhookEndpoint) -> None:
    """Raises NotNow for an endpoint that needs no other challenge."""
    if endpoint.is_active:
        raise NotNow("The endpoint is active: it has answered its challenge")


def require_not_disabled(endpoint: WebhookEndpoint) -> None:
    """Raises NotNow for one that is sent nothing already."""
    if endpoint.is_disabled:
        raise NotNow("The endpoint is disabled already")
