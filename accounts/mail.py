"""E-mails about accounts: invitations and new passwords. Asked for by writing a row, sent with the notifications.

Asking for a new password writes a row whether or not the address is known, so that it takes the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import AccountEmail, User
from accounts.tokens import token_for
from safetyreg.outbox import Sent, Unreachable, letter, post
from safetyreg.words import plural, when

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Invitation

BATCH = 50
Kind = AccountEmail.Kind


def queue_invitation(invitation: Invitation, now: datetime) -> None:
    """Send the invitation. One that waits to be sent already is not sent twice."""
    AccountEmail.objects.unsent().filter(invitation=invitation).delete()
    _queue(Kind.INVITATION, invitation.email, now, invitation)


def queue_password_reset(address: str, now: datetime) -> None:
    _queue(Kind.PASSWORD_RESET, address, now)


def _queue(kind: AccountEmail.Kind, address: str, now: datetime, invitation: Invitation | None = None) -> None:
    AccountEmail.objects.create(kind=kind, address=address, invitation=invitation, created_at=now, available_at=now)


def send(*, now: datetime) -> Sent:
    """Send all that is due. Raises Unreachable when the mail server does not answer."""
    total = Sent()
    while claimed := _claim(now):
        for number, row in enumerate(claimed):
            try:
                total += _send_one(row, now)
            except Unreachable:
                AccountEmail.objects.filter(pk__in=[left.pk for left in claimed[number + 1 :]]).let_go(now)
                raise
    return total


@transaction.atomic
def _claim(now: datetime) -> list[AccountEmail]:
    due = AccountEmail.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    claimed = list(due.select_related("invitation__organisation").order_by("available_at", "pk")[:BATCH])
    AccountEmail.objects.filter(pk__in=[row.pk for row in claimed]).hold(now)
    return claimed


def _send_one(row: AccountEmail, now: datetime) -> Sent:
    said = _invitation(row.invitation, now) if row.invitation else _password_reset(row.address)
    if said is None:
        _forget(row, now)
        return Sent()
    subject, body = said
    email = letter(to=row.address, subject=subject, body=body, stable_id=row.pk)
    return post(email, AccountEmail.objects.filter(pk=row.pk), row.attempts + 1, now)


def _forget(row: AccountEmail, now: datetime) -> None:
    """There is nothing to send. Of an address that nobody signs in with, nothing is kept."""
    rows = AccountEmail.objects.filter(pk=row.pk)
    if row.kind == Kind.PASSWORD_RESET:
        rows.delete()
    else:
        rows.mark_dead("The invitation was accepted, withdrawn or ran out before it was sent", now)


def _invitation(invitation: Invitation, now: datetime) -> tuple[str, str] | None:
    if not invitation.is_waiting(now):
        return None
    link = settings.SITE_URL + reverse("invitation", args=[token_for(invitation)])
    return (
        "Invitation to the Patient Safety Risk Register",
        f"You have been invited to the Patient Safety Risk Register, for {invitation.organisation.name}.\n\n"
        f"To accept, open this link. It works until {when(invitation.expires_at)}.\n\n{link}\n\n"
        "If you do not know what this is about, you can ignore this e-mail.",
    )


def _password_reset(address: str) -> tuple[str, str] | None:
    user = User.objects.filter(email=address, is_active=True).first()
    if user is None or not user.has_usable_password():
        return None
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    link = settings.SITE_URL + reverse("password-reset-confirm", args=[uid, token])
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    return (
        "A new password for the Patient Safety Risk Register",
        "Somebody, probably you, asked for a new password for the Patient Safety Risk Register.\n\n"
        f"To choose one, open this link. It works once, for {plural(hours, 'hour')}.\n\n{link}\n\n"
        "If it was not you, you can ignore this e-mail: your password stays as it is.",
    )
