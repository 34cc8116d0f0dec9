"""Writing a risk down: as a draft, as a logged risk, and changing its words later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, require_member
from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from risks import lifecycle, permissions, references, sharing, telling
from risks.models import Basis, Control, Involvement, Risk, Score, ScoreKind, Status
from risks.urgency import urgency_of
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import StaleEdit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation, User

FREE_TEXT = ("title", "cause", "event", "effect", "other_bodies", "population")
WRITTEN = (*FREE_TEXT, "theme", "process", "services", "reach", "treatment", "external_reference")
NEEDED_TO_LOG = {
    "cause": "Enter the cause: why this could happen",
    "event": "Enter the event: what could happen",
    "effect": "Enter the effect: how patients could be harmed",
    "theme": "Select a theme",
    "process": "Select the part of care where it arises",
    "reach": "Select how far the risk reaches",
    "likelihood": "Select how likely it is",
    "consequence": "Select how serious it would be",
}


class RiskFields(TypedDict, total=False):
    """What a person writes about a risk. `owner` is the writer unless given; `controls` are sentences."""

    title: str
    cause: str
    event: str
    effect: str
    theme: str
    process: str
    services: list[str]
    reach: str
    other_bodies: str
    population: str
    treatment: str
    external_reference: str
    likelihood: int | None
    consequence: int | None
    owner: User | None
    involved: list[Organisation]
    controls: list[str]


@transaction.atomic
def save_draft(
    *, draft: Risk | None = None, fields: RiskFields, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Risk:
    """Keep what has been written so far. Only the writer's organisation sees a draft.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = _begin(draft, by, now)
    _write_draft(risk, fields, by=by, now=now, checked=personal_data_checked)
    summary = "saved a draft" if draft else "started a draft"
    record("save_draft", risk, summary, by=by, now=now, reference=risk.reference)
    return risk


@transaction.atomic
def log_risk(
    *, draft: Risk | None = None, fields: RiskFields, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Risk:
    """Log a risk. If it crosses a boundary its ICB, and those of the organisations involved, see it from now on.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = _begin(draft, by, now)
    _write_draft(risk, fields, by=by, now=now, checked=personal_data_checked)
    missing = {name: message for name, message in NEEDED_TO_LOG.items() if not getattr(risk, name)}
    if missing:
        raise ValidationError(missing)
    lifecycle.move(risk, Status.OPEN, now=now)
    sharing.refresh(risk, now)
    risk.save()
    score = _score_first(risk, by, now)
    start_review(risk, now)
    record(
        "log_risk",
        risk,
        f"logged the risk at {score.likelihood} x {score.consequence} = {score.score}",
        by=by,
        now=now,
        reference=risk.reference,
    )
    telling.tell_given(risk, risk.owner, "this risk", now, by=by.user)
    return risk


@transaction.atomic
def edit_risk(
    *,
    risk: Risk,
    fields: RiskFields,
    version: int,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Risk:
    """Change the words of a logged risk. Its score, owner and controls change by operations of their own.

    Raises PermissionDenied, StaleEdit (with the risk as it stands), ValidationError, ConfirmationNeeded, WrongStatus.
    """
    if not permissions.can_edit_risk(by, risk):
        raise PermissionDenied
    risk = lifecycle.lock(risk)
    lifecycle.require_open(risk)
    if risk.version != version:
        raise StaleEdit(f"{risk.reference} was changed while you were writing", current=risk)
    before = {name: getattr(risk, name) for name in WRITTEN}
    _write(risk, fields, now=now, checked=personal_data_checked)
    missing = {name: message for name, message in NEEDED_TO_LOG.items() if not getattr(risk, name)}
    if missing:
        raise ValidationError(missing)
    changed = {name: [before[name], getattr(risk, name)] for name in WRITTEN if before[name] != getattr(risk, name)}
    if not changed:
        return risk
    sharing.refresh(risk, now)
    risk.save()
    words = ", ".join(name.replace("_", " ") for name in changed)
    event = record("edit_risk", risk, f"changed: {words}", by=by, now=now, reference=risk.reference, details=changed)
    telling.tell_step(risk, f"{by.user.name} changed what it says", now, key=event.pk, by=by.user)
    return risk


def _begin(draft: Risk | None, by: Actor, now: datetime) -> Risk:
    """A new risk, or the writer's draft, locked and still a draft."""
    if draft is None:
        if not permissions.can_log_risk(by):
            raise PermissionDenied
        return Risk(
            organisation=by.organisation, owner=by.user, logged_by=by.user, drafted_at=now, updated_at=now, version=0
        )
    if not permissions.can_edit_risk(by, draft):
        raise PermissionDenied
    risk = lifecycle.lock(draft)
    if not risk.is_draft:
        raise lifecycle.WrongStatus(f"{risk.reference} has been logged already; edit the logged risk instead")
    return risk


def _write(risk: Risk, fields: RiskFields, *, now: datetime, checked: bool) -> None:
    """Put the words into the risk and check them."""
    personal_data.screen(checked=checked, **{name: str(fields.get(name, "")) for name in FREE_TEXT})
    for name in WRITTEN:
        if name in fields:
            value = fields[name]  # type: ignore[literal-required]
            setattr(risk, name, value.strip() if isinstance(value, str) else value)
    risk.updated_at = now
    risk.version += 1
    risk.full_clean(exclude=["reference", "score", "words"], validate_constraints=True)


def _write_draft(risk: Risk, fields: RiskFields, *, by: Actor, now: datetime, checked: bool) -> None:
    is_new = risk._state.adding
    for name in ("likelihood", "consequence"):
        if name in fields:
            setattr(risk, name, fields[name])
    if bool(risk.likelihood) != bool(risk.consequence):
        missing = "consequence" if risk.likelihood else "likelihood"
        raise ValidationError({missing: NEEDED_TO_LOG[missing]})
    if owner := fields.get("owner"):
        risk.owner = owner
    require_member(risk.owner, risk.organisation, field="owner", roles=HOLDERS_OF_RISKS)
    controls = [text.strip() for text in fields.get("controls", []) if text.strip()]
    personal_data.screen(checked=checked, controls="\n".join(controls))
    _write(risk, fields, now=now, checked=checked)
    if is_new:
        risk.reference = references.next_reference()
        risk.save(force_insert=True)
        sharing.grant(risk, risk.organisation, Basis.OWNER, now)
    else:
        risk.save()
    _replace_parts(risk, fields, controls, by=by, now=now)


def _replace_parts(risk: Risk, fields: RiskFields, controls: list[str], *, by: Actor, now: datetime) -> None:
    """A draft's controls and involved organisations are simply those written last."""
    if "controls" in fields:
        risk.controls.all().delete()
        Control.objects.bulk_create(
            Control(risk=risk, text=text, created_at=now, created_by=by.user) for text in controls
        )
    if "involved" in fields:
        require_involvable(risk, fields["involved"])
        risk.involvements.all().delete()
        Involvement.objects.bulk_create(
            Involvement(risk=risk, organisation=organisation, created_at=now, created_by=by.user)
            for organisation in {organisation.pk: organisation for organisation in fields["involved"]}.values()
        )


def require_involvable(risk: Risk, organisations: Iterable[Organisation]) -> None:
    """Raises ValidationError for the owner itself and for a closed organisation."""
    for organisation in organisations:
        if organisation.pk == risk.organisation_id:
            raise ValidationError({"involved": "Choose other organisations: the risk is already your own"})
        if not organisation.is_open:
            raise ValidationError({"involved": f"{organisation.name} has closed and cannot be involved"})


def _score_first(risk: Risk, by: Actor, now: datetime) -> Score:
    likelihood, consequence = risk.judgement
    return Score.objects.create(
        risk=risk,
        kind=ScoreKind.INITIAL,
        likelihood=likelihood,
        consequence=consequence,
        created_at=now,
        created_by=by.user,
    )


def start_review(risk: Risk, now: datetime, *, only_sooner: bool = False) -> None:
    """Owe a review of the risk by the date that its band gives; never later than now owed, if `only_sooner`."""
    deadlines.start(
        kind=DeadlineKind.REVIEW,
        subject=risk,
        owed_by=risk.organisation,
        owed_to=risk.organisation,
        holder=risk.owner,
        urgency=urgency_of(risk),
        reference=risk.reference,
        path=risk.path,
        now=now,
        only_sooner=only_sooner,
    )
