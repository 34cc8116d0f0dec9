"""One row of a file: what it says, what is wrong with it, and what is to become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from risks.importing import values
from risks.importing.columns import TARGETS
from risks.models import RowOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accounts.models import Organisation, User
    from risks.importing.many import Judgement, NewRisk
    from risks.models import ImportedRisk, Risk
    from risks.services import RiskFields

LONGEST_REFERENCE = 80
LONGEST_WORD = 60


@dataclass(frozen=True)
class Remark:
    """Something to know of a row, beside its column. An error or a find keeps it out; the others do not."""

    kind: str
    column: str
    words: str
    value: str = ""  # a word that is in no list: the source can be told what it means

    ERROR: ClassVar = "error"
    FIND: ClassVar = "find"
    CONFLICT: ClassVar = "conflict"
    NOTE: ClassVar = "note"

    def as_dict(self) -> dict[str, str]:
        said = {"kind": self.kind, "column": self.column, "words": self.words}
        return said | {"value": self.value} if self.value else said


@dataclass
class ReadRow:
    """The values of a row, by what they are; of cells that could not be read, only the remark."""

    number: int
    values: dict[str, Any]
    headings: Mapping[str, str]
    remarks: list[Remark] = field(default_factory=list)

    def says(self, name: str, words: str, kind: str = Remark.ERROR, value: str = "") -> None:
        """A remark about a field, at its column if the file has one and by its name if not."""
        heading = self.headings.get(name, "")
        label = TARGETS[name].label if name in TARGETS else ""
        self.remarks.append(Remark(kind, heading, words if heading or not label else f"{label}: {words}", value))

    @property
    def is_wrong(self) -> bool:
        return any(remark.kind == Remark.ERROR for remark in self.remarks)

    @property
    def has_finds(self) -> bool:
        return any(remark.kind == Remark.FIND for remark in self.remarks)


@dataclass
class Change:
    """What an import changes of a risk that is there."""

    risk: Risk
    fields: RiskFields = field(default_factory=dict)  # type: ignore[assignment]
    owner: User | None = None
    current: Judgement | None = None
    target: Judgement | None = None
    controls: list[str] = field(default_factory=list)
    involved: list[Organisation] = field(default_factory=list)
    personal_data_checked: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields or self.owner or self.current or self.target or self.controls or self.involved)


@dataclass
class Planned:
    """What is to become of a row. `digests` are of what the source says, for the next import to compare with."""

    row: ReadRow
    outcome: RowOutcome
    new: NewRisk | None = None
    change: Change | None = None
    imported: ImportedRisk | None = None
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def external_reference(self) -> str:
        return (self.row.values.get("external_reference") or "")[:LONGEST_REFERENCE]

    @property
    def risk(self) -> Risk | None:
        if self.new:
            return self.new.risk
        return self.change.risk if self.change else None

    @property
    def kept_risk(self) -> Risk | None:
        """The risk that the row is about, once there is one."""
        risk = self.risk
        return risk if risk and self.outcome != RowOutcome.REFUSED and not risk._state.adding else None

    def refuse(self) -> None:
        self.outcome = RowOutcome.REFUSED

    def forget(self) -> None:
        """What was written of it was undone."""
        if self.new:
            self.new.risk._state.adding = True


def read_rows(
    rows: Iterable[tuple[int, list[str]]],
    columns: Mapping[int, str],
    headings: list[str],
    own: Mapping[str, Mapping[str, str]],
) -> list[ReadRow]:
    """The rows, each with what could not be read of it. `own` gives, by field, the codes of the source's own words."""
    named = {name: headings[position] for position, name in columns.items()}
    codes = CodeReader(own)
    return [_row(number, cells, columns, named, codes) for number, cells in rows]


class CodeReader:
    """Reads cells, and those that take one of a list only once for each way of writing it."""

    def __init__(self, own: Mapping[str, Mapping[str, str]]) -> None:
        self.own = own
        self.found: dict[tuple[str, str], Any] = {}

    def read(self, name: str, text: str) -> Any:
        """Raises ValueError."""
        if not TARGETS[name].choices:
            return values.read(name, text, {})
        if (name, text) not in self.found:
            try:
                self.found[name, text] = values.read(name, text, self.own.get(name, {}))
            except ValueError as error:
                self.found[name, text] = error
        found = self.found[name, text]
        if isinstance(found, ValueError):
            raise ValueError(*found.args)
        return found


def _row(
    number: int, cells: list[str], columns: Mapping[int, str], headings: Mapping[str, str], codes: CodeReader
) -> ReadRow:
    row = ReadRow(number, {}, headings)
    for position, name in columns.items():
        try:
            row.values[name] = codes.read(name, cells[position])
        except ValueError as error:
            word = " ".join(cells[position].split())
            row.says(name, str(error), value=word if TARGETS[name].choices and len(word) <= LONGEST_WORD else "")
    return row
