"""Something to send, and a mail server that refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.core.mail.backends.locmem import EmailBackend

from notifications.models import Kind
from notifications.services import notify
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from django.core.mail import EmailMessage

    from accounts.actors import Actor

MORNING = datetime(2026, 11, 4, 7, 0, tzinfo=UTC)


def tell(actor: Actor, number: int, *, kind: Kind = Kind.STEP, now: datetime = NOW) -> None:
    reference = f"PSR-{number:06d}"
    notify(
        organisation=actor.organisation,
        recipients=[actor.user],
        kind=kind,
        message=f"{reference}: something happened",
        reason="You own this risk",
        path=f"/risks/{reference}/",
        key=reference,
        now=now,
        reference=reference,
    )


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Callable[[EmailMessage], Exception | None]) -> list[str]:
    """The mail server answers some e-mails with an error. Returns the addresses it was asked for."""
    asked: list[str] = []
    real = EmailBackend.send_messages

    def send_messages(self: EmailBackend, messages: list[EmailMessage]) -> int:
        asked.extend(messages[0].to)
        if raised := error(messages[0]):
            raise raised
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return asked
