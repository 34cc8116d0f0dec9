"""What each command does: it asks the register once or twice, and shows what is answered."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetyreg_client.commands.showing import as_json, lines_of, table
from safetyreg_client.errors import SettingsMissing
from safetyreg_client.receiving import Receiver
from safetyreg_client.register import Register
from safetyreg_client.webhooks import Event, Verifier

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Sequence

DONE, ROWS_REFUSED = 0, 5
WEBHOOK_SECRET = "SAFETYREG_WEBHOOK_SECRET"  # noqa: S105 - the name of a setting
EXPORTS = {
    "risks": "export_risks",
    "escalations": "export_escalations",
    "feedback": "export_feedback",
    "breached": "export_breached_below",
}
FILTERS = (
    "search", "status", "band", "theme", "organisation", "external_reference", "updated_since", "sort", "ours",
    "escalated", "review_overdue",
)  # fmt: skip
RISK = (
    "title", "cause", "event", "effect", "theme", "process", "services", "reach", "other_bodies", "population",
    "treatment", "external_reference", "likelihood", "consequence", "owner", "involved", "controls",
    "personal_data_checked",
)  # fmt: skip
SENT = {  # by verb: what goes along, and on which side of the escalation it is done
    "acknowledge": (("handler",), "received"),
    "accept": (("plan",), "received"),
    "update": (("text",), "received"),
    "answer": (("outcome", "text", "passed_on_from"), "received"),
    "confirm": (("text",), "sent"),
    "dispute": (("why",), "sent"),
}


def me(given: Namespace) -> int:
    found = Register.from_environment().me()
    acting = found.acting
    whom = f"{acting.organisation.name} ({acting.organisation.ods_code}) as {acting.role}" if acting else "nobody"
    words = f"{found.name} ({found.kind}) acts for {whom}\nScopes: {', '.join(found.scopes)}"
    return _say(as_json(found) if given.json else words)


def risks(given: Namespace) -> int:
    found = Register.from_environment().risks.all(**_given(given, FILTERS))
    columns: Any = [
        ("Reference", lambda risk: risk.reference),
        ("Score", lambda risk: f"{risk.score} {risk.band}" if risk.score else "-"),
        ("Status", lambda risk: risk.status),
        ("Organisation", lambda risk: risk.organisation.ods_code),
        ("External", lambda risk: risk.external_reference),
        ("Title", lambda risk: risk.title),
    ]
    return _show(given, list(islice(found, given.limit)), columns)


def risk(given: Namespace) -> int:
    found = Register.from_environment().risks.get(given.reference)
    return _say(as_json(found) if given.json else lines_of(found))


def owed(given: Namespace) -> int:
    asked = _given(given, ("kind",)) | ({"is_overdue": True} if given.overdue else {})
    columns: Any = [
        ("Due", lambda one: one.due_at),
        ("What", lambda one: one.kind),
        ("State", lambda one: one.state),
        ("Risk", lambda one: one.risk_reference),
        ("To", lambda one: one.owed_to.name),
        ("Id", lambda one: one.subject_id),
    ]
    return _show(given, list(Register.from_environment().owed(**asked)), columns)


def escalations(given: Namespace) -> int:
    asked = _given(given, ("side", "risk")) | ({} if given.all else {"is_open": True})
    columns: Any = [
        ("Risk", lambda one: one.risk),
        ("Status", lambda one: one.status),
        ("Urgency", lambda one: one.urgency),
        ("From", lambda one: one.from_organisation.ods_code),
        ("To", lambda one: one.to_organisation.ods_code),
        ("Next due", lambda one: one.next_due_at),
        ("Id", lambda one: one.id),
    ]
    return _show(given, list(Register.from_environment().escalations.all(**asked)), columns)


def feedback(given: Namespace) -> int:
    found = Register.from_environment().feedback(**_given(given, ("risk",)))
    columns: Any = [
        ("Given", lambda one: one.given_at),
        ("Risk", lambda one: one.risk),
        ("By", lambda one: one.organisation.ods_code),
        ("What", lambda one: one.outcome or one.kind),
        ("Text", lambda one: one.text),
    ]
    return _show(given, list(islice(found, given.limit)), columns)


def log(given: Namespace) -> int:
    read: dict[str, Any] = {}
    if given.file:
        read = json.loads(sys.stdin.read() if given.file == "-" else Path(given.file).read_text("utf-8"))
        if not isinstance(read, dict):
            raise ValueError("The file holds no risk: it has to be an object with the fields of one")
        if unknown := sorted(set(read) - set(RISK)):
            raise ValueError(f"The file has what a risk has not: {', '.join(unknown)}")
    sent = read | _given(given, RISK)
    made = Register.from_environment().risks.log(idempotency_key=given.key, **sent)
    return _made(given, made, f"Logged {made.reference}")


def score(given: Namespace) -> int:
    sent = _given(given, ("kind", "likelihood", "consequence", "rationale", "personal_data_checked"))
    made = Register.from_environment().risks.score(given.reference, idempotency_key=given.key, **sent)
    return _made(given, made, f"{given.reference} is scored {made.score}, {made.band}")


def comment(given: Namespace) -> int:
    sent = _given(given, ("text", "personal_data_checked"))
    made = Register.from_environment().risks.comment(given.reference, idempotency_key=given.key, **sent)
    return _made(given, made, f"Commented on {given.reference}")


def escalate(given: Namespace) -> int:
    sent = _given(given, ("reason", "ask", "immediate", "to", "why_this_body", "personal_data_checked"))
    made = Register.from_environment().risks.escalate(given.reference, idempotency_key=given.key, **sent)
    return _made(given, made, f"Escalated {made.risk} to {made.to_organisation.name}: {made.id}")


def verb(given: Namespace) -> int:
    names, side = SENT[given.verb]
    register = Register.from_environment()
    id = _which(register, given.id, side)
    does = getattr(register.escalations, given.verb)
    made = does(id, idempotency_key=given.key, **_given(given, (*names, "personal_data_checked")))
    done = made.outcome or made.kind if hasattr(made, "outcome") else made.status
    return _made(given, made, f"{made.risk}: {done}")


def import_file(given: Namespace) -> int:
    register = Register.from_environment()
    how = {"keep_drafts": given.keep_drafts, "personal_data_checked": given.personal_data_checked}
    how["all_or_nothing"] = not given.leave_out_refused
    asked = how | _given(given, ("source", "owner"))
    batch = register.imports.wait(register.imports.send(given.file, **asked))
    refused = list(register.imports.rows(batch.id, outcome=["REFUSED"])) if batch.counts.get("REFUSED") else []
    if given.confirm and batch.status == "CHECKED" and (given.leave_out_refused or not refused):
        batch = register.imports.wait(register.imports.confirm(batch.id, **how))
    if given.json:
        _say(as_json({"batch": batch, "refused": refused}))
    else:
        _say(f"{batch.file_name}: {batch.status}")
        _say("\n".join(f"  {outcome}: {number}" for outcome, number in batch.counts.items() if number))
        for row in refused:
            remarks = ("; ".join(filter(None, (one.column, one.words))) for one in row.remarks)
            _say(f"Row {row.number} is refused. {' '.join(remarks)}")
        _say(batch.words)
    return ROWS_REFUSED if refused or batch.status in ("REFUSED", "FAILED") else DONE


def export(given: Namespace) -> int:
    kind = Path(given.to).suffix.removeprefix(".").lower()
    if kind not in ("csv", "xlsx"):
        raise ValueError("The name of the file has to end in .csv or .xlsx")
    asked = _given(given, FILTERS)
    if given.list != "risks" and asked:
        raise ValueError("Filters are for the list of risks")
    to = getattr(Register.from_environment(), EXPORTS[given.list])(given.to, format=kind, **asked)
    return _say(as_json({"file": str(to)}) if given.json else f"Saved {to}")


def follow(given: Namespace) -> int:
    following = Register.from_environment().follow()
    since = given.since or datetime.now(UTC)
    changes = following.changes(since) if given.once else following.forever(since, every=given.every)
    for change in changes:
        _say(as_json(change))
    return DONE


def listen(given: Namespace) -> int:
    secrets = os.environ.get(WEBHOOK_SECRET, "").split()
    if not secrets:
        raise SettingsMissing(f"Set {WEBHOOK_SECRET} in the environment")

    def take(event: Event) -> None:
        _say(as_json(event))

    with Receiver(Verifier(*secrets), take, port=given.port) as receiver:
        sys.stderr.write(f"Listening at http://127.0.0.1:{receiver.server_port}/\n")
        sys.stderr.flush()
        receiver.serve_forever()
    return DONE


def _given(given: Namespace, names: Iterable[str]) -> dict[str, Any]:
    """What was said on the command line; a text that is - is read from standard input."""
    said = {name: getattr(given, name, None) for name in names}
    found = {name: value for name, value in said.items() if value is not None}
    return {name: sys.stdin.read() if name == "text" and value == "-" else value for name, value in found.items()}


def _which(register: Register, given: str, side: Any) -> str:
    """The id of an escalation, also where only its risk is named."""
    if not given.upper().startswith("PSR-"):
        return given
    found = list(register.escalations.all(risk=given.upper(), side=side, is_open=True))
    if len(found) != 1:
        raise ValueError(f"{len(found)} open escalations of {given.upper()} are {side}: name the id of one")
    return found[0].id


def _show(given: Namespace, rows: Sequence[Any], columns: Sequence[tuple[str, Callable[[Any], Any]]]) -> int:
    if given.json:
        return _say(as_json(rows))
    return _say(table(rows, columns) if rows else "Nothing.")


def _made(given: Namespace, made: Any, words: str) -> int:
    return _say(as_json(made) if given.json else words)


def _say(text: str) -> int:
    if text:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    return DONE
