"""The whole API asked by its own description: what fits it, and what does not, as several kinds of caller.

Whatever is sent, nothing fails (5xx), and each answer is one that the description allows: its status, its kind of
content, its shape. What does not fit the description is refused. The same things are tried in every run.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, suppress
from copy import deepcopy
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi import checks

from accounts.models import Role
from deadlines.models import ResponseStandard
from escalations import services as escalations
from notifications.models import Notification
from risks import services as risks
from safetyreg.api.docs import description
from tests import clients
from tests.factories import NOW
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemathesis import APIOperation, Case

    from tests.ladder import Ladder

Sent = dict[str, dict[str, str]]
# How many of what fits is tried of each operation, and of what does not: each kind of client asks each operation.
EXAMPLES = {GenerationMode.POSITIVE: 5, GenerationMode.NEGATIVE: 4}
CONFORMS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity"}
HEADERS = PLAIN | {"X-CSRFToken": "c" * 32}


def _session(organisation: str, role: str) -> Callable[[Ladder], Sent]:
    """The headers and cookies of somebody signed in, with the token of their session."""

    def sent(ladder: Ladder) -> Sent:
        client = visitor(ladder.actor(getattr(ladder, organisation), Role(role)))
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        return {"headers": HEADERS, "cookies": cookies | {"csrftoken": HEADERS["X-CSRFToken"]}}

    return sent


def _client(role: str, *scopes: str) -> Callable[[Ladder], Sent]:
    """The headers of a system of the owner, with a token for these scopes, or for every one."""

    def sent(ladder: Ladder) -> Sent:
        given = {"role": role, "scopes": scopes or clients.EVERY_SCOPE, "name": f"{role} {scopes}"}
        system = clients.of(ladder.provider, rate_limit=1_000_000, **given)
        return {"headers": PLAIN | {"Authorization": f"Bearer {system.get_token().token}"}}

    return sent


# By kind of caller, what it sends with everything.
CLIENTS: dict[str, Callable[[Ladder], Sent]] = {
    "a client as viewer": _client(Role.VIEWER),
    "a client as reporter": _client(Role.REPORTER),
    "a client as safety lead, with every scope": _client(Role.SAFETY_LEAD),
    "a client as safety lead, for reading alone": _client(Role.SAFETY_LEAD, "read"),
}
PEOPLE: dict[str, Callable[[Ladder], Sent]] = {
    "a safety lead of the owner": _session("provider", Role.SAFETY_LEAD),
    "a safety lead of the ICB": _session("icb", Role.SAFETY_LEAD),
    "somebody who reads a part": _session("neighbour", Role.SAFETY_LEAD),
    "an administrator": _session("provider", Role.ADMINISTRATOR),
    "nobody signed in": lambda ladder: {"headers": HEADERS},
}


@cache
def operations() -> dict[str, APIOperation]:
    described = deepcopy(description())
    generation = GenerationConfig(allow_x00=True, with_security_parameters=False)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = schemathesis.openapi.from_dict(described, config=config)
    schema.app = get_wsgi_application()
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.label: operation for operation in found}


@contextmanager
def _one_connection() -> Iterator[None]:
    """As in Django's own client, which must not be used within: the connection of the test is not closed meanwhile."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@pytest.fixture
def things(ladder: Ladder) -> dict[str, str]:
    """By the beginning of an address, the id of something there; and the reference of a risk."""
    lead, icb = ladder.actor(ladder.provider), ladder.actor(ladder.icb)
    by = {"by": lead, "now": NOW}
    risk = ladder.risk(lead, involved=[ladder.neighbour])
    other = ladder.risk(ladder.actor(ladder.neighbour), title="Doses are repeated")
    control = risks.add_control(risk=risk, text="A check", **by)
    action = risks.add_action(risk=risk, text="Do it", owner=lead.user, due_on=NOW.date().replace(year=2030), **by)
    hop = escalations.escalate_risk(risk=risk, reason="Why", ask="What", **by)
    escalations.acknowledge(escalation=hop, by=icb, now=NOW)
    link = risks.propose_link(
        risk=other, to=risk.reference, kind="RELATED", reason="Letters", by=ladder.actor(ladder.neighbour), now=NOW
    )
    return {
        "reference": risk.reference,
        "controls": str(control.pk),
        "actions": str(action.pk),
        "escalations": str(hop.pk),
        "involvements": str(risk.involvements.get().pk),
        "links": str(link.pk),
        "organisations": str(ladder.icb.pk),
        "people": str(lead.membership.pk),
        "standards": str(ResponseStandard.objects.earliest("pk").pk),
        "notifications": str(Notification.objects.earliest("created_at").pk),
    }


def _addressed(operation: APIOperation, things: dict[str, str]) -> dict[str, str]:
    """What the address of an operation is filled in with, so that it is mostly about something that is there."""
    given: dict[str, str] = {}
    if "{reference}" in operation.path:
        given["reference"] = things["reference"]
    if "{id}" in operation.path:
        kind = operation.path.partition("/{id}")[0].rpartition("/")[2]
        given["id"] = things.get(kind, "0b7e6f5e-0000-4000-8000-000000000000")
    return given


def _asked(operation: APIOperation, mode: GenerationMode, things: dict[str, str]) -> st.SearchStrategy[Case]:
    given = _addressed(operation, things)
    return operation.as_strategy(mode, **({"path_parameters": given} if given else {}))


def _labels() -> Iterator[str]:
    return iter(sorted(operations()))


@pytest.mark.slow
def test_whatever_is_asked_is_answered_as_described(ladder: Ladder, things: dict[str, str], at_now: None) -> None:
    """The four kinds of client ask each operation, with what fits and with what does not. People take turns."""
    systems, people = ([make(ladder) for make in kinds.values()] for kinds in (CLIENTS, PEOPLE))
    in_turn = cycle(people)
    answers: Counter[int] = Counter()
    wrong: list[str] = []
    for label in _labels():
        for mode in GenerationMode:
            try:
                with suppress(Unsatisfiable), _one_connection():  # or nothing can be sent there that does not fit
                    turns = cycle([*systems, next(in_turn)] if mode == GenerationMode.POSITIVE else systems)
                    _ask(operations()[label], mode, things, turns, answers)
            except BaseExceptionGroup as error:
                wrong += [f"{label} ({mode.value}): {one}" for one in error.exceptions]
    assert not wrong, "\n\n".join(wrong)
    assert answers[200] > len(operations()) / 5, answers
    assert {201, 204, 400, 401, 403, 404, 409} <= answers.keys()


def _ask(
    operation: APIOperation,
    mode: GenerationMode,
    things: dict[str, str],
    turns: Iterator[Sent],
    answers: Counter[int],
) -> None:
    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_asked(operation, mode, things))
    def ask(case: Case) -> None:
        with transaction.atomic():
            response = case.call(**next(turns))
            transaction.set_rollback(True)
        answers[response.status_code] += 1
        refuses = mode == GenerationMode.NEGATIVE and not _is_refused_or_not_asked(case, response.status_code)
        case.validate_response(response, checks=[*CONFORMS, *([checks.negative_data_rejection] if refuses else [])])

    ask()


def _is_refused_or_not_asked(case: Case, status: int) -> bool:
    """A tag that does not match is refused before the body is read; a parameter that is left empty is not asked."""
    return status in (412, 413) or "" in (case.query or {}).values()


def test_each_kind_of_caller_is_somebody_else(ladder: Ladder, at_now: None) -> None:
    kinds = {**CLIENTS, **PEOPLE}
    assert len({str(make(ladder)) for make in kinds.values()}) == len(kinds) == 9
