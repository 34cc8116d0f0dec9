"""A made-up register of many risks, written straight into a database of its own.

It has 1,000 organisations, who sees what, what was asked of whom and what came back, and what is owed.

The national body sees every risk, as if each had been escalated to it; the first ICB about a tenth of them; a provider
its own and those that name it. The same seed makes the same register.
"""

from __future__ import annotations

import csv
import io
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.actors import Actor
from accounts.models import Level, Membership, Organisation, Role, User
from bench import tending, texts
from bench.belonging import Belonging, Together
from bench.belonging import parts as belonging_parts
from bench.escalating import Escalating, Written
from bench.escalating import parts as escalating_parts
from bench.ids import new_id
from deadlines.models import Deadline
from escalations.models import Escalation, Feedback, FeedbackReceipt, Step
from risks.models import (
    Action,
    Basis,
    Comment,
    Control,
    Involvement,
    LinkConsent,
    Risk,
    RiskLink,
    RiskShare,
    Score,
    Status,
)
from risks.references import SEQUENCE
from risks.searching import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
REGIONS, ICBS, ORGANISATIONS = 7, 40, 1_000
CROSSING, COMMENTED = 0.85, 0.3  # of all risks
SKEW = 0.7  # how much larger the first ICBs are than the last
YEARS = timedelta(days=5 * 365)
AT_ONCE = 10_000  # rows written together
TABLES = (
    Risk, RiskShare, Comment, Score, Control, Action, Deadline, Escalation, Step, Feedback, FeedbackReceipt,
    Involvement, RiskLink, LinkConsent,
)  # fmt: skip


@dataclass
class Register:
    """Who is in it. `icbs` are the largest first, and `providers` are those of each of them."""

    national: Organisation
    regions: list[Organisation]
    icbs: list[Organisation]
    providers: list[list[Organisation]]
    people: dict[uuid.UUID, Actor] = field(default_factory=dict)

    @property
    def readers(self) -> dict[str, Actor]:
        """One reader of each size: of all risks, of a tenth, and of some hundreds."""
        middle = self.providers[len(self.providers) // 10][0]
        bodies = {"national": self.national, "ICB": self.icbs[0], "provider": middle}
        return {name: self.people[body.pk] for name, body in bodies.items()}


def build(risks: int, seed: int = 1) -> Register:
    """Write a register of that many logged risks into the database that Django is connected to, which must be empty."""
    chance = random.Random(seed)  # noqa: S311 - a made-up register, nothing to guard
    register = _organisations(chance)
    step = YEARS / max(risks, 1)
    escalating = Escalating(register, random.Random(seed + 2), NOW)  # noqa: S311
    belonging = Belonging(register, random.Random(seed + 3), NOW)  # noqa: S311
    said = texts.texts(risks, seed)
    remarks = texts.remarks(risks, seed + 1)
    for first in range(1, risks + 1, AT_ONCE):
        owners = _owners(register, chance, belonging, min(AT_ONCE, risks + 1 - first))
        made = [
            _risk(register, chance, owner, text, number, NOW - YEARS + number * step)
            for number, (owner, text) in enumerate(zip(owners, said, strict=False), start=first)
        ]
        _write(register, chance, made, remarks, escalating, belonging)
    _settle(risks)
    return register


def _organisations(chance: random.Random) -> Register:
    national = _body("BN0", Level.NATIONAL, "NATIONAL", None)
    regions = [_body(f"BR{number}", Level.REGION, "REGION", national) for number in range(REGIONS)]
    icbs = [_body(f"BI{number}", Level.ICB, "ICB", regions[number % REGIONS]) for number in range(ICBS)]
    providers: list[list[Organisation]] = [[] for _ in icbs]
    for number in range(ORGANISATIONS - 1 - REGIONS - ICBS):
        providers[number % ICBS].append(_body(f"BP{number}", Level.PROVIDER, "NHS_TRUST", icbs[number % ICBS]))
    for level in ([national], regions, icbs, [body for some in providers for body in some]):
        Organisation.objects.bulk_create(level)
    register = Register(national, regions, icbs, providers)
    register.people = _people([national, *regions, *icbs, *(body for some in providers for body in some)], chance)
    return register


def _body(code: str, level: Level, kind: str, parent: Organisation | None) -> Organisation:
    return Organisation(ods_code=code, name=f"Bench {level.label} {code}", level=level, kind=kind, parent=parent)


def _people(bodies: list[Organisation], chance: random.Random) -> dict[uuid.UUID, Actor]:
    """One safety lead for each."""
    password = make_password(None)
    users = [User(email=f"{body.ods_code.lower()}@bench.example", name="Bench", password=password) for body in bodies]
    User.objects.bulk_create(users)
    members = [
        Membership(user=user, organisation=body, role=Role.SAFETY_LEAD, started_at=NOW - YEARS)
        for user, body in zip(users, bodies, strict=True)
    ]
    Membership.objects.bulk_create(members)
    return {member.organisation_id: Actor(member) for member in members}


def _owners(register: Register, chance: random.Random, belonging: Belonging, number: int) -> list[Organisation]:
    """Of so many risks: more in the first systems than in the last."""
    weights = [(number + 1) ** -SKEW for number in range(ICBS)]
    systems = chance.choices(register.providers, weights, k=number)
    return [belonging.owner(chance.choice(providers)) for providers in systems]


def _write(
    register: Register,
    chance: random.Random,
    risks: list[Risk],
    remarks: Iterator[str],
    escalating: Escalating,
    belonging: Belonging,
) -> None:
    """These risks and all that became of them."""
    tended = [row for risk in risks for row in tending.of_risk(risk, escalating.chance, NOW)]
    escalating.written, belonging.written = Written(), Together()
    for risk in risks:
        escalating.risk(risk)
        belonging.risk(risk)
    _copy(Risk, risks)
    _copy(RiskShare, _all_shares(register, chance, risks, escalating, belonging))
    for model in (Score, Control, Action, Deadline):
        _copy(model, (row for row in tended if isinstance(row, model)))
    for model, rows in (*escalating_parts(escalating.written), *belonging_parts(belonging.written)):
        _copy(model, rows)
    _copy(Comment, (_comment(chance, risk, next(remarks)) for risk in risks if chance.random() < COMMENTED))


def _all_shares(
    register: Register, chance: random.Random, risks: list[Risk], escalating: Escalating, belonging: Belonging
) -> Iterable[RiskShare]:
    """Each once: who was asked in an escalation may see the risk by it already."""
    known = [share for risk in risks for share in _shares(register, chance, risk)] + belonging.written.shares
    shares = {(share.risk_id, share.organisation_id, share.basis): share for share in known}
    for risk, body, at in escalating.written.saw:
        share = _share(escalating.chance, risk, body, Basis.ESCALATION)
        share.granted_at = at
        shares.setdefault((risk.pk, body.pk, Basis.ESCALATION), share)
    return shares.values()


def _risk(
    register: Register,
    chance: random.Random,
    owner: Organisation,
    text: texts.RiskText,
    number: int,
    logged_at: datetime,
) -> Risk:
    person = register.people[owner.pk].user
    return Risk(
        id=new_id(chance),
        reference=f"PSR-{number:06d}",
        organisation=owner,
        owner=person,
        logged_by=person,
        status=Status.OPEN,
        **text._asdict(),
        theme=str(chance.randint(1, 8)),
        process=str(chance.randint(1, 12)),
        reach="2",
        external_reference=f"DX-{number}" if chance.random() < 0.5 else "",
        likelihood=chance.randint(1, 5),
        consequence=chance.randint(1, 5),
        drafted_at=logged_at,
        logged_at=logged_at,
        updated_at=logged_at,
        crosses_boundary=chance.random() < CROSSING,
    )


def _shares(register: Register, chance: random.Random, risk: Risk) -> Iterator[RiskShare]:
    owner = risk.organisation
    yield _share(chance, risk, owner, Basis.OWNER)
    if owner != register.national:
        yield _share(chance, risk, register.national, Basis.ESCALATION)
    if risk.crosses_boundary and owner.parent:
        yield _share(chance, risk, owner.parent, Basis.OVERSIGHT)


def _share(chance: random.Random, risk: Risk, organisation: Organisation, basis: Basis) -> RiskShare:
    return RiskShare(
        id=new_id(chance), risk=risk, organisation=organisation, basis=basis, granted_at=risk.logged_at or NOW
    )


def _comment(chance: random.Random, risk: Risk, text: str) -> Comment:
    return Comment(
        id=new_id(chance),
        risk=risk,
        organisation=risk.organisation,
        text=text,
        created_at=risk.logged_at or NOW,
        created_by=risk.owner,
    )


def _copy(model: type[Model], rows: Iterable[Model]) -> None:
    """Write rows by COPY, which is some ten times as fast as inserting them."""
    fields = [column for column in model._meta.local_concrete_fields if not column.generated]
    written = io.StringIO()
    writer = csv.writer(written)
    for row in rows:
        writer.writerow(
            [_value(column.get_db_prep_save(getattr(row, column.attname), connection)) for column in fields]
        )
    written.seek(0)
    names = ", ".join(f'"{column.column}"' for column in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN (FORMAT csv, NULL '~')", written)


def _value(value: object) -> object:
    if value is None:
        return "~"
    return "{" + ",".join(map(str, value)) + "}" if isinstance(value, list) else value


def _settle(risks: int) -> None:
    """What services and the database itself would have done by now."""
    lexicon.gather()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s)", [SEQUENCE, max(risks, 1)])
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table._meta.db_table}")
