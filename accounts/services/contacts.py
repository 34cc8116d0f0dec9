"""How an organisation is reached when nobody in it has been named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts import permissions
from accounts.services.locking import lock_organisation
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation


@transaction.atomic
def change_contacts(*, duty_email: str, duty_phone: str, by: Actor, now: datetime) -> Organisation:
    """Set the duty e-mail address and telephone number of the acting organisation; either may be empty.

    Raises PermissionDenied, ValidationError.
    """
    if not permissions.can_change_contacts(by):
        raise PermissionDenied
    organisation = lock_organisation(by.organisation)
    before = [organisation.duty_email, organisation.duty_phone]
    organisation.duty_email, organisation.duty_phone = duty_email.strip(), duty_phone.strip()
    after = [organisation.duty_email, organisation.duty_phone]
    if after == before:
        return organisation
    organisation.full_clean()
    organisation.save(update_fields=["duty_email", "duty_phone"])
    record(
        "change_contacts",
        organisation,
        f"changed the duty contacts of {organisation.name}",
        by=by,
        now=now,
        details={"duty_email": [before[0], after[0]], "duty_phone": [before[1], after[1]]},
    )
    return organisation
