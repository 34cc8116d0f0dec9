"""What has become of escalations, so that lists and figures say the same: how long they stand, and what came back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery, TextChoices

from escalations.models import OVER, Feedback, FeedbackKind, FeedbackReceipt, Status, Step, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet


class Age(TextChoices):
    """How long something has stood as it stands."""

    WEEK = "WEEK", "Less than 7 days"
    MONTH = "MONTH", "7 to 27 days"
    QUARTER = "QUARTER", "28 to 90 days"
    LONGER = "LONGER", "91 days or longer"


BEGINS = {Age.WEEK: 0, Age.MONTH: 7, Age.QUARTER: 28, Age.LONGER: 91}  # whole days


class Became(TextChoices):
    """What became of it. One may be several of these: answered, disputed and answered again."""

    ANSWERED = "ANSWERED", "Answered at least once"
    READ = "READ", "An answer was read by who asked"
    CONFIRMED = "CONFIRMED", "Closed: an answer helps"
    DISPUTED = "DISPUTED", "An answer did not help"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    UNANSWERED = "UNANSWERED", "Open and never answered"


def _read() -> Q:
    receipts = FeedbackReceipt.objects.filter(
        feedback__escalation=OuterRef("pk"),
        feedback__kind=FeedbackKind.ANSWER,
        organisation=OuterRef("from_organisation"),
    )
    return Q(Exists(receipts))


BECAME: dict[Became, Callable[[], Q]] = {
    Became.ANSWERED: lambda: Q(answered_at__isnull=False),
    Became.READ: _read,
    Became.CONFIRMED: lambda: Q(status=Status.CLOSED, verdict=Verdict.HELPS),
    Became.DISPUTED: lambda: Q(disputes__gt=0),
    Became.WITHDRAWN: lambda: Q(status=Status.WITHDRAWN),
    Became.UNANSWERED: lambda: ~Q(status__in=OVER) & Q(answered_at=None),
}


def moves() -> QuerySet[Step]:
    """The steps that brought an escalation to another stage."""
    return Step.objects.exclude(from_status=F("to_status"))


def of_age(age: str, now: datetime) -> Q:
    """Those that have stood at their stage for so many whole days."""
    came = moves().filter(escalation=OuterRef("pk")).order_by().values("escalation").annotate(last=Max("at"))
    return Q(Exists(came.filter(since("last", age, now))))


def since(moment: str, age: str, now: datetime) -> Q:
    """That a moment lies so many whole days back."""
    bounds = [*BEGINS.values(), None]
    place = list(BEGINS).index(Age(age))
    least, below = bounds[place], bounds[place + 1]
    wanted = Q(**{f"{moment}__lte": now - timedelta(days=least or 0)})
    return wanted if below is None else wanted & Q(**{f"{moment}__gt": now - timedelta(days=below)})


def age_of(standing: timedelta) -> Age:
    return next(age for age in reversed(BEGINS) if standing.days >= BEGINS[age] or age == Age.WEEK)


def last_outcome() -> Subquery:
    """What the newest answer came to; nothing before the first."""
    answers = Feedback.objects.filter(escalation=OuterRef("pk"), kind=FeedbackKind.ANSWER)
    return Subquery(answers.order_by("-given_at", "-pk").values("outcome")[:1])
