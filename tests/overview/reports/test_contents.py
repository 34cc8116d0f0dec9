"""What is in a report: the numbers of the dashboard, every list, and what people typed as they typed it."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalations import services as escalations
from overview.figures import registry, snapshots
from overview.figures.tables import NUMERIC
from overview.reports import listing
from overview.reports import pdf as drawing
from overview.reports.document import Column, Document, Section, Table
from overview.reports.looking_up import Value
from risks import services as risks
from tests.factories import NOW, OrganisationFactory
from tests.overview.gathered import Gathered
from tests.overview.reports.reading import everything_in, fetched, made, pdf, sheets, words_of
from tests.risks.test_hazards import likely

if TYPE_CHECKING:
    from accounts.actors import Actor
    from overview.models import Report
    from risks.models import Risk
    from tests.ladder import Ladder

LATER = NOW + timedelta(days=30)
HOSTILE = '#read("/etc/passwd") $x$ *b* _i_ `c` @a <l> \\ // = H [x] ]#panic() {{7*7}} <script>'


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


def crossing(ladder: Ladder, **fields: object) -> Risk:
    return ladder.risk(ladder.actor(ladder.provider), involved=[ladder.neighbour], **fields)


def rows_of(report: Report, by: Actor, name: str, now: object = NOW) -> list[tuple[object, ...]]:
    return sheets(fetched(report, "xlsx", by, now))[name][1:]  # type: ignore[arg-type]


def test_its_numbers_are_those_of_the_figures_at_its_moment_in_both_files(ladder: Ladder, icb: Actor) -> None:
    crossing(ladder)
    crossing(ladder, title="Another", likelihood=2, consequence=3, theme="3")
    escalations.escalate_risk(
        risk=crossing(ladder), reason="Too big", ask="Agree one form", by=ladder.actor(ladder.provider), now=NOW
    )
    report = made(icb)
    tables = snapshots.current(ladder.icb, NOW).tables
    assert report.tables == tables
    books, words = sheets(fetched(report, "xlsx", icb)), words_of(fetched(report, "pdf", icb))
    for figure in registry.for_level(ladder.icb.level):
        assert figure.heading in words
        written = books[figure.heading[:31]][1:]
        for place, column in enumerate(figure.columns):
            if column.holds in NUMERIC:
                raw = [row[place] for row in tables[figure.key]]
                told = [column.none if value is None else value for value in raw]
                assert [row[place] for row in written] == told, figure.key


def test_it_has_the_top_risks_the_escalations_their_answers_and_the_actions(ladder: Ladder, icb: Actor) -> None:
    lead = ladder.actor(ladder.provider)
    risk = crossing(ladder, title="Letters wait")
    risks.add_action(
        risk=risk, text="Send them daily", owner=lead.user, due_on=(NOW + timedelta(days=3)).date(), by=lead, now=NOW
    )
    hop = escalations.escalate_risk(risk=risk, reason="Too big", ask="Agree one form", by=lead, now=NOW)
    first = everything_in(made(icb), icb)
    for words in ("Letters wait", "Agree one form", "Send them daily", "Raised", lead.user.name, "Test Royal Hospital"):
        assert words in first, words
    escalations.answer(escalation=hop, outcome="ADVICE", text="Use the phone", by=icb, now=NOW + timedelta(days=1))
    assert "Advice given: Use the phone" in everything_in(made(icb, LATER), icb, LATER)


def test_it_says_what_changed_since_the_last_one(ladder: Ladder, icb: Actor) -> None:
    lead = ladder.actor(ladder.provider)
    moving, closing = crossing(ladder, title="It moves"), ladder.risk(icb, title="It closes")
    first = made(icb)
    assert "This is the first report" in words_of(fetched(first, "pdf", icb))
    between = NOW + timedelta(days=10)
    crossing(ladder, title="It is new", now=between)
    risks.score_risk(risk=moving, kind="CURRENT", likelihood=2, consequence=2, rationale="Better", by=lead, now=between)
    risks.close_risk(risk=closing, closure_reason="CONTROLLED", words="Done", by=icb, now=between)
    second = made(icb, LATER)
    assert second.previous == first
    assert [row[0] for row in rows_of(second, icb, "New risks", LATER)] == [
        f"{risks_named('It is new')}: It is new"
    ]  # fmt: skip
    (moved,) = rows_of(second, icb, "Risks that moved into another b", LATER)
    assert moved[2:] == (16, "Extreme", 4, "Moderate")
    assert [row[2].split(":")[0] for row in rows_of(second, icb, "Closed risks", LATER)] == ["Controlled"]  # type: ignore[attr-defined]
    changed = rows_of(second, icb, "Figures that changed", LATER)
    assert ("Open risks by band", "Moderate", 0, 1, 1) in changed
    assert not any(row[1] == "High" for row in changed)
    sizes = [abs(row[3] - row[2]) for row in changed]  # type: ignore[operator]
    assert sizes == sorted(sizes, reverse=True)
    assert ("Moderate", 1, 0) in rows_of(second, icb, "Open risks by band", LATER)


def risks_named(title: str) -> str:
    from risks.models import Risk

    return Risk.objects.get(title=title).reference


def test_of_a_system_risk_it_has_each_position(ladder: Ladder, icb: Actor) -> None:
    scene = Gathered(ladder, icb, ladder.risk(icb, title="Over all"))
    own = scene.contributing(ladder.provider, likelihood=3, consequence=3)
    report = made(icb)
    (position,) = rows_of(report, icb, "Positions on the system risks a")
    assert position[1:4] == ("Test Royal Hospital", f"{own.reference}: {own.title}", 9)


def test_it_names_the_hazards_that_emerge_at_several_organisations(ladder: Ladder, icb: Actor) -> None:
    owners = [ladder.provider, ladder.neighbour, OrganisationFactory(parent=ladder.icb)]
    new, old = (
        [ladder.risk(ladder.actor(owner), title=title, now=NOW - days) for owner in owners]
        for title, days in (("Letters wait", timedelta(days=3)), ("Lifts stand", timedelta(days=300)))
    )
    for group in (new, old):
        likely(group[0], group[1])
        likely(group[1], group[2])
    (row,) = rows_of(made(icb), icb, "Hazards new at several organisa")
    assert row == (f"{new[0].reference}: Letters wait", 3, 3, 3, "Extreme")


def test_what_people_typed_is_text_in_both_files(ladder: Ladder, icb: Actor) -> None:
    risk = crossing(ladder, title=HOSTILE[:140])
    formula = crossing(ladder, title='=HYPERLINK("http://x.example","press")')
    report = made(icb)
    words = words_of(fetched(report, "pdf", icb)).replace(" ", "")
    assert risk.title.replace(" ", "") in words
    assert "root:" not in words
    titles = [row[0] for row in rows_of(report, icb, "New risks")]
    assert f"{risk.reference}: {risk.title}" in titles
    assert f"{formula.reference}: {formula.title}" in titles


def drawn(text: str) -> bytes:
    table = Table("one", "One", "Says", [Column("Text")], [[Value(text)]], 1, "Nothing")
    return drawing.drawn(Document("Title", text, [("Body", text)], [Section("Section", [table])]), NOW)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_nothing_that_can_be_typed_keeps_a_report_from_being_drawn(text: str) -> None:
    assert drawn(text).startswith(b"%PDF")


def test_what_the_font_lacks_is_shown_as_lacking_and_the_rest_as_it_is() -> None:
    words = words_of(drawn("Zoë, Łukasz, Ελένη, Жанна and \u4e2d\U0001f600"))
    assert f"Zoë, Łukasz, Ελένη, Жанна and {drawing.LACKING * 2}" in unicodedata.normalize("NFC", words)


def test_a_long_table_says_where_it_is_cut() -> None:
    rows = [[Value(f"row {number}")] for number in range(150)]
    table = Table("one", "One", "Says", [Column("Text")], rows, 1200, "Nothing")
    words = words_of(drawing.drawn(Document("Title", "Body", [], [Section("Section", [table])]), NOW))
    assert "These are the first 50 of 1,200; the workbook has the first 150." in words
    assert ("row 49" in words, "row 50" in words) == (True, False)


def test_few_rows_with_much_in_them_go_on_over_as_many_pages_as_they_need() -> None:
    """Each cell has some 25 lines, and a page some 35."""
    rows = [[Value(f"row{number} " + "words " * 300), Value("Short")] for number in range(8)]
    table = Table("one", "One", "Says", [Column("Long", is_long=True), Column("Short")], rows, 8, "Nothing")
    file = pdf(drawing.drawn(Document("Title", "Body", [], [Section("Section", [table])]), NOW))
    pages = [page.extract_text() for page in file.pages]
    assert len(pages) >= 5
    on = [next(place for place, text in enumerate(pages) if f"row{number}" in text) for number in range(8)]
    assert on == sorted(on)
    assert len(set(on)) >= 4


def test_the_pdf_is_tagged_and_says_that_it_is_pdf_ua(ladder: Ladder, icb: Actor) -> None:
    crossing(ladder)
    file = pdf(fetched(made(icb), "pdf", icb))
    root = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert file.metadata
    assert file.metadata.title == "Patient safety risks report, Test Own ICB"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    kinds = list(kinds_in(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/Table", "/TR", "/TH", "/TD", "/TOC"} <= set(kinds)
    assert [one for one in file.outline if not isinstance(one, list)], "it has bookmarks"
    assert all("/FontFile" in font or "/FontFile2" in font or "/FontFile3" in font for font in fonts_in(file))


def kinds_in(element: object) -> object:
    """The kind of each element of the structure, from the root on."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for one in element:
            yield from kinds_in(one)  # type: ignore[misc]
    elif isinstance(element, dict):
        if "/S" in element:
            yield element["/S"]
        if "/K" in element:
            yield from kinds_in(element["/K"])  # type: ignore[misc]


def fonts_in(file: object) -> list[object]:
    found = []
    for page in file.pages:  # type: ignore[attr-defined]
        for font in page["/Resources"]["/Font"].values():
            for inner in font.get_object().get("/DescendantFonts", [font]):
                found.append(inner.get_object()["/FontDescriptor"].get_object())
    return found


def test_of_a_list_that_is_too_long_the_first_are_kept_and_all_are_counted(
    ladder: Ladder, icb: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 2)
    lead = ladder.actor(ladder.provider)
    for likelihood in (2, 3, 4):
        risk = crossing(ladder, title=f"Of likelihood {likelihood}", likelihood=likelihood)
        risks.add_action(
            risk=risk, text="Send them", owner=lead.user, due_on=(NOW + timedelta(days=3)).date(), by=lead, now=NOW
        )
        escalations.escalate_risk(risk=risk, reason="Too big", ask="Agree one form", by=lead, now=NOW)
    report = made(icb)
    for key in ("new", "escalations", "actions"):
        assert (len(report.contents[key]["rows"]), report.contents[key]["total"]) == (2, 3), key
    titles = [str(row[0]) for row in rows_of(report, icb, "New risks")]
    assert [title.split(": ")[-1] for title in titles] == ["Of likelihood 4", "Of likelihood 3", "The first 2 of 3"]
    assert "These are the first 2 of 3." in words_of(fetched(report, "pdf", icb))


def test_of_a_list_that_is_found_row_by_row_all_are_counted_too() -> None:
    found = listing.cut(iter([[number] for number in range(listing.MOST_ROWS + 5)]))
    assert (len(found["rows"]), found["total"]) == (listing.MOST_ROWS, listing.MOST_ROWS + 5)
