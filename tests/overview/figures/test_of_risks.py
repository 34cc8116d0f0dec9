"""What figures about risks say of registers that are small enough to count by eye."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from deadlines.sweeping import sweep
from escalations import services as escalations
from overview.figures import of_crossings, registry, showing
from overview.figures.scope import Scope
from risks import services as risks
from tests.factories import NOW, OrganisationFactory

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Risk
    from tests.ladder import Ladder
    from tests.overview.figures.slowly import Table

DAY = timedelta(days=1)
ALWAYS = {
    "at_a_glance", "risks_by_band", "open_by_month", "changes_by_month", "quality_of_records", "silent_organisations",
}  # fmt: skip


def rows(key: str, body: Organisation, now: datetime = NOW) -> Table:
    (figure,) = (figure for figure in registry.ALL if figure.key == key)
    return figure.rows(Scope(body, now))


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def test_a_register_without_a_risk(ladder: Ladder) -> None:
    for body in (ladder.provider, ladder.icb, ladder.region, ladder.national):
        tables = {figure.key: figure.rows(Scope(body, NOW)) for figure in registry.for_level(body.level)}
        assert {key for key, table in tables.items() if table} <= ALWAYS
        assert tables["quality_of_records"][0] == ["No control in place", 0, None]
        assert tables["changes_by_month"][-1] == ["2026-11", 0, 0, 0, 0]


def test_drafts_closed_risks_and_shares_that_ended_are_not_counted(ladder: Ladder, lead: Actor) -> None:
    risks.save_draft(fields={"title": "Not yet", "theme": "6", "process": "9"}, by=lead, now=NOW)
    closed = ladder.risk(lead)
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    raised = ladder.risk(lead, title="Asked and taken back", reach="1")
    hop = escalations.escalate_risk(risk=raised, reason="Why", ask="What", by=lead, now=NOW)
    assert rows("risks_by_theme", ladder.icb) == [["6", 1]]
    escalations.withdraw(escalation=hop, why="Mended", by=lead, now=NOW)
    assert rows("risks_by_theme", ladder.icb) == []
    assert rows("risks_by_theme", ladder.provider) == [["6", 1]]
    assert rows("heat_map", ladder.provider) == [[4, 4, 1]]


def test_months_are_those_of_london_and_end_now(ladder: Ladder, lead: Actor) -> None:
    """Half past midnight on 1 June in London is still May in UTC."""
    ladder.risk(lead, now=NOW.replace(month=5, day=31, hour=23, minute=30))
    standing = {month: extreme for month, *_lower, extreme in rows("open_by_month", ladder.provider)}
    assert next(iter(standing)) == "2025-12"
    assert (standing["2026-05"], standing["2026-06"], standing["2026-11"]) == (0, 1, 1)


def test_a_risk_stands_in_the_band_of_each_month(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, likelihood=1, consequence=1, now=NOW - 95 * DAY)
    for days, likelihood in ((65, 5), (40, 3), (10, 1)):
        risks.score_risk(
            risk=risk, kind="CURRENT", likelihood=likelihood, consequence=5, rationale="", by=lead, now=NOW - days * DAY
        )
    risks.score_risk(risk=risk, kind="TARGET", likelihood=1, consequence=1, rationale="", by=lead, now=NOW)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    assert rows("open_by_month", ladder.provider)[-5:] == [
        ["2026-07", 1, 0, 0, 0],
        ["2026-08", 0, 0, 0, 1],
        ["2026-09", 0, 0, 0, 1],
        ["2026-10", 0, 1, 0, 0],
        ["2026-11", 0, 0, 0, 0],
    ]
    assert rows("changes_by_month", ladder.provider)[-5:] == [
        ["2026-07", 1, 0, 0, 0],
        ["2026-08", 0, 0, 1, 0],
        ["2026-09", 0, 0, 0, 1],
        ["2026-10", 0, 0, 0, 1],
        ["2026-11", 0, 1, 0, 0],
    ]


def test_a_hazard_emerges_once_it_is_logged_twice_as_often(ladder: Ladder, lead: Actor) -> None:
    for days in (180, 179, 89, 60, 1, 0, 0):
        ladder.risk(lead, now=NOW - days * DAY)
    ladder.risk(lead, theme="3", now=NOW)
    assert rows("emerging_hazards", ladder.provider) == [["6", "9", "2026-08-06", 5, 1]]
    ladder.risk(lead, now=NOW - 90 * DAY)
    ladder.risk(lead, now=NOW - 91 * DAY)
    assert rows("emerging_hazards", ladder.provider) == []


def test_a_hazard_recurs_where_three_organisations_own_it(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    ladder.risk(ladder.actor(ladder.neighbour))
    assert rows("recurring_hazards", ladder.icb) == []
    third = ladder.actor(OrganisationFactory(parent=ladder.icb))
    ladder.risk(third)
    ladder.risk(third, title="The same again")
    assert rows("recurring_hazards", ladder.icb) == [["6", "9", 3, 4]]


def link(ladder: Ladder, risk: Risk, other: Risk) -> None:
    """Proposed by the ICB, which sees both, and accepted by both owners."""
    icb, given = ladder.actor(ladder.icb), {"to": other.reference, "kind": "RELATED", "reason": "Alike"}
    proposed = risks.propose_link(risk=risk, by=icb, now=NOW, **given)
    for owner in (risk.organisation, other.organisation):
        risks.accept_link(link=proposed, by=ladder.actor(owner), now=NOW)


def test_a_risk_crosses_once_to_each_body_however_it_does(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, involved=[ladder.neighbour])
    other = ladder.risk(ladder.actor(ladder.neighbour), title="Theirs")
    link(ladder, risk, other)
    escalations.escalate_risk(risk=risk, reason="Why", ask="What", by=lead, now=NOW)
    here, there, icb = str(ladder.provider.pk), str(ladder.neighbour.pk), str(ladder.icb.pk)
    expected = [[here, icb, 1], [here, there, 1], [there, here, 1]]
    assert sorted(rows("crossings", ladder.icb)) == sorted(expected)


def test_a_link_with_a_risk_that_a_body_does_not_see_is_not_counted_for_it(ladder: Ladder, lead: Actor) -> None:
    """The region reads the risk that was escalated to it, and nothing of the other."""
    risk = ladder.risk(lead)
    other = ladder.risk(ladder.actor(ladder.neighbour), title="Theirs")
    link(ladder, risk, other)
    icb = ladder.actor(ladder.icb)
    hop = escalations.escalate_risk(risk=risk, reason="Why", ask="What", by=lead, now=NOW)
    escalations.escalate_on(escalation=hop, reason="Why", ask="What", by=icb, now=NOW)
    seen_by_icb = {(start, end) for start, end, _many in rows("crossings", ladder.icb)}
    seen_by_region = {(start, end) for start, end, _many in rows("crossings", ladder.region)}
    link_seen = (str(ladder.provider.pk), str(ladder.neighbour.pk))
    assert link_seen in seen_by_icb
    assert seen_by_region == {
        (str(ladder.provider.pk), str(ladder.icb.pk)),
        (str(ladder.provider.pk), str(ladder.region.pk)),
    }


def test_every_pair_is_listed_and_of_very_many_the_largest(
    ladder: Ladder, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [OrganisationFactory(parent=ladder.icb) for _ in range(45)]
    ladder.risk(lead, involved=many)
    ladder.risk(lead, title="Another", involved=many[:1])
    table = rows("crossings", ladder.icb)
    assert table[0] == [str(ladder.provider.pk), str(many[0].pk), 2]
    assert sorted(row[1] for row in table) == sorted(str(one.pk) for one in many)
    monkeypatch.setattr(of_crossings, "MOST_PAIRS", 2)
    assert rows("crossings", ladder.icb) == table[:2]


def test_all_other_pairs_in_a_table_of_an_earlier_report_are_told_and_lead_to_no_list(ladder: Ladder) -> None:
    figure = [figure for figure in registry.ALL if figure.key == "crossings"]
    table = [[str(ladder.provider.pk), str(ladder.neighbour.pk), 2], [None, None, 3]]
    shown = showing.in_words({"crossings": table}, figure, ladder.actor(ladder.icb))["crossings"]
    assert [cell.text for cell in shown.rows[-1]] == ["All other pairs", "All other pairs", "3"]
    assert [bool(row[2].href) for row in shown.rows] == [True, False]


def test_what_is_late_and_what_is_missing(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, controls=["A check"], now=NOW - 40 * DAY)
    on = (NOW - 5 * DAY).date()
    for text in ("Mend it", "Mend it twice"):
        risks.add_action(risk=risk, text=text, owner=lead.user, due_on=on, by=lead, now=NOW - 30 * DAY)
    ladder.risk(lead, title="Newly logged", effect="Letters wait, for sign-off before they are SENT.")
    sweep(now=NOW)
    assert rows("overdue_by_organisation", ladder.icb) == [[str(ladder.provider.pk), 1, 1]]
    assert rows("quality_of_records", ladder.icb) == [
        ["No control in place", 1, 0.5],
        ["No target score", 2, 1.0],
        ["Effect that repeats the cause", 1, 0.5],
    ]
    assert rows("quality_by_organisation", ladder.icb) == [[str(ladder.provider.pk), 2, 1, 2, 1]]


def test_silence_is_measured_against_the_usual_rhythm(ladder: Ladder, lead: Actor) -> None:
    neighbour = ladder.actor(ladder.neighbour)
    for days in (300, 200, 100):  # every hundred days
        ladder.risk(lead, now=NOW - days * DAY)
    for days in (103, 102, 101, 101):  # every day
        ladder.risk(neighbour, now=NOW - days * DAY)
    never = OrganisationFactory(parent=ladder.icb)
    ladder.risk(ladder.actor(never), reach="1")  # its ICB does not see this one
    OrganisationFactory(parent=ladder.other_icb)
    assert rows("silent_organisations", ladder.icb) == [
        [str(never.pk), None, None, 0],
        [str(ladder.neighbour.pk), 101, 1, 4],
    ]
    later = NOW + 101 * DAY
    assert [str(ladder.provider.pk), 201, 100, 3] in rows("silent_organisations", ladder.icb, later)


def test_one_risk_alone_has_no_rhythm_and_a_review_breaks_the_silence(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, now=NOW - 91 * DAY)
    provider = str(ladder.provider.pk)
    assert [provider, 91, None, 1] in rows("silent_organisations", ladder.icb)
    risks.review_risk(risk=risk, words="", by=lead, now=NOW)
    assert provider not in [row[0] for row in rows("silent_organisations", ladder.icb)]
