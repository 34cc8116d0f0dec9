"""Writing a risk down: as a draft, as a logged risk, and changing its words later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, require_member
from accounts.models import Organisation
from risks import lifecycle, permissions, references, sharing, telling
from risks.models import Basis, Control, Involvement, Risk, Score, ScoreKind, Status
from risks.searching import lexicon
from risks.services.beginning import lock_for
from risks.services.checking import require_involvable
from risks.services.involving import ask_all
from risks.services.reviewing import start_review
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import StaleEdit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import User

FREE_TEXT = ("title", "cause", "event", "effect", "other_bodies", "population", "external_reference")
WRITTEN = (*FREE_TEXT, "theme", "process", "services", "reach", "treatment")
NEEDED_TO_KEEP = {"title": "Enter a title"}
NEEDED_TO_LOG = {
    **NEEDED_TO_KEEP,
    "cause": "Enter the cause: why this could happen",
    "event": "Enter the event: what could happen",
    "effect": "Enter the effect: how patients could be harmed",
    "likelihood": "Select how likely it is",
    "consequence": "Select how serious it would be",
    "theme": "Select a theme",
    "process": "Select the part of care where it arises",
    "reach": "Select how far the risk reaches",
}


# Not written by anybody; and looked up, which is for the moment when the risk is saved.
KEPT_BY_THE_REGISTER = ("reference", "score", "words", "comment_words", "text_digest")
PEOPLE_AND_BODIES = ("organisation", "owner", "logged_by", "source")


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
    *,
    draft: Risk | None = None,
    fields: RiskFields,
    version: int | None = None,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Risk:
    """Keep what has been written so far. Only the writer's organisation sees a draft.

    `version` is that of the draft when it was opened; without it, what is saved last stands.
    Raises PermissionDenied, StaleEdit, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = _begin(draft, version, by, now)
    _write_draft(risk, fields, NEEDED_TO_KEEP, by=by, now=now, checked=personal_data_checked)
    summary = "saved a draft" if draft else "started a draft"
    record("save_draft", risk, summary, by=by, now=now, reference=risk.reference)
    return risk


@transaction.atomic
def log_risk(
    *,
    draft: Risk | None = None,
    fields: RiskFields,
    version: int | None = None,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Risk:
    """Log a risk. If it crosses a boundary its ICB, and those of the organisations involved, see it from now on.

    `version` as for a draft. Raises PermissionDenied, StaleEdit, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = _begin(draft, version, by, now)
    _write_draft(risk, fields, NEEDED_TO_LOG, by=by, now=now, checked=personal_data_checked)
    require_involvable(risk, Organisation.objects.filter(involvements__risk=risk))  # one may have closed meanwhile
    lifecycle.move(risk, Status.OPEN, now=now)
    sharing.refresh(risk, now)
    risk.save()
    score = _score_first(risk, by, now)
    start_review(risk, now)
    ask_all(risk, now)
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
    risk = lock_for(by, risk, permissions.can_edit_risk)
    lifecycle.require_open(risk)
    _refuse_stale(risk, version)
    before = {name: getattr(risk, name) for name in WRITTEN}
    screen_fields(fields, checked=personal_data_checked)
    _write(risk, fields, NEEDED_TO_LOG)
    changed = {name: [before[name], getattr(risk, name)] for name in WRITTEN if before[name] != getattr(risk, name)}
    if not changed:
        return risk
    _count_change(risk, now)
    sharing.refresh(risk, now)
    risk.save()
    lexicon.learn_risk(risk)
    words = ", ".join(name.replace("_", " ") for name in changed)
    event = record("edit_risk", risk, f"changed: {words}", by=by, now=now, reference=risk.reference, details=changed)
    telling.tell_step(risk, f"{by.user.name} changed what it says", now, key=event.pk, by=by.user)
    return risk


def _begin(draft: Risk | None, version: int | None, by: Actor, now: datetime) -> Risk:
    """A new risk, or the draft, locked, still a draft and as it was when it was opened."""
    if draft is None:
        if not permissions.can_log_risk(by):
            raise PermissionDenied
        return Risk(
            organisation=by.organisation, owner=by.person, logged_by=by.user, drafted_at=now, updated_at=now, version=0
        )
    risk = lock_for(by, draft, permissions.can_edit_risk)
    lifecycle.require_draft(risk)
    if version is not None:
        _refuse_stale(risk, version)
    return risk


def _refuse_stale(risk: Risk, version: int) -> None:
    if risk.version != version:
        raise StaleEdit(f"{risk.reference} was changed while you were writing", current=risk)


def screen_fields(fields: RiskFields, *, checked: bool, **more: str) -> None:
    """All the text at once, with what is asked beside it: whoever says "I have checked" has been shown every find.

    What is too long is left to `_write`, which says it with everything else that is wrong.
    """
    texts = {name: str(fields.get(name) or "")[: personal_data.LONGEST_TEXT] for name in FREE_TEXT}
    personal_data.screen(checked=checked, **texts, controls="\n".join(fields.get("controls", [])), **more)


def _write(risk: Risk, fields: RiskFields, needed: Mapping[str, str]) -> None:
    """Put the words into the risk. Raises ValidationError with everything that is wrong."""
    problems = put(risk, fields, needed)
    try:
        risk.full_clean(exclude=[*KEPT_BY_THE_REGISTER, *problems])
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(problems)


def put(risk: Risk, fields: RiskFields, needed: Mapping[str, str]) -> dict[str, list[str]]:
    """Put the words into the risk, and say what is wrong with them, by field, as far as they tell by themselves."""
    for name in WRITTEN:
        if name in fields:
            setattr(risk, name, _tidy(fields[name]))  # type: ignore[literal-required]
    problems = {name: [message] for name, message in needed.items() if not getattr(risk, name)}
    for name in FREE_TEXT:
        longest = getattr(Risk._meta.get_field(name), "max_length", None) or personal_data.LONGEST_TEXT
        if len(getattr(risk, name)) > longest:
            problems[name] = [f"Shorten this to {longest:,} characters"]
    try:
        risk.clean_fields(exclude=[*KEPT_BY_THE_REGISTER, *PEOPLE_AND_BODIES, *problems])
    except ValidationError as error:
        problems |= error.message_dict
    return problems


def _tidy(value: object) -> object:
    """Without spaces around it, and with line ends that do not depend on the browser."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _count_change(risk: Risk, now: datetime) -> None:
    risk.updated_at = now
    risk.version += 1


def _write_draft(
    risk: Risk, fields: RiskFields, needed: Mapping[str, str], *, by: Actor, now: datetime, checked: bool
) -> None:
    for name in ("likelihood", "consequence"):
        if name in fields:
            setattr(risk, name, fields[name])
    if owner := fields.get("owner"):
        risk.owner = owner
    screen_fields(fields, checked=checked)
    _write(risk, fields, needed)
    require_member(risk.owner, risk.organisation, field="owner", roles=HOLDERS_OF_RISKS)
    _count_change(risk, now)
    _save_draft(risk, now)
    lexicon.learn_risk(risk)
    _replace_parts(risk, fields, by=by, now=now)


def _save_draft(risk: Risk, now: datetime) -> None:
    if not risk._state.adding:
        risk.save()
        return
    risk.reference = references.next_reference()
    risk.save(force_insert=True)
    sharing.grant(risk, risk.organisation, Basis.OWNER, now)


def _replace_parts(risk: Risk, fields: RiskFields, *, by: Actor, now: datetime) -> None:
    """A draft's controls and involved organisations are simply those written last."""
    if "controls" in fields:
        texts = [text.strip() for text in fields["controls"] if text.strip()]
        risk.controls.all().delete()
        Control.objects.bulk_create(Control(risk=risk, text=text, created_at=now, created_by=by.user) for text in texts)
    if "involved" in fields:
        require_involvable(risk, fields["involved"])
        risk.involvements.all().delete()
        Involvement.objects.bulk_create(
            Involvement(risk=risk, organisation=organisation, created_at=now, created_by=by.user)
            for organisation in {organisation.pk: organisation for organisation in fields["involved"]}.values()
        )


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
