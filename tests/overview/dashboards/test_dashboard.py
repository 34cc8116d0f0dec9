"""The dashboard of each level: what stands on it, for whom, what it costs, and what it never tells."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from escalations import services as escalations
from overview.figures import registry
from overview.figures.tables import Column, Figure, Holds
from risks import services as risks
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW, OrganisationFactory
from tests.overview.charts import samples
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.ladder import Ladder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
PATH = "/dashboard/"


def sent(response: HttpResponse) -> list[list[str]]:
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(content, newline="")))


def links(page: str, to: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]+)"', page) if href.startswith(to)]


@pytest.fixture
def lead(ladder: Ladder) -> Client:
    return visitor(ladder.actor(ladder.provider))


# What stands on it


@pytest.mark.parametrize("level", ["provider", "icb", "region", "national"])
def test_each_level_has_its_figures_with_how_they_are_counted(ladder: Ladder, level: str) -> None:
    body = getattr(ladder, level)
    page = visitor(ladder.actor(body, Role.VIEWER)).get(PATH)
    html, read = page.content.decode(), words(page)
    offered = [figure for figure in registry.for_level(body.level) if figure.key != "at_a_glance"]
    assert offered
    for figure in offered:
        assert f'id="{figure.key}"' in html
        assert f'href="#{figure.key}"' in html
        assert figure.says in read
    assert "Figures of Tuesday 3 November 2026" in read
    assert "just now" in read


def test_a_level_is_not_shown_the_figures_of_another(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Figure("of_icbs", "For ICBs", "-", samples.BARS, lambda _scope: [["A", 1]], levels=frozenset({"ICB"}))
    monkeypatch.setattr(registry, "ALL", (*registry.ALL, ours))
    icb, provider = visitor(ladder.actor(ladder.icb)), visitor(ladder.actor(ladder.provider))
    assert "For ICBs" in words(icb.get(PATH))
    assert "For ICBs" not in words(provider.get(PATH))
    assert provider.get(f"{PATH}of_icbs/").status_code == 404
    assert icb.get(f"{PATH}of_icbs/").status_code == 200


def test_the_glance_counts_what_is_open_extreme_late_and_sent_to_us(ladder: Ladder) -> None:
    lead, icb = ladder.actor(ladder.provider), ladder.actor(ladder.icb)
    risk = ladder.risk(lead, now=NOW - timedelta(days=60), involved=[ladder.neighbour])
    ladder.risk(lead, likelihood=1, consequence=2)
    before = NOW - timedelta(days=30)
    escalations.escalate_risk(risk=risk, reason="Why", ask="What", by=lead, now=before)
    read = words(visitor(icb).get(PATH))
    # The ICB is late with acknowledging. The second risk involves nobody else, and yet its reach crosses a boundary.
    assert "2 Open risks 1 Extreme risks 1 Overdue for us 1 Escalations to us" in read
    mine = words(visitor(lead).get(PATH))
    assert re.search(r"2 Open risks 1 Extreme risks \d+ Overdue for us 0 Escalations to us", mine)


def test_every_number_leads_to_the_list_behind_it(ladder: Ladder, lead: Client) -> None:
    for score in ((4, 4), (4, 4), (1, 2)):
        ladder.risk(ladder.actor(ladder.provider), likelihood=score[0], consequence=score[1])
    page = lead.get(PATH).content.decode()
    found = links(page, "/risks/?")
    assert "/risks/?status=OPEN&in_full=true&likelihood=4&consequence=4" in found
    assert "/risks/?status=OPEN&in_full=true&band=EXTREME" in found
    assert "/risks/?status=OPEN&in_full=true&theme=6" in found
    cell = re.search(r'<a class="app-heat__number"[^>]*>(.*?)</a>', page)
    assert cell
    assert re.sub("<[^>]*>", "", cell[1]) in (
        "2, extreme: likelihood 4, consequence 4",
        "1, low: likelihood 1, consequence 2",
    )


def test_an_empty_register_says_so_in_words(lead: Client) -> None:
    page = words(lead.get(PATH))
    assert "0 Open risks" in page
    assert "There is nothing to show here" in page


def test_a_long_table_is_cut_on_the_dashboard_and_whole_on_its_own_page(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"Theme number {n}", 100 - n] for n in range(30)]
    monkeypatch.setattr(registry, "ALL", (samples.figure("many", samples.BARS, lambda _scope: rows),))
    together, alone = words(lead.get(PATH)), words(lead.get(f"{PATH}many/"))
    assert "Theme number 9" in together
    assert "Theme number 10" not in together
    assert "All 30 rows" in together
    assert "Theme number 29" in alone


@pytest.mark.parametrize("key", [figure.key for figure in samples.FIGURES])
def test_the_table_on_a_figures_page_has_every_number(lead: Client, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    samples.install(monkeypatch)
    page = lead.get(f"{PATH}{key}/")
    assert page.status_code == 200
    told = lead.get(f"/api/v1{PATH}{key}/").json()
    read = words(page)
    for row in told["rows"]:
        for cell in row:
            assert re.sub(r"\s+", " ", cell["text"]) in read


def test_a_drawing_has_words_and_a_table_for_who_does_not_see_it(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    samples.install(monkeypatch)
    page = lead.get(PATH).content.decode()
    drawings = re.findall(r'<svg class="app-drawing".*?</svg>', page, re.DOTALL)
    assert len(drawings) == len(["parts", "trend", "share", "by_level", "spread"])
    for drawing in drawings:
        labelled = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', drawing)
        assert labelled
        key = labelled[1].removesuffix("-title")
        assert f'<title id="{labelled[1]}">' in drawing
        assert f'id="{labelled[2]}"' in page
        card = page.split(f'<h3 class="nhsuk-heading-s app-chart__heading" id="{key}"')[1].split("</figure>")[0]
        assert "The same as a table" in card
        assert "<table" in card
    assert "style=" not in page  # which the content policy would ignore
    assert "<script" not in page.split("<main")[1].split("</main>")[0]


# For whom


def test_an_administrator_is_refused_and_has_no_link_to_it(ladder: Ladder) -> None:
    client = visitor(ladder.actor(ladder.provider, Role.ADMINISTRATOR))
    assert client.get(PATH).status_code == 403
    assert f'href="{PATH}"' not in client.get("/").content.decode()
    assert f'href="{PATH}"' in visitor(ladder.actor(ladder.provider, Role.VIEWER)).get("/").content.decode()


def test_nothing_of_another_organisation_is_counted_or_named(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = ladder.risk(ladder.actor(ladder.neighbour), title="Hidden from the provider", reach="2")
    of_risks = samples.figure("of_risks", samples.OF_RISKS, lambda _scope: [[str(hidden.pk), 1]])
    monkeypatch.setattr(registry, "ALL", (*registry.ALL, of_risks))
    for path in (
        PATH,
        f"{PATH}of_risks/",
        f"{PATH}of_risks/?download=csv",
        f"/api/v1{PATH}",
        f"/api/v1{PATH}of_risks/",
    ):
        response = visitor(ladder.actor(ladder.provider)).get(path)
        assert response.status_code == 200, path
        told = b"".join(response).decode()
        assert "Hidden from the provider" not in told, path
        assert hidden.reference not in told, path
        assert str(hidden.pk) not in told, path
    assert "0 Open risks" in words(visitor(ladder.actor(ladder.provider)).get(PATH))
    assert "Hidden from the provider" in words(visitor(ladder.actor(ladder.neighbour)).get(PATH))


def test_what_an_address_asks_for_changes_nothing_of_whose_figures_are_shown(ladder: Ladder, lead: Client) -> None:
    ladder.risk(ladder.actor(ladder.neighbour))
    other = ladder.neighbour.pk
    for path in (f"{PATH}?figure={other}", f"{PATH}?organisation={other}", f"{PATH}heat_map/?figure={other}"):
        assert "Open risks, most" not in words(lead.get(path))
    for path in (f"{PATH}{other}/", f"/api/v1{PATH}{other}/", f"{PATH}nothing/"):
        assert lead.get(path).status_code == 404
    assert lead.get(f"/api/v1{PATH}?organisation={other}").status_code == 400


def test_who_lost_sight_of_a_risk_no_longer_reads_its_title_on_figures_made_before(
    ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ladder.actor(ladder.provider)
    risk = ladder.risk(own, title="A title that is not for ever", involved=[ladder.neighbour])
    of_risks = samples.figure("of_risks", samples.OF_RISKS, lambda _scope: [[str(risk.pk), 1]])
    monkeypatch.setattr(registry, "ALL", (of_risks,))
    icb = visitor(ladder.actor(ladder.icb))
    assert "A title that is not for ever" in words(icb.get(PATH))
    risk.shares.filter(organisation=ladder.icb).update(revoked_at=NOW)
    assert "A title that is not for ever" not in words(icb.get(PATH))


# As a file


def test_a_figure_can_be_downloaded_and_that_is_recorded(ladder: Ladder, lead: Client) -> None:
    ladder.risk(ladder.actor(ladder.provider))
    assert sent(lead.get(f"{PATH}heat_map/?download=csv")) == [
        ["Likelihood", "Consequence", "Open risks"],
        ["4 Likely", "4 Major", "1"],
    ]
    assert b"".join(lead.get(f"{PATH}risks_by_theme/?download=xlsx")).startswith(b"PK")
    said = AuditEvent.objects.filter(verb="export").values_list("details__list", flat=True)
    assert sorted(said) == ["heat-map", "risks-by-theme"]


def test_a_file_has_bare_numbers_and_no_formula(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = (Column("what", "What", Holds.WORDS), samples.COUNT, Column("share", "Share", Holds.SHARE))
    figure = samples.figure("odd", columns, lambda _scope: [["=1+1", 1_234_567, 0.25], ["None", 0, None]])
    monkeypatch.setattr(registry, "ALL", (figure,))
    rows = sent(lead.get(f"{PATH}odd/?download=csv"))[1:]
    assert rows[0][1:] == ["1234567", "0.25"]
    assert not rows[0][0].startswith("=")
    assert rows[1] == ["None", "0", ""]


# What it costs


def test_it_asks_the_database_as_much_for_many_rows_as_for_one(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    samples.install(monkeypatch)
    client = visitor(ladder.actor(ladder.icb))

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    paths = [PATH, f"{PATH}crossings/", f"/api/v1{PATH}", f"/api/v1{PATH}spread/"]
    client.get(PATH)
    few = {path: asked(path) for path in paths}
    OrganisationFactory.create_batch(20, parent=ladder.icb)
    from overview.models import FigureSet

    FigureSet.objects.all().delete()
    client.get(PATH)
    assert {path: asked(path) for path in paths} == few


def test_a_dashboard_stays_small(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    OrganisationFactory.create_batch(60, parent=ladder.icb)
    samples.install(monkeypatch)
    page = visitor(ladder.actor(ladder.national)).get(PATH)
    assert len(page.content) < 120_000


# When it is made anew


def test_a_risk_that_was_withdrawn_from_us_is_counted_no_more_after_five_minutes(
    ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ladder.actor(ladder.provider)
    risk, client = ladder.risk(own), visitor(own)
    assert "1 Open risks" in words(client.get(PATH))
    risks.close_risk(risk=risk, closure_reason="TOLERATED", words="Done", by=own, now=NOW)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=4))
    assert "1 Open risks" in words(client.get(PATH))
    assert "4 minutes ago" in words(client.get(PATH))
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=5))
    assert "0 Open risks" in words(client.get(PATH))


# What could not be made


def test_a_figure_that_could_not_be_made_is_named_and_the_others_are_shown(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_scope: object) -> list[list[object]]:
        raise ValueError

    figures = [replace(one, rows=fails) if one.key == "heat_map" else one for one in registry.ALL]
    monkeypatch.setattr(registry, "ALL", tuple(figures))
    heading = "Where open risks stand on the 5x5 matrix"
    page = lead.get(PATH)
    told = "This figure could not be made just now, and will be tried again within five minutes"
    assert f"{told}: {heading}." in words(page)
    assert "Open risks by theme" in words(page)
    alone, over_api = lead.get(f"{PATH}heat_map/"), lead.get("/api/v1/dashboard/heat_map/")
    assert (alone.status_code, over_api.status_code) == (409, 409)
    assert f"“{heading}” could not be made just now" in words(alone)
    whole = lead.get("/api/v1/dashboard/").json()
    assert whole["missing"] == ["heat_map"]
    assert "heat_map" not in [one["key"] for one in whole["figures"]]
