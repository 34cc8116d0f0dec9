"""Writing what a plan says: new risks all at once, changes one by one through the services that people use too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from risks import services, telling
from risks.importing import many, merging
from risks.importing.rows import Planned, Remark
from risks.models import ImportedRisk, RowOutcome, ScoreKind
from risks.services.writing import NEEDED_TO_LOG
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import User
    from risks.importing.planning import Plan
    from risks.importing.rows import Change
    from risks.models import ImportSource, Risk
    from risks.services import RiskFields

AT_ONCE = 500  # risks logged between two reports of how far it is


class RowsRefused(Exception):
    """Some rows were refused, so that nothing is to be imported."""


def apply(
    plan: Plan,
    source: ImportSource,
    *,
    all_or_nothing: bool,
    by: Actor,
    now: datetime,
    report: Callable[[int], None] = lambda done: None,
) -> None:
    """Write it, in a transaction that the caller holds. Raises RowsRefused where that has to be undone."""
    if all_or_nothing and plan.is_refused:
        raise RowsRefused
    new = [planned for planned in plan.rows if planned.new and planned.outcome != RowOutcome.REFUSED]
    for start in range(0, len(new), AT_ONCE):
        some = new[start : start + AT_ONCE]
        many.log_all([planned.new for planned in some if planned.new], by=by, now=now)
        report(start + len(some))
    changes = [planned for planned in plan.rows if planned.outcome == RowOutcome.UPDATE]
    for number, planned in enumerate(changes, start=len(new) + 1):
        _change(planned, source, by, now)
        if planned.outcome == RowOutcome.REFUSED and all_or_nothing:
            raise RowsRefused
        report(number)
    _tell_new_owners(changes, by, now)
    _remember(plan.rows, source, now)


def _tell_new_owners(changes: Sequence[Planned], by: Actor, now: datetime) -> None:
    """Once of all that was handed over to them, however many risks those are."""
    given: dict[User, list[Risk]] = {}
    for planned in changes:
        change = planned.change
        if change and change.owner and planned.outcome == RowOutcome.UPDATE and not change.risk.is_draft:
            given.setdefault(change.owner, []).append(change.risk)
    for owner, risks in given.items():
        telling.tell_given_all(risks, owner, "this risk", now, by=by.user)


def _change(planned: Planned, source: ImportSource, by: Actor, now: datetime) -> None:
    """One row, whole or not at all. What a service refuses is said beside the row."""
    change = planned.change
    assert change  # noqa: S101 - a planned update has one
    try:
        with transaction.atomic():
            (_change_draft if change.risk.is_draft else _change_logged)(change, source, by, now)
    except ValidationError as error:
        for name, words in error.message_dict.items():
            planned.row.says(name, " ".join(words))
        planned.refuse()
    except DomainError as error:
        planned.row.says("", error.message)
        planned.refuse()


def _change_logged(change: Change, source: ImportSource, by: Actor, now: datetime) -> None:
    risk, checked = change.risk, {"personal_data_checked": change.personal_data_checked}
    if change.fields:
        services.edit_risk(risk=risk, fields=change.fields, version=risk.version, by=by, now=now, **checked)
    if change.owner:
        services.hand_over_risk(risk=risk, to=change.owner, by=by, now=now, is_told_later=True)
    for kind, judgement in ((ScoreKind.CURRENT, change.current), (ScoreKind.TARGET, change.target)):
        if judgement:
            services.score_risk(
                risk=risk,
                kind=kind,
                likelihood=judgement[0],
                consequence=judgement[1],
                rationale=merging.rationale(source),
                by=by,
                now=now,
                personal_data_checked=True,  # the rationale is ours
            )
    for text in change.controls:
        services.add_control(risk=risk, text=text, by=by, now=now, **checked)
    if change.involved:
        services.involve(risk=risk, organisations=change.involved, by=by, now=now)


def _change_draft(change: Change, source: ImportSource, by: Actor, now: datetime) -> None:
    """A draft that now has all that it needs is logged."""
    risk = change.risk
    fields: RiskFields = {**change.fields}
    if change.owner:
        fields["owner"] = change.owner
    if change.current:
        fields["likelihood"], fields["consequence"] = change.current
    if change.controls:
        fields["controls"] = [*risk.controls.oldest_first().values_list("text", flat=True), *change.controls]
    if change.involved:
        named = [part.organisation for part in risk.involvements.select_related("organisation__parent")]
        fields["involved"] = [*named, *change.involved]
    done = services.log_risk if _is_complete(risk, fields) else services.save_draft
    done(draft=risk, fields=fields, by=by, now=now, personal_data_checked=change.personal_data_checked)
    if change.target and done is services.log_risk:
        likelihood, consequence = change.target
        services.score_risk(
            risk=risk,
            kind=ScoreKind.TARGET,
            likelihood=likelihood,
            consequence=consequence,
            rationale=merging.rationale(source),
            by=by,
            now=now,
            personal_data_checked=True,
        )


def _is_complete(risk: Risk, fields: RiskFields) -> bool:
    return all(fields.get(name, getattr(risk, name)) for name in NEEDED_TO_LOG)


def _remember(rows: Sequence[Planned], source: ImportSource, now: datetime) -> None:
    """What the source said of each risk, for the next import. Rows without a reference of the source are not known."""
    new, again = [], []
    for planned in rows:
        kept = planned.outcome not in (RowOutcome.REFUSED, RowOutcome.LEFT_OUT)
        if not kept or not planned.external_reference or planned.risk is None:
            continue
        if planned.imported is None:
            new.append(
                ImportedRisk(
                    source=source,
                    external_reference=planned.external_reference,
                    risk=planned.risk,
                    digests=planned.digests,
                    imported_at=now,
                )
            )
        elif planned.imported.digests != planned.digests:
            planned.imported.digests, planned.imported.imported_at = planned.digests, now
            again.append(planned.imported)
    ImportedRisk.objects.bulk_create(new, batch_size=AT_ONCE, ignore_conflicts=True)
    ImportedRisk.objects.bulk_update(again, ["digests", "imported_at"], batch_size=AT_ONCE)


def say_finally(rows: Sequence[Planned]) -> None:
    """Finds are not kept with what they quote."""
    for planned in rows:
        planned.row.remarks = [
            Remark(remark.kind, remark.column, "This may identify a patient, and nobody said that it does not")
            if remark.kind == Remark.FIND
            else remark
            for remark in planned.row.remarks
        ]
