"""Making guesses slow. Tries are counted in the database, for each e-mail address (or id of a client) and for each
place they come from.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

from accounts.models import Attempt

if TYPE_CHECKING:
    from datetime import datetime

WITHIN = timedelta(minutes=15)
KEPT = timedelta(days=1)


class What(StrEnum):
    SIGN_IN = "sign-in"
    RESET = "password-reset"
    CLIENT = "client"


class Counted(StrEnum):
    EMAIL = "email"
    PLACE = "place"


# A whole hospital may come from one network address, so a place is allowed many more than a person needs.
MOST = {
    (What.SIGN_IN, Counted.EMAIL): 10,
    (What.SIGN_IN, Counted.PLACE): 200,
    (What.RESET, Counted.EMAIL): 3,
    (What.RESET, Counted.PLACE): 50,
    # Several systems of one hospital may come from one address, and some ask for a token each time.
    (What.CLIENT, Counted.EMAIL): 10,
    (What.CLIENT, Counted.PLACE): 1000,
}


def too_many(what: What, *, email: str, place: str, now: datetime) -> Counted | None:
    """Count one more try, unless there were too many already: then say by what. A refused try does not count."""
    keys = {Counted.EMAIL: _key(what, Counted.EMAIL, _plain(email)), Counted.PLACE: _key(what, Counted.PLACE, place)}
    Attempt.objects.filter(at__lt=now - KEPT).delete()
    # Written first and counted then, so that many tries at once are all counted.
    tries = Attempt.objects.bulk_create([Attempt(key=key, at=now) for key in keys.values()])
    for counted, key in keys.items():
        if Attempt.objects.filter(key=key, at__gt=now - WITHIN).count() > MOST[what, counted]:
            Attempt.objects.filter(pk__in=[attempt.pk for attempt in tries]).delete()
            return counted
    return None


def forget(what: What, *, email: str) -> None:
    """The person has shown who they are."""
    Attempt.objects.filter(key=_key(what, Counted.EMAIL, _plain(email))).delete()


def _plain(email: str) -> str:
    return email.strip().lower()


def _key(what: What, counted: Counted, value: str) -> str:
    return salted_hmac("accounts.guessing", f"{what}:{counted}:{value}", algorithm="sha256").hexdigest()
