"""What the bodies below let run out: narrowed down, as a file and over the API, and never more than may be told."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from deadlines.models import Deadline, Kind
from tests.api.conftest import Caller, answered
from tests.factories import NOW
from tests.ladder import Ladder
from tests.overview.triage.waiting import Waiting, another, breach, everything
from tests.risks.belonging import involve, propose
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor


@pytest.fixture
def waiting(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """The ICB and the providers are late with everything; one provider with a position and a link."""
    waiting = everything(ladder)
    neighbour = waiting.stage.lead(ladder.neighbour)
    asking = ladder.risk(waiting.provider, title="Asks the neighbour", likelihood=2, consequence=2, theme="1")
    involve(asking, waiting.provider, ladder.neighbour)
    other = ladder.risk(neighbour, title="Asks the provider", involved=[ladder.provider])
    propose(ladder.risk(waiting.provider, title="Waits for a link"), other, waiting.provider)
    late = breach(waiting.now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    return waiting


def kinds(actor: Actor, **asked: Any) -> list[str]:
    return sorted(row["kind"] for row in answered(Caller(actor).get("triage/breached/", **asked), 200)["results"])


def test_it_is_narrowed_down_by_body_and_by_what_is_owed(waiting: Waiting, ladder: Ladder) -> None:
    icb, region = waiting.icb, ladder.actor(ladder.region)
    assert kinds(icb) == ["LINK", "POSITION", "POSITION"]
    assert kinds(icb, owed_by=ladder.neighbour.ods_code) == ["LINK", "POSITION"]
    assert kinds(icb, owed_by=ladder.neighbour.ods_code, kind="LINK") == ["LINK"]
    assert kinds(icb, kind=["LINK", "POSITION"]) == ["LINK", "POSITION", "POSITION"]
    assert set(kinds(region, owed_by=ladder.icb.ods_code)) == {"ACKNOWLEDGE", "LINK", "POSITION"}
    said = words(visitor(icb).get("/triage/breached/?kind=LINK"))
    assert "1 late clock" in said
    assert "Test Neighbour Hospital" in said


def test_only_bodies_below_that_are_late_are_an_answer(waiting: Waiting, ladder: Ladder) -> None:
    for code in (ladder.icb.ods_code, ladder.other_icb.ods_code, "NONE"):
        assert Caller(waiting.icb).get("triage/breached/", owed_by=code).status_code == 400
    page = visitor(waiting.icb).get(f"/triage/breached/?owed_by={ladder.other_icb.ods_code}")
    assert page.status_code == 422
    assert "Choose an organisation below yours that is late" in words(page)


def test_theme_and_score_find_what_the_reader_is_told_alone(waiting: Waiting, ladder: Ladder) -> None:
    """The ICB oversees both risks; but the clock of a link is for the two between whom it runs."""
    icb, region = waiting.icb, ladder.actor(ladder.region)
    assert kinds(icb, theme="1") == ["POSITION"]
    assert kinds(icb, band="MODERATE") == ["POSITION"]
    assert kinds(icb, theme="6") == ["POSITION"]
    assert kinds(icb, band="EXTREME") == ["POSITION"]
    assert kinds(icb, band=["MODERATE", "EXTREME"], theme="1") == ["POSITION"]
    assert kinds(region, theme="6") == kinds(region, band="EXTREME") == []
    rows = answered(Caller(icb).get("triage/breached/"), 200)["results"]
    assert {(row["kind"], row["title"], bool(row["reference"]), bool(row["path"])) for row in rows} == {
        ("POSITION", "Asks the neighbour", True, True),
        ("POSITION", "Asks the provider", True, True),
        ("LINK", "", False, False),
    }
    said = words(visitor(icb).get("/triage/breached/"))
    assert said.count("Asks the neighbour") == said.count("Asks the provider") == 1
    assert "Waits for a link" not in said
    below = words(visitor(icb).get("/")).partition("Late below")[2]
    assert below.count("Asks the provider") == 1


def test_it_is_narrowed_down_by_how_late_it_is(
    waiting: Waiting, ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    icb = waiting.icb
    assert kinds(icb, late_for="LONGER") == ["LINK", "POSITION", "POSITION"]
    due = Deadline.objects.get(kind=Kind.LINK, owed_by=ladder.neighbour).due_at

    def at(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    for days, age in ((6, "WEEK"), (7, "MONTH"), (28, "QUARTER"), (91, "LONGER")):
        at(due + timedelta(days=days, hours=1))
        assert [kinds(icb, kind="LINK", late_for=one) for one in ("WEEK", "MONTH", "QUARTER", "LONGER")] == [
            ["LINK"] if one == age else [] for one in ("WEEK", "MONTH", "QUARTER", "LONGER")
        ]


def test_unknown_filters_are_refused_and_an_empty_answer_says_how_to_go_on(waiting: Waiting) -> None:
    assert Caller(waiting.icb).get("triage/breached/", late_for="AGES").status_code == 400
    assert Caller(waiting.icb).get("triage/breached/", colour="red").status_code == 400
    said = words(visitor(waiting.icb).get("/triage/breached/?band=LOW"))
    assert "No late clocks match" in said


def read(response: HttpResponse) -> list[dict[str, str]]:
    sent = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(sent, newline="")))


@pytest.mark.parametrize("address", ["/triage/breached/?download=csv&", "/api/v1/triage/breached/export/?"])
def test_the_file_has_the_rows_of_the_list_and_names_a_risk_where_it_may(waiting: Waiting, address: str) -> None:
    icb = visitor(waiting.icb)
    rows = read(icb.get(address))
    assert {row["What"]: bool(row["Risk"]) for row in rows} == {
        Kind.POSITION.label: True,
        Kind.LINK.label: False,
    }
    assert [row["What"] for row in read(icb.get(f"{address}theme=1"))] == [Kind.POSITION.label]


def test_the_region_gets_a_file_without_a_reference(waiting: Waiting, ladder: Ladder) -> None:
    rows = read(visitor(ladder.actor(ladder.region)).get("/triage/breached/?download=csv"))
    assert rows
    assert {row["Risk"] for row in rows} == {""}


def test_who_has_no_triage_has_neither_list_nor_file(waiting: Waiting, ladder: Ladder) -> None:
    for actor in (waiting.provider, ladder.actor(ladder.icb, Role.ADMINISTRATOR)):
        assert Caller(actor).get("triage/breached/").status_code == 403
        assert visitor(actor).get("/api/v1/triage/breached/export/").status_code == 403


def test_what_was_breached_since_is_found(waiting: Waiting) -> None:
    assert kinds(waiting.icb, updated_since=NOW.isoformat()) == ["LINK", "POSITION", "POSITION"]
    late = Deadline.objects.filter(breached_at__isnull=False).latest("breached_at").breached_at
    assert late
    assert kinds(waiting.icb, updated_since=(late + timedelta(days=1)).isoformat()) == []


def test_the_page_costs_as_much_with_many_as_with_few(waiting: Waiting, ladder: Ladder) -> None:
    region = visitor(ladder.actor(ladder.region))

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            region.get("/triage/breached/")
        return len(asked)

    cost()  # asks once for what is kept from then on
    few = cost()
    for _ in range(8):
        another(waiting)
    breach(waiting.now)
    assert cost() == few
