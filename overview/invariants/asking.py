"""What the promises ask with: the events, the clocks and the members that go with a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce

from accounts.models import Membership
from deadlines.models import Deadline
from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import Model, QuerySet

    from escalations.models import Escalation


def is_member(organisation: str, person: str, roles: Collection[str] = ()) -> Exists:
    """Whether the row's person is a current member of the row's organisation, in one of the roles if any are named.

    A system is none, as nobody can be asked about what it holds.
    """
    members = Membership.objects.live().people().filter(organisation=OuterRef(organisation), user=OuterRef(person))
    return Exists(members.filter(role__in=roles) if roles else members.clinical())


def events(model: type[Model], **conditions: object) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(
        subject_type=model._meta.label_lower, subject_id=Cast(OuterRef("pk"), CharField()), **conditions
    )


def how_many(rows: QuerySet, group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def type_of(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


def with_names(hops: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return hops.select_related("risk", "from_organisation", "to_organisation", "handler").order_by("raised_at", "pk")


def hop(escalation: Escalation) -> str:
    return f"{escalation.risk.reference}, {escalation.from_organisation} to {escalation.to_organisation}"


def live_on(model: type[Model], **conditions: object) -> QuerySet[Deadline]:
    """What is owed on the row that is asked about."""
    live = Deadline.objects.live().filter(subject_type=type_of(model), subject_id=OuterRef("pk"))
    return live.filter(**conditions)
