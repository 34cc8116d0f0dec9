"""The client against a register that is served: what it does, what it is refused, and what it does again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from oauth2_provider.models import get_access_token_model

from deadlines.sweeping import sweep
from escalations.services import escalate_risk
from risks.models import ImportBatch, Risk
from safetyreg_client import (
    BadInput,
    Changed,
    KeyUsedOtherwise,
    NotFound,
    NotNow,
    NotPermitted,
    NotSignedIn,
    Register,
    TooMany,
    Unanswered,
)
from tests import clients
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.clients import System
    from tests.ladder import Ladder
    from tests.python_client.between import Between
    from tests.python_client.conftest import Clock

HEADINGS = "ID,Title,Cause,Event,Effect,Theme,Process,Reach,Likelihood,Consequence\n"
ROW = "{},Doses are changed,Nobody tells,A practice prescribes as before,Harm,6,9,2,{},4\n"

ASK = {"reason": "It needs the ICB", "ask": "Agree one way of telling"}


def test_a_risk_goes_from_its_provider_to_the_icb_and_the_answer_comes_back(
    register_of: Callable[..., Register], trust: System, icb: System, ladder: Ladder
) -> None:
    provider, above = register_of(trust), register_of(icb)
    risk = provider.risks.log(**FIELDS, external_reference="DX-7", involved=[ladder.neighbour.ods_code])
    found = provider.risks.find("DX-7")
    assert found == risk
    assert provider.risks.find("DX-8") is None
    assert risk.involved
    assert [body.ods_code for body in risk.involved] == [ladder.neighbour.ods_code]
    scored = provider.risks.score(risk.reference, kind="CURRENT", likelihood=2, consequence=3)
    assert (scored.score, scored.band) == (6, "MODERATE")
    provider.risks.comment(risk.reference, text="The pharmacy is told on Mondays")
    assert [one.text for one in provider.risks.comments(risk.reference)] == ["The pharmacy is told on Mondays"]
    hop = provider.risks.escalate(risk.reference, **ASK)
    (owed,) = [one for one in above.owed() if one.kind == "ACKNOWLEDGE"]
    assert (owed.subject_id, owed.risk_reference) == (hop.id, risk.reference)
    assert above.escalations.acknowledge(hop.id).status == "ACKNOWLEDGED"
    assert above.escalations.accept(hop.id, plan="We will ask both").plan == "We will ask both"
    answer = above.escalations.answer(hop.id, outcome="ADVICE", text="Tell them by the shared record")
    (read,) = provider.feedback(risk=risk.reference)
    assert (read.id, read.text, read.is_read) == (answer.id, "Tell them by the shared record", False)
    provider.risks.read_feedback(risk.reference)
    assert next(provider.feedback(risk=risk.reference)).is_read
    assert provider.escalations.confirm(hop.id).status == "CLOSED"
    assert provider.escalations.get(hop.id).verdict == "HELPS"


def test_a_list_is_fetched_page_by_page_while_it_is_gone_through(
    register: Register, ladder: Ladder, between: Between
) -> None:
    made = [ladder.risk(title=f"Risk {number}") for number in range(5)]
    rows = register.risks.all(page_size=2, status=["OPEN", "CLOSED"], sort="newest", ours=True)
    assert next(rows).title.startswith("Risk")
    assert len(_asked(between, "GET /api/v1/risks/")) == 1
    assert len({risk.reference for risk in rows}) == len(made) - 1
    assert len(_asked(between, "GET /api/v1/risks/")) == 3
    assert list(register.risks.all(band=["LOW"])) == []


def test_what_is_refused_is_raised_with_what_to_put_right(register: Register, ladder: Ladder) -> None:
    with pytest.raises(BadInput) as bad:
        register.risks.log(**{**FIELDS, "likelihood": 9, "involved": ["XXX"]})
    assert {wrong.pointer for wrong in bad.value.errors} == {"#/likelihood", "#/involved/0"}
    assert (bad.value.status, len(bad.value.reference)) == (400, 9)
    with pytest.raises(NotFound):
        register.risks.get("PSR-999999")
    with pytest.raises(NotNow) as checking:
        register.risks.log(**{**FIELDS, "cause": "Mrs Ada Example, born 3 May 1941, was not told"})
    assert "cause" in checking.value.confirmation_needed
    risk = register.risks.log(**FIELDS)
    read = register.risks.get(risk.reference)
    assert read.version is not None
    edited = register.risks.edit(risk.reference, version=read.version, if_match=read.etag, title="Another title")
    with pytest.raises(Changed) as changed:
        register.risks.score(risk.reference, kind="CURRENT", likelihood=1, consequence=1, if_match=read.etag)
    assert changed.value.current["title"] == "Another title"
    assert changed.value.etag
    with pytest.raises(NotNow) as stale:
        register.risks.edit(risk.reference, version=read.version, title="A third title")
    assert stale.value.current_version == edited.version
    register.risks.log(**FIELDS, idempotency_key="the-same")
    with pytest.raises(KeyUsedOtherwise):
        register.risks.log(**{**FIELDS, "title": "Another"}, idempotency_key="the-same")


def test_who_may_not_is_told_so(between: Between, trust: System, ladder: Ladder) -> None:
    with pytest.raises(NotSignedIn, match="no client with this id and secret"):
        Register(between.url, trust.client.client_id, "wrong").me()
    reader = Register(between.url, trust.client.client_id, trust.secret, scopes=["read"])
    assert reader.me().scopes == ("read",)
    with pytest.raises(NotPermitted):
        reader.risks.log(**FIELDS)
    assert trust.secret not in repr(vars(reader)) + repr(reader)


def test_an_answer_that_is_lost_is_asked_for_again_and_the_thing_is_done_once(
    register: Register, between: Between, tmp_path: Path
) -> None:
    between.lose = ["POST /api/oauth/token/", "POST /api/v1/risks/", "POST /api/v1/risks/"]
    risk = register.risks.log(**FIELDS)
    assert [found.reference for found in Risk.objects.all()] == [risk.reference]
    assert len(_asked(between, "POST /api/v1/risks/ 201")) == 3
    file = tmp_path / "risks.csv"
    file.write_text(HEADINGS + ROW.format("A-1", 3))
    between.lose = ["POST /api/v1/risks/import/"]
    assert register.imports.send(file, source="Datix").counts["ADD"] == 1
    assert ImportBatch.objects.count() == 1
    assert between.lose == []


def test_an_edit_whose_answer_is_lost_is_not_sent_again(register: Register, between: Between) -> None:
    """By itself: it has its version, by which whoever sends it again learns that it was done."""
    risk = register.risks.log(**FIELDS)
    assert risk.version is not None
    between.lose = ["PATCH"]
    with pytest.raises(Unanswered) as lost:
        register.risks.edit(risk.reference, version=risk.version, title="Another title")
    assert lost.value.key is None
    assert register.risks.get(risk.reference).title == "Another title"


def test_what_never_is_answered_can_be_sent_again_later_with_its_key(register: Register, between: Between) -> None:
    between.lose = ["POST /api/v1/risks/"] * 5
    with pytest.raises(Unanswered) as lost:
        register.risks.log(**FIELDS)
    assert lost.value.key
    register.risks.log(**FIELDS, idempotency_key=lost.value.key)
    assert Risk.objects.count() == 1


def test_a_token_is_used_until_it_ends_and_another_is_had_before(
    between: Between, trust: System, ladder: Ladder, clock: Clock
) -> None:
    here = 1000.0
    register = Register(between.url, trust.client.client_id, trust.secret, clock=lambda: here)
    for _ in range(3):
        register.me()
    assert len(_asked(between, "POST /api/oauth/token/")) == 1
    here, clock.now = here + 880, clock.now + timedelta(seconds=880)
    register.me()
    assert len(_asked(between, "POST /api/oauth/token/")) == 2
    assert not [line for line in between.asked if line.endswith("401")]


def test_a_token_that_is_refused_is_replaced_once(register: Register, between: Between, trust: System) -> None:
    register.me()
    get_access_token_model().objects.all().delete()
    register.risks.log(**FIELDS)
    assert _asked(between, "POST /api/v1/risks/") == ["POST /api/v1/risks/ 401", "POST /api/v1/risks/ 201"]
    trust.client.membership.ended_at = trust.client.membership.started_at
    trust.client.membership.save()
    with pytest.raises(NotSignedIn):
        register.me()


def test_who_asks_too_often_waits_for_as_long_as_the_register_says(
    between: Between, ladder: Ladder, clock: Clock
) -> None:
    slow = clients.of(ladder.provider, rate_limit=3)

    def wait(seconds: float) -> None:
        clock.waited.append(seconds)
        clock.now += timedelta(seconds=seconds)

    register = Register(between.url, slow.client.client_id, slow.secret, sleep=wait)
    clock.now += timedelta(seconds=15)
    for _ in range(3):
        register.me()
    assert clock.waited == [45]
    impatient = Register(between.url, slow.client.client_id, slow.secret, sleep=clock.waited.append)
    with pytest.raises(TooMany) as often:
        [impatient.me() for _ in range(5)]
    assert often.value.retry_after == 60
    assert clock.waited == [45, 60, 60, 60, 60]


def test_a_file_is_checked_then_imported_and_the_list_is_saved(
    register: Register, between: Between, tmp_path: Path
) -> None:
    file = tmp_path / 'our "risks".csv'
    file.write_text(HEADINGS + ROW.format("A-1", 3) + ROW.format("A-2", 9))
    batch = register.imports.wait(register.imports.send(file, source="Datix"))
    assert (batch.status, batch.counts["ADD"], batch.counts["REFUSED"]) == ("CHECKED", 1, 1)
    (row,) = register.imports.rows(batch.id, outcome=["REFUSED"])
    assert (row.number, row.external_reference) == (3, "A-2")
    assert row.remarks
    assert not Risk.objects.exists()
    done = register.imports.wait(register.imports.confirm(batch.id, all_or_nothing=False))
    assert done.status == "DONE"
    assert register.risks.find("A-1")
    saved = register.export_risks(tmp_path / "saved.csv", status=["OPEN"], sort="newest")
    assert "A-1" in saved.read_text("utf-8-sig")
    with pytest.raises(BadInput):
        register.export_risks(saved, sort="nonsense")
    assert sorted(path.name for path in tmp_path.iterdir()) == ['our "risks".csv', "saved.csv"]
    assert register.export_feedback(tmp_path / "feedback.xlsx", format="xlsx").read_bytes().startswith(b"PK")


def test_a_region_reads_and_saves_what_its_icbs_are_late_with(
    register_of: Callable[..., Register], ladder: Ladder, clock: Clock, tmp_path: Path
) -> None:
    lead = ladder.actor(ladder.provider)
    hop = escalate_risk(risk=ladder.risk(lead), **ASK, by=lead, now=clock.now)
    clock.now += timedelta(days=40)
    sweep(now=clock.now)
    system = clients.of(ladder.region, name="Region feed", responsible=ladder.actor(ladder.region).user)
    region = register_of(system)
    (late,) = region.breached_below(owed_by=ladder.icb.ods_code, late_for="QUARTER")
    assert (late.kind, late.owed_to.name, late.reference, late.title) == ("ACKNOWLEDGE", "Test Royal Hospital", "", "")
    assert list(region.breached_below(kind=["ANSWER"])) == []
    assert list(region.breached_below(theme="6", band=["EXTREME"])) == []
    saved = region.export_breached_below(tmp_path / "late.csv", kind=["ACKNOWLEDGE"]).read_text("utf-8-sig")
    assert "Test Own ICB" in saved
    assert hop.risk.reference not in saved
    with pytest.raises(BadInput):
        list(region.breached_below(owed_by=ladder.other_icb.ods_code))


def test_a_file_larger_than_any_other_request_may_be_is_sent(register: Register, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_text(HEADINGS + "".join(ROW.format(f"A-{number}", 3) for number in range(300)) + "," * 3_000_000)
    assert register.imports.send(file, source="Datix").size == file.stat().st_size


def test_what_changes_is_told_once(register: Register, clock: Clock, ladder: Ladder) -> None:
    since, following = clock.now, register.follow()
    risk = register.risks.log(**FIELDS)
    assert [change.kind for change in following.changes(since)] == ["risk", "deadline"]
    assert list(following.changes(since)) == []
    clock.now += timedelta(hours=1)
    assert list(following.changes(since)) == []
    register.risks.escalate(risk.reference, **ASK)
    told = list(following.changes(since))
    assert [change.kind for change in told] == ["risk", "escalation", "deadline"]


def _asked(between: Between, line: str) -> list[str]:
    return [one for one in between.asked if one.startswith(line)]
