"""What the command line takes."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from safetyreg_client import asking
from safetyreg_client.commands import doing

if TYPE_CHECKING:
    from collections.abc import Callable

ABOUT = "Log risks, see what is owed and answer escalations in a safetyreg register."
MORE = """\
Settings, from the environment:
  SAFETYREG_URL              where the register is, such as https://register.example.nhs.uk
  SAFETYREG_CLIENT_ID        of the API client that an administrator added for you
  SAFETYREG_CLIENT_SECRET    its secret
  SAFETYREG_WEBHOOK_SECRET   for webhooks listen: the secret, or two with a space between while it is changed

It ends with:
  0  done
  1  the register refused it: put right what is said, and do it again
  2  the command line, a file or the settings are wrong; nothing was sent
  3  the id and secret are not accepted, or the client may not do this
  4  no answer, a failure, or too many requests: do it again later, with the --key that is named
  5  a file was checked, and rows of it are refused
"""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="safetyreg", description=ABOUT, epilog=MORE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, does: Callable[[Any], int], help: str, *, to: Any = commands) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = to.add_parser(name, help=help, description=help, allow_abbrev=False)
        made.set_defaults(does=does)
        made.add_argument("--json", action="store_true", help="as JSON, for programs")
        return made

    _reading(command)
    _writing(command)
    _escalating(command)
    _in_bulk(command)
    webhooks = commands.add_parser("webhooks", help="be told what happens").add_subparsers(required=True)
    listen = command("listen", doing.listen, "Take messages of webhooks and print each as a line of JSON", to=webhooks)
    listen.add_argument("--port", type=int, default=8080, help="on this machine alone, behind what ends HTTPS for you")
    return top


def _reading(command: Callable[..., argparse.ArgumentParser]) -> None:
    command("me", doing.me, "Who is calling, for which organisation, with which scopes")
    _risk_filters(command("risks", doing.risks, "List risks"))
    one = command("risk", doing.risk, "Show one risk")
    one.add_argument("reference")
    owed = command("owed", doing.owed, "List what your organisation owes, the first due first")
    owed.add_argument("--overdue", action="store_true", help="only what is late")
    owed.add_argument("--kind", action="append", choices=get_args(asking.DeadlineKind))
    escalations = command("escalations", doing.escalations, "List escalations")
    escalations.add_argument("--side", choices=("received", "sent"))
    escalations.add_argument("--risk", metavar="REFERENCE")
    escalations.add_argument("--all", action="store_true", help="also what is over")
    feedback = command("feedback", doing.feedback, "List updates and answers, the newest first")
    feedback.add_argument("--risk", metavar="REFERENCE")
    feedback.add_argument("--limit", type=int, default=50)
    follow = command("follow", doing.follow, "Print each change as a line of JSON, by asking now and then")
    follow.add_argument("--since", type=moment, help="a date and time, such as 2026-11-03T09:30Z; now, unless given")
    follow.add_argument("--every", type=float, default=60.0, metavar="SECONDS")
    follow.add_argument("--once", action="store_true", help="print what there is and end")


def _writing(command: Callable[..., argparse.ArgumentParser]) -> None:
    log = _changes(command("log", doing.log, "Log a risk, by options, a file or both"))
    log.add_argument("--file", metavar="FILE", help="JSON with the fields of a risk; - reads standard input")
    for name in ("title", "cause", "event", "effect", "other-bodies", "population", "external-reference", "owner"):
        log.add_argument(f"--{name}")
    for name, of in (("theme", asking.Theme), ("process", asking.Process), ("reach", asking.Reach)):
        log.add_argument(f"--{name}", choices=get_args(of))
    log.add_argument("--treatment", choices=get_args(asking.Treatment))
    for name in ("likelihood", "consequence"):
        log.add_argument(f"--{name}", type=int)
    log.add_argument("--service", action="append", dest="services", choices=get_args(asking.Service))
    log.add_argument("--involved", action="append", metavar="ODS_CODE")
    log.add_argument("--control", action="append", dest="controls")
    score = _changes(command("score", doing.score, "Score a risk"))
    score.add_argument("reference")
    score.add_argument("--kind", choices=get_args(asking.ScoreKind), default="CURRENT")
    score.add_argument("--likelihood", type=int, required=True)
    score.add_argument("--consequence", type=int, required=True)
    score.add_argument("--rationale")
    comment = _changes(command("comment", doing.comment, "Say something about a risk"))
    comment.add_argument("reference")
    comment.add_argument("text", help="- reads standard input")
    escalate = _changes(command("escalate", doing.escalate, "Ask the organisation above yours to act on a risk"))
    escalate.add_argument("reference")
    escalate.add_argument("--reason", required=True)
    escalate.add_argument("--ask", required=True, help="what is asked for")
    escalate.add_argument("--immediate", action="store_true", default=None, help="harm is imminent")
    escalate.add_argument("--to", metavar="ODS_CODE")
    escalate.add_argument("--why-this-body")


def _escalating(command: Callable[..., argparse.ArgumentParser]) -> None:
    def verb(name: str, help: str) -> argparse.ArgumentParser:
        made = _changes(command(name, doing.verb, help))
        made.add_argument("id", help="of the escalation; or the reference of a risk with only one that is meant")
        made.set_defaults(verb=name)
        return made

    verb("acknowledge", "Take an escalation on").add_argument("--handler", metavar="MEMBER_ID")
    verb("accept", "Accept an escalation").add_argument("--plan", required=True, help="what you will do")
    verb("update", "Say how it is going").add_argument("--text", required=True)
    answer = verb("answer", "Answer an escalation")
    answer.add_argument("--outcome", required=True, choices=get_args(asking.Outcome))
    answer.add_argument("--text", required=True, help="- reads standard input")
    answer.add_argument("--passed-on-from", metavar="FEEDBACK_ID", help="an answer from above")
    verb("confirm", "Say that an answer helps").add_argument("--text")
    verb("dispute", "Say that an answer does not help").add_argument("--why", required=True)


def _in_bulk(command: Callable[..., argparse.ArgumentParser]) -> None:
    imported = command("import", doing.import_file, "Check a file of risks; with --confirm, import it")
    imported.add_argument("file")
    imported.add_argument("--source", required=True, help="the system that it is from, such as Datix")
    imported.add_argument("--owner", metavar="MEMBER_ID", help="of risks for which the file names nobody")
    imported.add_argument("--confirm", action="store_true", help="import it, unless rows are refused")
    imported.add_argument("--leave-out-refused", action="store_true", help="import the others")
    imported.add_argument("--keep-drafts", action="store_true", help="keep as drafts the rows that lack something")
    imported.add_argument("--personal-data-checked", action="store_true", help="nothing in it identifies a patient")
    export = command("export", doing.export, "Save a list as a file")
    export.add_argument("to", metavar="FILE", help="its name ends in .csv or .xlsx")
    export.add_argument("--list", choices=tuple(doing.EXPORTS), default="risks")
    _risk_filters(export, limit=False)


def _changes(made: argparse.ArgumentParser) -> argparse.ArgumentParser:
    made.add_argument("--key", metavar="KEY", help="the Idempotency-Key of a request that was not answered")
    if made.prog.split()[-1] != "acknowledge":
        made.add_argument("--personal-data-checked", action="store_true", default=None)
    return made


def _risk_filters(made: argparse.ArgumentParser, *, limit: bool = True) -> None:
    made.add_argument("--search")
    made.add_argument("--status", action="append", choices=get_args(asking.RiskStatus))
    made.add_argument("--band", action="append", choices=get_args(asking.Band))
    made.add_argument("--theme", choices=get_args(asking.Theme))
    made.add_argument("--organisation", metavar="ODS_CODE")
    made.add_argument("--external-reference", help="the number that your own system has for it")
    made.add_argument("--updated-since", type=moment)
    made.add_argument("--sort", help="such as -score or newest")
    for name in ("ours", "escalated", "review-overdue"):
        made.add_argument(f"--{name}", action=argparse.BooleanOptionalAction)
    if limit:
        made.add_argument("--limit", type=int, default=50, help="how many are shown (50)")


def moment(text: str) -> datetime:
    """A date and time; of this machine's own zone where it names none."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.astimezone()).astimezone(UTC)
