"""A report never contains what its body may not read, and stops doing so once it may no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from escalations import services as escalations
from overview.reports import services
from risks import services as risks
from risks.models import RiskShare
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW
from tests.overview.gathered import Gathered
from tests.overview.reports.reading import everything_in, fetched, made

if TYPE_CHECKING:
    from tests.ladder import Ladder

THEIRS = "A risk that is none of your business"


def test_it_names_nothing_that_the_body_does_not_read_in_full(ladder: Ladder) -> None:
    local = ladder.risk(ladder.actor(ladder.provider), title=THEIRS, reach="1")
    named = ladder.risk(ladder.actor(ladder.provider), title="Named on it", involved=[ladder.neighbour])
    escalations.escalate_risk(risk=named, reason="Why", ask="A secret ask", by=ladder.actor(ladder.provider), now=NOW)
    for body in (ladder.neighbour, ladder.other_icb, ladder.region, ladder.national):
        reader = ladder.actor(body)
        found = everything_in(made(reader, NOW + timedelta(days=60)), reader, NOW + timedelta(days=60))
        for hidden in (THEIRS, "Named on it", "A secret ask", local.reference):
            assert hidden not in found, (body.name, hidden)
    icb = ladder.actor(ladder.icb)
    assert THEIRS not in (found := everything_in(made(icb), icb))
    assert "A secret ask" in found


def test_once_a_share_ends_the_files_are_not_handed_out_until_drawn_without_it(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    gone = ladder.risk(ladder.actor(ladder.provider), title="It will be gone", involved=[ladder.neighbour])
    kept = ladder.risk(ladder.actor(ladder.provider), title="It stays", involved=[ladder.neighbour])
    report = made(icb)
    assert "It will be gone" in everything_in(report, icb)
    RiskShare.objects.filter(risk=gone, organisation=ladder.icb).update(revoked_at=NOW)
    with pytest.raises(services.NotReady, match="being made"):
        fetched(report, "pdf", icb)
    report.refresh_from_db()
    assert (report.pdf, report.xlsx) == (None, None)
    services.work(now=NOW)
    found = everything_in(report, icb)
    assert "It will be gone" not in found
    assert gone.reference not in found
    assert kept.title in found
    assert "without what is no longer shared" in found
    assert AuditEvent.objects.filter(verb="redraw_report").count() == 1
    report.refresh_from_db()
    assert report.moment == NOW


def test_a_position_goes_once_its_link_is_withdrawn(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    scene = Gathered(ladder, icb, ladder.risk(icb, title="Over all"))
    own = scene.risk_of(ladder.provider, title="A position of theirs", reach="2")
    (link,) = scene.ask(own)
    scene.accept(link)
    report = made(icb)
    assert str(link.pk) in report.names["positions"]
    risks.withdraw_link(link=link, why="No longer", by=scene.lead(ladder.provider), now=NOW)
    with pytest.raises(services.NotReady):
        fetched(report, "xlsx", icb)
    services.work(now=NOW)
    report.refresh_from_db()
    assert "positions" not in report.names
