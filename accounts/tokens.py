"""The secret part of an invitation's link: its id, signed. The database holds no secret."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, Signer

if TYPE_CHECKING:
    from accounts.models import Invitation

# A dot divides id and signature: a colon would have to be written as %3A in an address.
_signer = Signer(salt="accounts.invitation", sep=".")


def token_for(invitation: Invitation) -> str:
    return _signer.sign(str(invitation.pk))


def invitation_id(token: str) -> uuid.UUID | None:
    """The id that was signed; None if it was not signed here."""
    try:
        return uuid.UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
