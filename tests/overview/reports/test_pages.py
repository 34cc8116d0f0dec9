"""The pages of reports, and the same over the API."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from accounts.models import Role
from overview.models import Report
from overview.reports import services
from risks.models import RiskShare
from tests.factories import NOW, PASSWORD
from tests.overview.reports.reading import made

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


def visitor(actor: Actor) -> Client:
    client = Client()
    assert client.login(username=actor.user.email, password=PASSWORD)
    return client


def page(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_a_report_is_asked_for_watched_and_downloaded(icb: Actor) -> None:
    client = visitor(icb)
    assert "No report of Test Own ICB is kept" in page(client, "/reports/")
    response = client.post("/reports/ask/")
    assert response.status_code == 303
    path = response["Location"]
    assert "<strong>0</strong> of 4 steps are done. Now: counting the figures." in page(client, path)
    assert client.get(f"{path}pdf/").status_code == 409
    services.work(now=NOW)
    assert "Download the report" in page(client, path)
    file = client.get(f"{path}pdf/")
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert f"report-{icb.organisation.ods_code.lower()}-2026-11-03-1000.pdf" in file["Content-Disposition"]
    assert client.get(f"{path}doc/").status_code == 404
    assert "As of Tuesday 3 November 2026, 10am" in page(client, "/reports/")


def test_one_that_failed_says_its_reference_and_can_be_asked_for_again(icb: Actor) -> None:
    report = services.ask_report(by=icb, now=NOW)
    Report.objects.update(status="FAILED")
    found = page(visitor(icb), report.path)
    assert str(report.pk) in found
    assert "Ask for another" in found


def test_the_page_of_one_that_names_what_is_no_longer_shared_says_that_it_is_drawn_again(
    ladder: Ladder, icb: Actor
) -> None:
    risk = ladder.risk(ladder.actor(ladder.provider), involved=[ladder.neighbour])
    report = made(icb)
    RiskShare.objects.filter(risk=risk, organisation=ladder.icb).update(revoked_at=NOW)
    client = visitor(icb)
    assert "It is being drawn again without it" in page(client, report.path)
    assert client.get(f"{report.path}xlsx/").status_code == 409


def test_the_monthly_report_is_set_and_the_link_chosen(ladder: Ladder, icb: Actor) -> None:
    client = visitor(icb)
    assert client.post("/reports/monthly/", {"is_on": "yes", "day": "31"}).status_code == 303
    assert client.post("/reports/monthly/link/", {"wanted": "yes"}).status_code == 303
    found = page(client, "/reports/")
    assert "on day 31 of each month, next on Monday 30 November 2026, 5am" in found
    assert f"e-mailed to {icb.user.name}" in found
    refused = client.post("/reports/monthly/", {"is_on": "yes", "day": "40"})
    assert refused.status_code == 422
    assert "from 1 to 31" in refused.content.decode()
    assert 'value="40"' in refused.content.decode()
    assert "Change it" not in page(visitor(ladder.actor(ladder.icb, Role.VIEWER)), "/reports/")


def test_the_list_asks_as_much_of_many_as_of_one(icb: Actor) -> None:
    client = visitor(icb)
    made(icb)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/reports/")
            assert client.get("/api/v1/reports/").status_code == 200
        return len(queries)

    asked()
    one = asked()
    for _ in range(20):
        Report.objects.create(
            organisation=icb.organisation, asked_by=icb.user, asked_at=NOW, expires_at=NOW, status="EXPIRED"
        )
    assert asked() == one


def test_the_same_over_the_api(ladder: Ladder, icb: Actor) -> None:
    client = visitor(icb)
    asked = client.post("/api/v1/reports/", {}, content_type="application/json", headers={"Idempotency-Key": "once"})
    assert (asked.status_code, asked.json()["status"], asked.json()["steps"]) == (201, "WAITING", 4)
    again = client.post("/api/v1/reports/", {}, content_type="application/json", headers={"Idempotency-Key": "once"})
    assert again.json() == asked.json()
    path = f"/api/v1/reports/{asked.json()['id']}/"
    assert client.get(f"{path}file/").status_code == 409
    services.work(now=NOW)
    assert client.get(path).json()["steps_done"] == 4
    file = b"".join(client.get(f"{path}file/").streaming_content)  # type: ignore[attr-defined]
    assert PdfReader(io.BytesIO(file)).pages
    assert client.get(f"{path}file/?format=xlsx").status_code == 200
    assert client.get(f"{path}file/?format=doc").status_code == 400
    assert [one["id"] for one in client.get("/api/v1/reports/").json()["results"]] == [asked.json()["id"]]
    assert visitor(ladder.actor(ladder.region)).get(path).status_code == 404


def test_the_monthly_report_over_the_api(ladder: Ladder, icb: Actor) -> None:
    client = visitor(icb)
    unset = client.get("/api/v1/reports/monthly/").json()
    assert unset == {"is_on": False, "day": 1, "next_at": None, "set_by": None, "set_at": None}
    given = {"is_on": True, "day": 15}
    changed = client.patch("/api/v1/reports/monthly/", given, content_type="application/json")
    assert (changed.status_code, changed.json()["next_at"]) == (200, "2026-11-15T05:00:00Z")
    refused = client.patch("/api/v1/reports/monthly/", given | {"day": 32}, content_type="application/json")
    assert refused.status_code == 400
    link = client.post("/api/v1/reports/monthly/link/", {"wanted": True}, content_type="application/json")
    assert link.status_code == 204
