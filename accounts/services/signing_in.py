"""Signing in, and passwords. The session itself is the page's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts import guessing, mail
from accounts.guessing import Counted, What
from accounts.models import User
from accounts.services.locking import lock_user
from safetyreg.audit.services import record
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

MINUTES = int(guessing.WITHIN.total_seconds() // 60)


class TooManyAttempts(DomainError):
    """Somebody may be guessing. The next try is heard after a while."""


@sensitive_variables("password")
def sign_in(*, email: str, password: str, place: str, now: datetime) -> User:
    """The active person with this e-mail address and password. `place` is the network address they come from.

    Raises ValidationError, TooManyAttempts.
    """
    _count_guess(email, place, now)
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        raise ValidationError({"email": "No account has this e-mail address and password. Check both"})
    guessing.forget(What.SIGN_IN, email=email)
    return user


def _count_guess(email: str, place: str, now: datetime) -> None:
    refused = guessing.too_many(What.SIGN_IN, email=email, place=place, now=now)
    if refused == Counted.EMAIL:
        raise TooManyAttempts(
            "There have been too many tries to sign in with this e-mail address. "
            f"Wait {MINUTES} minutes and try again, or choose a new password"
        )
    if refused:
        raise TooManyAttempts(
            f"There have been too many tries to sign in from where you are. Wait {MINUTES} minutes and try again"
        )


def ask_for_password_reset(*, email: str, place: str, now: datetime) -> None:
    """Send a link to choose a new password, if somebody signs in with this address; nobody is told whether.

    Raises TooManyAttempts.
    """
    refused = guessing.too_many(What.RESET, email=email, place=place, now=now)
    if refused == Counted.PLACE:
        raise TooManyAttempts(
            f"There have been too many requests from where you are. Wait {MINUTES} minutes and try again"
        )
    if refused is None:
        mail.queue_password_reset(email.strip().lower(), now)


@sensitive_variables("password")
@transaction.atomic
def choose_password(*, user: User, password: str, now: datetime) -> User:
    """A new password for somebody who followed a link sent to them. Their other sessions end.

    Raises ValidationError.
    """
    user = _set_password(user, password)
    guessing.forget(What.SIGN_IN, email=user.email)
    record("choose_password", user, f"{user.name} chose a new password", by=None, now=now)
    return user


@sensitive_variables("old_password", "password")
def change_password(*, user: User, old_password: str, password: str, place: str, now: datetime) -> User:
    """A new password for somebody who knows the old one. Their other sessions end.

    Raises ValidationError, TooManyAttempts.
    """
    _count_guess(user.email, place, now)
    if not user.check_password(old_password):
        raise ValidationError({"old_password": "Enter the password you have now: this is not it"})
    return choose_password(user=user, password=password, now=now)


def _set_password(user: User, password: str) -> User:
    user = lock_user(user)
    require_good_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


@sensitive_variables("password")
def require_good_password(password: str, user: User) -> None:
    """Raises ValidationError for `password`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.error_list}) from error
