"""What would become of each row of a file: the dry run, and the first half of the real one.

The same words and rules as logging by hand: `writing.put`, `screen_fields` and the sentences of NEEDED_TO_LOG.
Of a risk that is there, only what the source says otherwise than last time is changed; where a person changed the same
here meanwhile, theirs stays and the row says so.
"""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from risks.importing import merging
from risks.importing.columns import CLOSED
from risks.importing.known import look_up
from risks.importing.many import NewRisk
from risks.importing.rows import LONGEST_REFERENCE, Planned, Remark, read_rows
from risks.models import Risk, RowOutcome
from risks.services.checking import require_involvable
from risks.services.working import require_in_reach
from risks.services.writing import NEEDED_TO_KEEP, NEEDED_TO_LOG, WRITTEN, RiskFields, put, screen_fields
from safetyreg.errors import ConfirmationNeeded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from accounts.actors import Actor
    from accounts.models import Organisation, User
    from risks.importing.known import Known
    from risks.importing.many import Judgement
    from risks.importing.rows import ReadRow
    from risks.models import ImportBatch
    from safetyreg.tables.reading import Table

NOT_A_MEMBER = "Nobody with this e-mail address works for your organisation and can own a risk"
NO_SUCH_ORGANISATION = "There is no organisation “{}” in the list. Use its ODS code"
NO_SUCH_RISK = "No risk of yours has this reference"
PAIRS = {
    "initial": ("initial_likelihood", "initial_consequence"),
    "target": ("target_likelihood", "target_consequence"),
}


@dataclass
class Plan:
    headings: list[str]
    rows: list[Planned]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(planned.outcome.value for planned in self.rows)
        finds = sum(planned.row.has_finds and not planned.row.is_wrong for planned in self.rows)
        conflicts = sum(any(r.kind == Remark.CONFLICT for r in planned.row.remarks) for planned in self.rows)
        return {**{outcome: found.get(outcome, 0) for outcome in RowOutcome}, "finds": finds, "conflicts": conflicts}

    @property
    def is_refused(self) -> bool:
        return any(planned.outcome == RowOutcome.REFUSED for planned in self.rows)


def plan(
    batch: ImportBatch, table: Table, columns: Mapping[int, str], *, by: Actor, now: datetime, lock: bool = False
) -> Plan:
    rows = read_rows(table.rows, columns, table.headings, batch.source.values)
    known = look_up(rows, batch.source, by, lock=lock)
    planner = Planner(batch, known, by, now)
    return Plan(table.headings, [planner.planned(row) for row in rows])


class Planner:
    """Goes through the rows in their order, and remembers which references it has met."""

    def __init__(self, batch: ImportBatch, known: Known, by: Actor, now: datetime) -> None:
        self.batch, self.known, self.by, self.now = batch, known, by, now
        self.rows_checked = set(batch.rows_checked)
        self.met: dict[tuple[str, str], int] = {}

    def planned(self, row: ReadRow) -> Planned:
        self._refuse_second(row)
        self._refuse_halves(row)
        planned = self._existing(row) if not row.is_wrong else None
        if planned is None and not row.is_wrong:
            planned = self._new(row)
        if planned is None or row.is_wrong:
            return Planned(row, RowOutcome.REFUSED)
        if row.has_finds:
            planned.refuse()
        return planned

    def is_checked(self, row: ReadRow) -> bool:
        return self.batch.all_checked or row.number in self.rows_checked

    def _refuse_second(self, row: ReadRow) -> None:
        if len(row.values.get("external_reference") or "") > LONGEST_REFERENCE:
            row.says("external_reference", f"Shorten this to {LONGEST_REFERENCE} characters")
        for name in ("external_reference", "reference"):
            if said := row.values.get(name):
                if first := self.met.get((name, said)):
                    row.says(name, f"Row {first} has the same reference")
                self.met.setdefault((name, said), row.number)

    def _refuse_halves(self, row: ReadRow) -> None:
        for pair in (*PAIRS.values(), ("action", "action_due_on")):
            said = [name for name in pair if row.values.get(name)]
            if len(said) == 1 and all(name in row.values for name in pair):
                other = next(name for name in pair if name not in said)
                row.says(other, "Fill this in too, or leave both empty")

    # a risk that is there

    def _existing(self, row: ReadRow) -> Planned | None:
        """What becomes of a row that means a risk of ours, or None for a new one."""
        external, reference = row.values.get("external_reference"), row.values.get("reference")
        if reference:
            if risk := self.known.by_reference.get(reference):
                return self._change(row, risk, merging.since_export(risk, row.values.get("version"), self.known), None)
            row.says("reference", NO_SUCH_RISK)
            return None
        if not external:
            return None
        if imported := self.known.imported.get(external):
            if imported.risk.organisation_id != self.by.organisation_id:
                row.says("external_reference", "This risk was handed on to another organisation", Remark.NOTE)
                return Planned(row, RowOutcome.LEFT_OUT)
            return self._change(row, imported.risk, imported.digests, imported)
        if risk := self.known.by_external.get(external):
            if other := self.known.imported_as.get(risk.pk):
                row.says("external_reference", f"{risk.reference} has this reference, and was imported as {other}")
                return None
            return self._change(row, risk, {}, None)
        return None

    def _change(self, row: ReadRow, risk: Risk, seen: Mapping[str, str], imported: Any) -> Planned | None:
        said = self._said(row)
        merged = merging.merge(row, risk, said, seen, self.known)
        planned = Planned(row, RowOutcome.UPDATE, change=merged.change, imported=imported, digests=merged.digests)
        change = merged.change
        if row.values.get("status") == CLOSED and not risk.is_closed:
            row.says(
                "status", f"Closed in your system. {risk.reference} stays open here until you close it", Remark.NOTE
            )
        if change and risk.is_closed:
            row.says("", f"{risk.reference} is closed here, so nothing of it was changed", Remark.NOTE)
            planned.outcome, planned.change = RowOutcome.LEFT_OUT, None
            return planned
        if not change:
            planned.outcome = RowOutcome.UNCHANGED
            return planned
        change.personal_data_checked = self.is_checked(row)
        self._check_words(row, copy(risk), change.fields, NEEDED_TO_KEEP if risk.is_draft else NEEDED_TO_LOG)
        self._screen(row, change.fields, change.controls)
        self._check_involved(row, risk, change.involved)
        return planned

    # a new one

    def _new(self, row: ReadRow) -> Planned | None:
        if row.values.get("status") == CLOSED:
            row.says("status", "Closed in your system, so it was not logged here", Remark.NOTE)
            return Planned(row, RowOutcome.LEFT_OUT)
        said = self._said(row)
        fields: RiskFields = {name: said[name] for name in WRITTEN if said.get(name)}  # type: ignore[assignment]
        by = self.by
        external = said.get("external_reference")
        risk = Risk(
            organisation=by.organisation,
            owner=said.get("owner") or self.batch.owner,
            logged_by=by.user,
            source=self.batch.source if external else None,
            drafted_at=self.now,
            updated_at=self.now,
        )
        initial, target = (self._judgement(said, *PAIRS[which]) for which in ("initial", "target"))
        risk.likelihood, risk.consequence = said.get("likelihood"), said.get("consequence")
        if not (risk.likelihood or risk.consequence) and initial:
            risk.likelihood, risk.consequence = initial
        new = NewRisk(
            risk,
            controls=said.get("controls") or [],
            involved=said.get("involved") or [],
            initial=initial,
            target=target,
            rationale=merging.rationale(self.batch.source),
            action=self._action(row),
        )
        self._screen(row, fields, new.controls, action=new.action[0] if new.action else "")
        self._check_involved(row, risk, new.involved)
        new.is_draft = self._check_words(row, risk, fields, NEEDED_TO_LOG, may_be_draft=self.batch.keep_drafts)
        outcome = RowOutcome.DRAFT if new.is_draft else RowOutcome.ADD
        # Nobody named is whoever was given it: a later file may name somebody.
        digests = {merging.OWNER: merging.digest(risk.owner.email)} | merging.digests_of(row.values)
        return Planned(row, outcome, new=new, digests=digests)

    def _action(self, row: ReadRow) -> tuple[str, date] | None:
        text, due_on = row.values.get("action"), row.values.get("action_due_on")
        if not (text and due_on):
            return None
        try:
            require_in_reach(due_on, self.now)
        except ValidationError as error:
            row.says("action_due_on", " ".join(error.messages))
        return text, due_on

    # what both ask

    def _said(self, row: ReadRow) -> dict[str, Any]:
        """The values as the register holds them: people, organisations and numbers instead of what names them."""
        said = dict(row.values)
        for name in merging.NUMBERS:
            if name in said:
                said[name] = int(said[name]) if said[name] else None
        if address := said.get("owner"):
            said["owner"] = self._member(row, address)
        if "involved" in said:
            said["involved"] = self._organisations(row, said["involved"])
        return said

    def _member(self, row: ReadRow, address: str) -> User | None:
        member = self.known.members.get(address)
        if member is None:
            row.says("owner", NOT_A_MEMBER)
        return member

    def _organisations(self, row: ReadRow, said: Sequence[str]) -> list[Organisation]:
        found = {}
        for name in said:
            organisation = self.known.organisations.get(name.casefold())
            if organisation is None:
                row.says("involved", NO_SUCH_ORGANISATION.format(name[:60]))
            else:
                found[organisation.pk] = organisation
        return list(found.values())

    @staticmethod
    def _judgement(said: Mapping[str, Any], likelihood: str, consequence: str) -> Judgement | None:
        if said.get(likelihood) and said.get(consequence):
            return said[likelihood], said[consequence]
        return None

    def _check_words(
        self, row: ReadRow, risk: Risk, fields: RiskFields, needed: Mapping[str, str], *, may_be_draft: bool = False
    ) -> bool:
        """Put the words into the risk, and remark what is wrong. Whether it lacks something and may be a draft."""
        problems = put(risk, fields, needed)
        lacking = {name for name, words in problems.items() if words == [needed.get(name)]}
        draft = may_be_draft and bool(lacking) and lacking == set(problems) and not lacking & set(NEEDED_TO_KEEP)
        for name, words in problems.items():
            row.says(name, " ".join(words), Remark.NOTE if draft else Remark.ERROR)
        return draft

    def _screen(self, row: ReadRow, fields: RiskFields, controls: list[str], **more: str) -> None:
        try:
            screen_fields({**fields, "controls": controls}, checked=self.is_checked(row), **more)
        except ConfirmationNeeded as error:
            for name, finds in error.finds.items():
                for words in finds:
                    row.says(name, words, Remark.FIND)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                row.says(name, " ".join(without_numbers(words) for words in messages))

    @staticmethod
    def _check_involved(row: ReadRow, risk: Risk, organisations: Sequence[Organisation]) -> None:
        try:
            require_involvable(risk, organisations)
        except ValidationError as error:
            row.says("involved", " ".join(error.messages))


def without_numbers(words: str) -> str:
    """A refusal without the NHS number that it quotes: what is kept about a row must not hold it either."""
    before, bracket, rest = words.partition(" (")
    return before + rest.partition(")")[2] if bracket else words
