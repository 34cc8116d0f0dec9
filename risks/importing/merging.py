"""Which values of a row are news for a risk that is there, and which somebody changed here meanwhile.

An import keeps a digest of each value that the source said. A value that the source says again is no news, whatever
stands here now; one that it says anew is taken over if here still stands what it said last, and is a conflict if not.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risks.importing.rows import Change, Remark
from risks.services.writing import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from risks.importing.known import Known
    from risks.importing.rows import ReadRow
    from risks.models import ImportSource, Risk

CURRENT, TARGET, OWNER, CONTROLS, INVOLVED = "current", "target", "owner", "controls", "involved"
WORDS = tuple(name for name in WRITTEN if name != "external_reference")
JUDGEMENTS = {
    CURRENT: ("likelihood", "consequence"),
    TARGET: ("target_likelihood", "target_consequence"),
}
INITIAL = ("initial_likelihood", "initial_consequence")
NUMBERS = (*JUDGEMENTS[CURRENT], *JUDGEMENTS[TARGET], *INITIAL)
KEPT = "Your system says something new here, and somebody has changed it in the register since: theirs was kept"


@dataclass
class Merged:
    change: Change
    digests: dict[str, str]


def merge(row: ReadRow, risk: Risk, said: Mapping[str, Any], seen: Mapping[str, str], known: Known) -> Merged:
    """`said` are the row's values as the register holds them, `seen` the digests of what was said last."""
    merged = Merged(Change(risk), dict(seen))
    held = dict(held_by(risk, known))
    for name, value in said_by(row.values):
        if seen.get(name) == digest(value):
            continue
        if name in (CONTROLS, INVOLVED):
            merged.digests[name] = digest(value)
        elif value == held[name]:
            merged.digests[name] = digest(value)
            continue
        elif (name in seen and seen[name] != digest(held[name])) or (name not in seen and held[name]):
            if value or name in seen:  # a cell that was always empty says nothing
                row.says(JUDGEMENTS.get(name, (name,))[0], KEPT, Remark.CONFLICT)
            continue
        merged.digests[name] = digest(value)
        _take_over(merged.change, name, said, known)
    return merged


def _take_over(change: Change, name: str, said: Mapping[str, Any], known: Known) -> None:
    risk = change.risk
    if name == CONTROLS:
        change.controls = [text for text in said[CONTROLS] if text not in known.controls[risk.pk]]
    elif name == INVOLVED:
        named = known.involved[risk.pk]
        change.involved = [organisation for organisation in said[INVOLVED] if organisation.pk not in named]
    elif name == OWNER:
        change.owner = said[OWNER]
    elif name in JUDGEMENTS:
        likelihood, consequence = JUDGEMENTS[name]
        judgement = said[likelihood], said[consequence]
        if name == CURRENT:
            change.current = judgement
        else:
            change.target = judgement
    else:
        change.fields[name] = said[name]  # type: ignore[literal-required]


def said_by(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a row says that may change, in the form in which digests are made of it."""
    for name in WORDS:
        if name in values:
            yield name, _in_order(values[name])
    if values.get(OWNER):
        yield OWNER, values[OWNER]
    for name, pair in JUDGEMENTS.items():
        if judgement := _judgement(values, pair) or (_judgement(values, INITIAL) if name == CURRENT else []):
            yield name, judgement
    for name in (CONTROLS, INVOLVED):
        if values.get(name):
            yield name, _in_order(values[name])


def _judgement(values: Mapping[str, Any], pair: tuple[str, str]) -> list[int]:
    numbers = [int(values[part]) for part in pair if values.get(part)]
    return numbers if len(numbers) == len(pair) else []


def held_by(risk: Risk, known: Known) -> Iterator[tuple[str, Any]]:
    """The same of a risk as it stands."""
    for name in WORDS:
        yield name, _in_order(getattr(risk, name))
    yield OWNER, risk.owner.email
    yield CURRENT, list(risk.judgement) if risk.likelihood and risk.consequence else []
    yield TARGET, list(known.targets.get(risk.pk, ()))


def digests_of(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: digest(value) for name, value in said_by(values)}


def digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()[:16]


def _in_order(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def stamp(risk: Risk) -> str:
    """The state of a risk, as the register's own export says it: whoever sends the row again changed that one."""
    return f"{risk.version}/{int(risk.updated_at.timestamp() * 1_000_000)}"


def since_export(risk: Risk, said: str | None, known: Known) -> dict[str, str]:
    """What was seen by whoever exported the risk: what it holds, unless it has been changed since."""
    if said != stamp(risk):
        return {}
    return {name: digest(value) for name, value in held_by(risk, known)}


def rationale(source: ImportSource) -> str:
    return f"Imported from {source.name}"
