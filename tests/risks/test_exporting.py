"""Lists as files: what the reader may see, what a spreadsheet cannot run, and what comes back as it was."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import Role
from escalations import services as escalations
from overview import invariants
from risks import services as risks
from risks.models import Risk
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW, PASSWORD
from tests.ladder import FIELDS
from tests.risks.importing.sending import confirm, outcomes, remarks, send

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

HEADING = "Reference in this register"


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def client_of(actor: Actor) -> Client:
    client = Client()
    assert client.login(username=actor.user.email, password=PASSWORD)
    return client


def body(actor: Actor, address: str) -> bytes:
    response = client_of(actor).get(address)
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


PAGE, API = "/risks/?download=csv", "/api/v1/risks/export/?format=csv"


@pytest.mark.parametrize("address", [PAGE, API])
def test_a_list_is_downloaded_as_it_is_filtered_and_sorted(ladder: Ladder, lead: Actor, address: str) -> None:
    for title, likelihood in (("B", 2), ("A", 3), ("C", 4)):
        ladder.risk(lead, title=title, likelihood=likelihood)
    found = rows(body(lead, f"{address}&band=HIGH&sort=-title"))
    assert [row["Title"] for row in found] == ["B", "A"]
    assert found[0]["Likelihood"] == "2 - Unlikely"
    assert found[0]["Theme"] == "6 - Information Technology or transfer of information"


def test_a_reader_in_part_gets_empty_cells_for_what_they_do_not_read(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, involved=[ladder.neighbour], external_reference="DX-1", population="Adults")
    for address in (PAGE, API):
        [row] = rows(body(ladder.actor(ladder.neighbour), address))
        assert (row["Title"], row["Score"]) == (FIELDS["title"], "16")
        told = {"Your reference", "Theme", "Patients who could be harmed", "Owner's name", "Owner (e-mail address)"}
        assert [row[name] for name in told] == [""] * len(told)


def test_addresses_of_people_are_for_their_own_organisation(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    [row] = rows(body(ladder.actor(ladder.icb), API))
    assert (row["Owner (e-mail address)"], row["Owner's name"]) == ("", lead.user.name)


@pytest.mark.parametrize("address", [PAGE, API])
def test_nobody_gets_what_they_do_not_see(ladder: Ladder, lead: Actor, address: str) -> None:
    ladder.risk(lead)
    assert rows(body(ladder.actor(ladder.neighbour), address)) == []


def test_each_download_is_recorded_before_it_is_sent(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    body(lead, f"{PAGE}&status=OPEN&page=1")
    event = AuditEvent.objects.get(verb="export")
    assert (event.summary, event.by, event.organisation) == ("exported 1 risk as CSV", lead.user, lead.organisation)
    assert event.details == {"list": "risks", "rows": 1, "filters": {"status": ["OPEN"]}}


def test_no_formula_survives(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="=HYPERLINK(1)", cause="@SUM(A1)", event="-1+1", effect="\N{FULLWIDTH EQUALS SIGN}1")
    [row] = rows(body(lead, PAGE))
    assert [row[name][0] for name in ("Title", "Cause", "Event", "Effect")] == ["'"] * 4
    page = load_workbook(io.BytesIO(body(lead, "/risks/?download=xlsx"))).active
    assert {cell.data_type for line in page.iter_rows() for cell in line if cell.value is not None} == {"s"}


TRICKY: dict[str, Any] = {
    "title": "=1+1", "cause": "'quoted'\n\n- a list", "event": "'=2", "effect": "Café; £5, “so”\ttab",
    "services": ["4", "1"], "population": "+44 is a code", "other_bodies": "'", "external_reference": "'007",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_and_is_sent_back_changes_nothing(ladder: Ladder, lead: Actor, kind: str) -> None:
    ladder.risk(lead, **TRICKY)
    ladder.risk(lead, involved=[ladder.neighbour])
    risks.save_draft(fields={"title": "Only a title"}, by=lead, now=NOW)
    batch = send(lead, body(lead, f"/risks/?download={kind}"), source="Own", keep_drafts=True)
    assert set(outcomes(batch).values()) == {"UNCHANGED"}, remarks(batch)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_can_be_imported_elsewhere_as_it_was(ladder: Ladder, lead: Actor, kind: str) -> None:
    first = ladder.risk(lead, **TRICKY)
    data = body(lead, f"/risks/?download={kind}")
    other = ladder.actor(ladder.other_icb)
    batch = send(other, data, source="Own")
    ours = {HEADING: "", "Version in this register": "", "Owner (e-mail address)": ""}
    batch = send(other, renamed(data, ours, kind), source="Own")
    confirm(batch, other, personal_data_checked=True)
    second = Risk.objects.get(organisation=ladder.other_icb)
    for name in (*TRICKY, "theme", "process", "reach", "treatment", "likelihood", "consequence"):
        now, then = getattr(second, name), getattr(first, name)
        assert (sorted(now) if name == "services" else now) == (sorted(then) if name == "services" else then), name
    assert invariants.check(NOW) == []


def renamed(data: bytes, gone: dict[str, str], kind: str) -> bytes:
    """The file without what names the risk of another organisation."""
    if kind == "xlsx":
        book = load_workbook(io.BytesIO(data))
        for cell in book.active[1]:
            if cell.value in gone:
                book.active.cell(2, cell.column).value = None
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()
    lines = rows(data)
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(lines[0]))
    writer.writeheader()
    writer.writerows(line | gone for line in lines)
    return file.getvalue().encode()


def test_a_row_changed_in_the_file_is_changed_here_unless_somebody_was_quicker(ladder: Ladder, lead: Actor) -> None:
    mine, theirs = ladder.risk(lead, title="Mine"), ladder.risk(lead, title="Theirs")
    lines = rows(body(lead, PAGE))
    risks.edit_risk(risk=theirs, fields={"title": "Quicker"}, version=theirs.version, by=lead, now=NOW)
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(lines[0]))
    writer.writeheader()
    writer.writerows(line | {"Title": line["Title"] + " again"} for line in lines)
    confirm(send(lead, file.getvalue().encode(), source="Own"), lead)
    assert [Risk.objects.get(pk=risk.pk).title for risk in (mine, theirs)] == ["Mine again", "Quicker"]


@pytest.mark.parametrize("name", ["risks", "escalations", "feedback", "involvements", "links"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_can_be_exported_over_the_api(ladder: Ladder, lead: Actor, name: str, kind: str) -> None:
    ladder.risk(lead, involved=[ladder.neighbour])
    data = body(lead, f"/api/v1/{name}/export/?format={kind}")
    assert data.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")


def test_a_link_names_its_two_risks_and_no_more_of_one_that_is_not_seen(ladder: Ladder, lead: Actor) -> None:
    neighbour = ladder.actor(ladder.neighbour)
    ours = ladder.risk(lead, title="Ours")
    icb = ladder.actor(ladder.icb)
    theirs = ladder.risk(neighbour, title="Theirs")
    risks.propose_link(risk=ours, to=theirs.reference, kind="SAME_HAZARD", reason="Both", by=icb, now=NOW)
    (seen,) = rows(body(icb, "/api/v1/links/export/"))
    assert [seen[name] for name in ("From risk", "Kind", "To risk", "To title")] == [
        ours.reference, "Same hazard", theirs.reference, "Theirs",
    ]  # fmt: skip
    (in_part,) = rows(body(lead, "/api/v1/links/export/"))
    assert [in_part[name] for name in ("From risk", "To risk", "To title", "To organisation")] == [
        ours.reference, "", "", ladder.neighbour.name,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["risks", "escalations", "feedback", "involvements", "links"])
def test_no_cell_holds_what_only_a_program_can_read(ladder: Ladder, lead: Actor, name: str) -> None:
    icb = ladder.actor(ladder.icb)
    ours = ladder.risk(lead, involved=[ladder.neighbour])
    theirs = ladder.risk(ladder.actor(ladder.neighbour))
    risks.propose_link(risk=ours, to=theirs.reference, kind="SAME_HAZARD", reason="Both", by=icb, now=NOW)
    hop = escalations.escalate_risk(risk=ours, reason="Why", ask="What", by=lead, now=NOW)
    escalations.update(escalation=hop, text="Soon", by=icb, now=NOW)
    found = rows(body(lead, f"/api/v1/{name}/export/"))
    assert found
    assert not [cell for row in found for cell in row.values() if cell.startswith(("{", "[", "<", "OrderedDict"))]


def test_an_unknown_kind_of_file_is_refused(lead: Actor) -> None:
    assert client_of(lead).get("/api/v1/risks/export/?format=pdf").status_code == 400


@pytest.mark.parametrize("address", ["/escalations/", "/involvements/", "/involvements/sent/", "/risks/"])
def test_pages_that_list_things_offer_them_as_files(ladder: Ladder, lead: Actor, address: str) -> None:
    ladder.risk(lead, involved=[ladder.neighbour])
    assert b"".join(client_of(lead).get(f"{address}?download=csv").streaming_content)  # type: ignore[attr-defined]
    assert "?status=OPEN&amp;download=csv" in client_of(lead).get("/risks/?status=OPEN").content.decode()


def test_an_administrator_gets_no_risk(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    administrator = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    assert client_of(administrator).get(PAGE).status_code == 403
    assert rows(body(administrator, API)) == []


def test_a_download_takes_as_many_queries_for_one_risk_as_for_many(
    ladder: Ladder, lead: Actor, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        ladder.risk(lead)
    client = client_of(lead)
    with django_assert_max_num_queries(12):
        b"".join(client.get(PAGE).streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("accepted", ["text/csv", "application/vnd.ms-excel", "application/json", "text/html, */*"])
def test_the_address_says_which_kind_of_file_is_sent_whatever_is_accepted(lead: Actor, accepted: str) -> None:
    response = client_of(lead).get("/api/v1/risks/export/", headers={"Accept": accepted})
    assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")
