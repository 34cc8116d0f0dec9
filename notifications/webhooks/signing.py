"""The headers of the Standard Webhooks specification."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

from notifications.webhooks.sealing import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def headers(*, message_id: str, body: bytes, secrets: Iterable[str], now: datetime) -> dict[str, str]:
    """Signed with each secret, for a receiver that knows one of them. The time is that of the try."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key_of(secret), signed, "sha256")).decode()
