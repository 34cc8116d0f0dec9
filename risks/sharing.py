"""Who can see a risk and why: the only code that writes share rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.models import Level, Organisation
from notifications.models import Kind as Told
from notifications.services import notify_safety_leads
from notifications.webhooks.types import EventType
from risks import lifecycle
from risks.lfpse import MY_ORGANISATION
from risks.models import FULL_BASES, Basis, Position, Risk, RiskLink, RiskShare, Status
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

SIDES = ("from_risk__organisation", "to_risk__organisation")
AT_ONCE = 1_000  # rows written together


def grant(risk: Risk, organisation: Organisation, basis: Basis, now: datetime) -> bool:
    """Let an organisation see a risk; whether it could not, on this basis, before."""
    _, is_new = RiskShare.objects.get_or_create(
        risk=risk, organisation=organisation, basis=basis, revoked_at=None, defaults={"granted_at": now}
    )
    if is_new and basis in FULL_BASES and organisation.level != Level.PROVIDER:
        _look_again(risk)
    return is_new


def _look_again(risk: Risk) -> None:
    """Another body may find its likely pairs: let them be worked out anew."""
    risk.indexed_as = ""
    Risk.objects.filter(pk=risk.pk).update(indexed_as="")


def revoke(risk: Risk, organisation: Organisation, basis: Basis, now: datetime) -> None:
    RiskShare.objects.live().filter(risk=risk, organisation=organisation, basis=basis).update(revoked_at=now)


def crosses_boundary(risk: Risk) -> bool:
    """It involves another organisation, names another body, or reaches beyond "my organisation"."""
    return reaches_beyond(risk) or risk.involvements.exists()


def reaches_beyond(risk: Risk) -> bool:
    """By its own words, whoever it involves."""
    return bool(risk.other_bodies.strip()) or risk.reach != MY_ORGANISATION


def refresh(risk: Risk, now: datetime) -> None:
    """Bring involvement and oversight in line with a logged risk as it now stands.

    The owner's ICB, once it could see the risk, goes on seeing it: what was shown is not hidden again. An organisation
    that said that it is not affected sees the risk no more; the body that oversees it does.
    """
    risk.crosses_boundary = crosses_boundary(risk)
    involvements = list(risk.involvements.select_related("organisation__parent"))
    involved = [part.organisation for part in involvements if part.position != Position.NOT_AFFECTED]
    overseen = [part.organisation for part in involvements if part.organisation.level == Level.PROVIDER]
    wanted_icbs = {body.icb_id for body in [risk.organisation, *overseen, *involved] if body.icb_id}
    for organisation in involved:
        if grant(risk, organisation, Basis.INVOLVEMENT, now):
            _tell(risk, organisation, "is named on", now)
    _revoke_all_but({organisation.pk for organisation in involved}, risk, Basis.INVOLVEMENT, now)
    if risk.crosses_boundary:
        for icb in Organisation.objects.filter(pk__in=wanted_icbs - {risk.organisation_id}):
            if grant(risk, icb, Basis.OVERSIGHT, now):
                _tell(risk, icb, "oversees an organisation on", now)
    _revoke_all_but(wanted_icbs, risk, Basis.OVERSIGHT, now, level=Level.ICB)


def refresh_links(risk: Risk, now: datetime) -> None:
    """Let the owners of the risks that are linked with this one see it, and nobody else on that basis."""
    others = [link.other_than(risk) for link in RiskLink.objects.of_risk(risk).accepted().select_related(*SIDES)]
    wanted = {other.organisation for other in others} - {risk.organisation}
    for organisation in sorted(wanted, key=lambda organisation: organisation.pk):
        if grant(risk, organisation, Basis.LINK, now):
            _tell(risk, organisation, "has a risk linked to", now)
    _revoke_all_but({organisation.pk for organisation in wanted}, risk, Basis.LINK, now)


def _revoke_all_but(keep: set, risk: Risk, basis: Basis, now: datetime, **of: str) -> None:
    shares = RiskShare.objects.live().filter(risk=risk, basis=basis).exclude(organisation__in=keep)
    if of:
        shares = shares.filter(**{f"organisation__{name}": value for name, value in of.items()})
    shares.update(revoked_at=now)


def begin(risks: Iterable[Risk], involved: Mapping[UUID, Sequence[Organisation]], now: datetime) -> None:
    """What the first `grant` and `refresh` do, for many new risks at once; drafts are seen by their owner alone.

    `involved` gives by risk the organisations that are named on it; whether it crosses a boundary has been decided.
    Each body is told once of all that it now sees.
    """
    shares: list[RiskShare] = []
    to_tell: dict[tuple[Organisation, str], list[Risk]] = {}
    for risk in risks:
        shares.append(RiskShare(risk=risk, organisation=risk.organisation, basis=Basis.OWNER, granted_at=now))
        if risk.is_draft:
            continue
        named = involved.get(risk.pk, ())
        overseers = _overseers(risk, named) if risk.crosses_boundary else []
        for basis, why, bodies in (
            (Basis.INVOLVEMENT, "is named on", named),
            (Basis.OVERSIGHT, "oversees an organisation on", overseers),
        ):
            for body in bodies:
                shares.append(RiskShare(risk=risk, organisation=body, basis=basis, granted_at=now))
                to_tell.setdefault((body, why), []).append(risk)
    RiskShare.objects.bulk_create(shares, batch_size=AT_ONCE)
    for (body, why), seen in to_tell.items():
        _tell_of_all(seen, body, why, now)


def _overseers(risk: Risk, named: Sequence[Organisation]) -> list[Organisation]:
    bodies = {body.icb_id: body for body in (risk.organisation, *named) if body.icb_id}
    icbs = [body if body.level == Level.ICB else body.parent for body in bodies.values()]
    return [icb for icb in icbs if icb and icb.pk != risk.organisation_id]


def _tell_of_all(risks: Sequence[Risk], organisation: Organisation, why: str, now: datetime) -> None:
    first = risks[0]
    if len(risks) == 1:
        _tell(first, organisation, why, now)
        return
    notify_safety_leads(
        organisation=organisation,
        kind=Told.SHARED,
        message=f"{organisation.name} {why} {len(risks)} risks that {first.organisation.name} imported",
        path=f"/risks/?organisation={first.organisation.ods_code}&sort=newest",
        key=f"shared:{first.pk}:{why}:{now.isoformat()}",
        now=now,
    )


def _tell(risk: Risk, organisation: Organisation, why: str, now: datetime) -> None:
    notify_safety_leads(
        organisation=organisation,
        kind=Told.SHARED,
        message=f"{risk.reference}: {organisation.name} {why} this risk of {risk.organisation.name}",
        path=risk.path,
        reference=risk.reference,
        key=f"shared:{risk.pk}:{why}:{now.isoformat()}",
        now=now,
        event=EventType.RISK_SHARED,
    )


def open_risks_of(organisation: Organisation) -> str:
    """The risks and drafts that keep an organisation from closing, in words, or nothing."""
    held = Risk.objects.filter(organisation=organisation).exclude(status=Status.CLOSED).count()
    return f"{held} risks that are not closed" if held else ""


def follow_organisation(organisation: Organisation, now: datetime) -> None:
    """Its new ICB oversees what the old one oversaw: the risks that it owns or is named on."""
    concerned = Risk.objects.filter(Q(organisation=organisation) | Q(involvements__organisation=organisation))
    for risk in concerned.exclude(status=Status.DRAFT).order_by("pk").distinct():
        locked = lifecycle.lock(risk)
        before = _readers(locked)
        refresh(locked, now)
        locked.save()
        if _readers(locked) != before:
            summary = f"{organisation.name} came under {organisation.parent}, which changed who oversees the risk"
            record("follow_organisation", locked, summary, by=None, now=now, reference=locked.reference)


def _readers(risk: Risk) -> set[tuple[object, str]]:
    return set(RiskShare.objects.live().filter(risk=risk).values_list("organisation", "basis"))
