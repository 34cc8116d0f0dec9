"""What the register holds already of what a file names: asked once for the whole file, among the sender's own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.members import HOLDERS_OF_RISKS
from accounts.models import Membership, Organisation
from risks.models import Control, ImportedRisk, Involvement, Risk, Score, ScoreKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from accounts.actors import Actor
    from accounts.models import User
    from risks.importing.rows import ReadRow
    from risks.models import ImportSource
    from risks.models.risk import RiskQuerySet


@dataclass
class Known:
    """By what the file calls them. What is not here does not exist or is not theirs: to a file that is the same."""

    members: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    imported: dict[str, ImportedRisk] = field(default_factory=dict)
    by_external: dict[str, Risk] = field(default_factory=dict)
    by_reference: dict[str, Risk] = field(default_factory=dict)
    imported_as: dict[UUID, str] = field(default_factory=dict)
    targets: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    controls: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    involved: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))


def look_up(rows: Iterable[ReadRow], source: ImportSource, by: Actor, *, lock: bool) -> Known:
    """With `lock`, the risks that the file may change stay as they are until the transaction ends."""
    values = [row.values for row in rows]
    external = {said for row in values if (said := row.get("external_reference"))}
    references = {said for row in values if (said := row.get("reference"))}
    own = Risk.objects.visible_to(by).filter(organisation=by.organisation)
    if lock:
        _lock(own.filter(_named(external, references, source)))
    known = Known(members=_members(by), organisations=_organisations(values))
    found = ImportedRisk.objects.filter(source=source, external_reference__in=external)
    for imported in found.select_related("risk__organisation__parent", "risk__owner"):
        known.imported[imported.external_reference] = imported
    with_people = own.select_related("organisation__parent", "owner")
    mine = Q(source=None) | Q(source=source)
    for risk in with_people.filter(mine, external_reference__in=external).order_by("source", "pk"):
        known.by_external.setdefault(risk.external_reference, risk)
    known.by_reference = {risk.reference: risk for risk in with_people.filter(reference__in=references)}
    _add_parts(known, source)
    return known


def _named(external: set[str], references: set[str], source: ImportSource) -> Q:
    imported = ImportedRisk.objects.filter(source=source, external_reference__in=external).values("risk")
    return Q(pk__in=imported) | Q(external_reference__in=external) | Q(reference__in=references)


def _lock(risks: RiskQuerySet) -> None:
    """In the one order in which everybody locks several."""
    wanted = list(risks.order_by("pk").values_list("pk", flat=True))
    list(Risk.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk").values_list("pk"))


def _members(by: Actor) -> dict[str, User]:
    holders = Membership.objects.live().filter(organisation=by.organisation, role__in=HOLDERS_OF_RISKS)
    return {member.user.email: member.user for member in holders.select_related("user")}


def _organisations(values: list[dict]) -> dict[str, Organisation]:
    said = {name for row in values for name in row.get("involved") or ()}
    if not said:
        return {}
    codes, names = {name.upper() for name in said}, {name.casefold() for name in said}
    found: dict[str, Organisation] = {}
    for organisation in Organisation.objects.select_related("parent").order_by("closed_on", "pk"):
        if organisation.ods_code in codes:
            found[organisation.ods_code.casefold()] = organisation
        if organisation.name.casefold() in names:
            found.setdefault(organisation.name.casefold(), organisation)
    return found


def _add_parts(known: Known, source: ImportSource) -> None:
    there = [*(imported.risk for imported in known.imported.values()), *known.by_external.values()]
    risks = {risk.pk for risk in [*there, *known.by_reference.values()]}
    if not risks:
        return
    named = ImportedRisk.objects.filter(source=source, risk__in=risks)
    known.imported_as = dict(named.values_list("risk", "external_reference"))
    targets = Score.objects.filter(risk__in=risks, kind=ScoreKind.TARGET).order_by("created_at", "pk")
    known.targets = {score.risk_id: (score.likelihood, score.consequence) for score in targets}
    for risk, text in Control.objects.filter(risk__in=risks).values_list("risk", "text"):
        known.controls[risk].add(text)
    for risk, organisation in Involvement.objects.filter(risk__in=risks).values_list("risk", "organisation"):
        known.involved[risk].add(organisation)
