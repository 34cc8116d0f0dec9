"""Keeping the organisations in the register in line with the project's table of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from accounts import ods
from accounts.changes import follow_move, ties_of
from accounts.models import Organisation, Succession
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class Counts:
    """What a load did. `still_open` names those that the table calls closed and says what still binds them."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    successions: int = 0
    still_open: list[str] = field(default_factory=list)


@transaction.atomic
def load_organisations(*, now: datetime) -> Counts:
    """Add and change organisations and successions as the table says; a second load changes nothing.

    What people entered themselves, such as duty contacts, is left alone, and so is an organisation that is not in the
    table. One with members, open risks or live deadlines is not closed: they would be left to nobody.
    """
    known = {
        organisation.ods_code: organisation for organisation in Organisation.objects.select_for_update(no_key=True)
    }
    counts = Counts()
    for row in ods.rows():
        facts = _facts(row, known)
        if row.ods_code not in known:
            known[row.ods_code] = _add(row.ods_code, facts, now)
            counts.added += 1
        elif _change(known[row.ods_code], facts, now, counts):
            counts.changed += 1
        else:
            counts.unchanged += 1
    counts.successions = _add_successions(known, now)
    if counts.added:
        _let_the_planner_know()
    return counts


def _let_the_planner_know() -> None:
    """Until it is told, PostgreSQL plans for an empty table, and joins of several organisations take many seconds."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(Organisation._meta.db_table)}")


def _facts(row: ods.OrganisationRow, known: dict[str, Organisation]) -> dict[str, Any]:
    return {
        "name": row.name,
        "level": row.level,
        "kind": row.kind,
        "parent_id": known[row.parent].pk if row.parent else None,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
    }


def _add(ods_code: str, facts: dict[str, Any], now: datetime) -> Organisation:
    organisation = Organisation.objects.create(ods_code=ods_code, **facts)
    record("add_organisation", organisation, f"{organisation.name} was added", by=None, now=now)
    return organisation


def _change(organisation: Organisation, facts: dict[str, Any], now: datetime, counts: Counts) -> bool:
    changed = {name: value for name, value in facts.items() if getattr(organisation, name) != value}
    if changed.get("closed_on") and organisation.is_open and (ties := ties_of(organisation)):
        counts.still_open.append(f"{organisation.name} ({organisation.ods_code}): {', '.join(ties)}")
        del changed["closed_on"]
    if not changed:
        return False
    details = {name: [_words(getattr(organisation, name)), _words(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(changed))
    record("change_organisation", organisation, f"{organisation.name} was changed", by=None, now=now, details=details)
    if "parent_id" in changed:
        follow_move(organisation, now)
    return True


def _words(value: Any) -> str:
    return "" if value is None else str(value)


def _add_successions(known: dict[str, Organisation], now: datetime) -> int:
    """How many were new."""
    there = set(Succession.objects.values_list("predecessor_id", "successor_id", "legal_on"))
    added = 0
    for row in ods.successions():
        predecessor, successor = known[row.predecessor], known[row.successor]
        if (predecessor.pk, successor.pk, row.legal_on) not in there:
            _succeed(predecessor, successor, row, now)
            added += 1
    return added


def _succeed(predecessor: Organisation, successor: Organisation, row: ods.SuccessionRow, now: datetime) -> None:
    succession = Succession.objects.create(
        predecessor=predecessor, successor=successor, legal_on=row.legal_on, scope=row.scope
    )
    record("add_succession", succession, f"{successor.name} took over from {predecessor.name}", by=None, now=now)
