"""What risks are counted by on dashboards. The list behind a number is narrowed down by the same conditions."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, When

from accounts.models import Level
from deadlines.models import Deadline, Kind
from risks.models import Basis, Control, RiskLink, RiskShare, Score, ScoreKind
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from accounts.models import Organisation

# Why a risk is shared with a body that it crosses to. Oversight is left out: that body was not asked anything.
CROSSING = (Basis.INVOLVEMENT, Basis.ESCALATION, Basis.LINK)


# What a record lacks


def lacks(what: str) -> Combinable | Q:
    """By what it is: a control in place, since none was ever named or all have ended; a target score; or an effect that
    says more than the cause (see `Risk.effect_repeats_cause`).
    """
    missing: dict[str, Combinable | Q] = {
        "control": ~Exists(Control.objects.filter(risk=OuterRef("pk"), ended_at=None)),
        "target": ~Exists(Score.objects.filter(risk=OuterRef("pk"), kind=ScoreKind.TARGET)),
        "effect": Q(effect_repeats_cause=True),
    }
    return missing[what]


# What is late


def with_overdue(kind: Kind, now: datetime) -> Exists:
    """A clock of that kind has run out on the risk: its review, or one of its actions."""
    late = Deadline.objects.live().filter(kind=kind, due_at__lte=now)
    return Exists(late.filter(risk_reference=OuterRef("reference")))


# What crosses to whom


def crossings(seen_by: Organisation) -> QuerySet[Any]:
    """A share row for each way in which a risk crosses from its owner to another body.

    The other body is involved and has not said that it is not affected, has been asked in an escalation in which it
    still has a part, or owns a risk linked to this one. That a link exists is for those who see both risks. To filter
    by there are `from_area` and `to_area`: the ids of the two ICBs, or of the body itself above the ICBs.
    """
    seen = RiskShare.objects.for_organisation(seen_by).values("risk")
    links, other = RiskLink.objects.accepted(), OuterRef("organisation")
    linked = Exists(links.filter(from_risk=OuterRef("risk"), to_risk__organisation=other, to_risk__in=seen)) | Exists(
        links.filter(to_risk=OuterRef("risk"), from_risk__organisation=other, from_risk__in=seen)
    )
    return (
        RiskShare.objects.live()
        .filter(basis__in=CROSSING)
        .exclude(organisation=F("risk__organisation"))
        .filter(~Q(basis=Basis.LINK) | linked)
        .alias(from_area=_area("risk__organisation"), to_area=_area("organisation"))
    )


def _area(body: str) -> Case:
    return Case(When(**{f"{body}__level": Level.PROVIDER}, then=F(f"{body}__parent")), default=F(body))


def in_area(code: str, body: str = "organisation") -> Q:
    """By the ODS code of an ICB, those of it and of its providers; by that of a region or national body, its own."""
    under = {f"{body}__level": Level.PROVIDER, f"{body}__parent__ods_code": code}
    return Q(**{f"{body}__ods_code": code}) & ~Q(**{f"{body}__level": Level.PROVIDER}) | Q(**under)


# When its score changed


def judged_again() -> QuerySet[Any]:
    """Every score that was given to a risk after its initial one, with its `value` and the one `before`. No targets."""
    product = F("likelihood") * F("consequence")
    earlier = Score.objects.exclude(kind=ScoreKind.TARGET).filter(
        risk=OuterRef("risk"), created_at__lt=OuterRef("created_at")
    )
    last = earlier.annotate(value=product).order_by("-created_at", "-pk").values("value")[:1]
    return Score.objects.filter(kind=ScoreKind.CURRENT).annotate(value=product, before=Subquery(last))


def score_at(end: datetime) -> Case:
    """What a risk was scored at just before a moment; no target. Only those that were given another later are asked."""
    given = Score.objects.exclude(kind=ScoreKind.TARGET)
    earlier = given.filter(risk=OuterRef("pk"), created_at__lt=end).annotate(value=F("likelihood") * F("consequence"))
    then = Subquery(earlier.order_by("-created_at", "-pk").values("value")[:1])
    later = given.filter(created_at__gte=end).values("risk")
    return Case(When(pk__in=later, then=then), default=F("score"), output_field=IntegerField())


# Days in Europe/London


def begins(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), tzinfo=LONDON)
