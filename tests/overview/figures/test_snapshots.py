"""Figures are made once for all of a body, are of one moment, and are never older than five minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from overview.figures import showing, snapshots
from overview.models import FigureSet
from tests.factories import NOW

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


def test_they_are_made_where_there_are_none_and_kept_for_five_minutes(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    ladder.risk(lead)
    first = snapshots.current(ladder.provider, NOW)
    ladder.risk(lead, title="A second risk that nobody has counted yet")
    assert first.tables["risks_by_band"] == [["LOW", 0], ["MODERATE", 0], ["HIGH", 0], ["EXTREME", 1]]
    assert snapshots.current(ladder.provider, NOW + timedelta(seconds=299)) == first
    later = snapshots.current(ladder.provider, NOW + timedelta(minutes=5))
    assert later.made_at == NOW + timedelta(minutes=5)
    assert later.tables["risks_by_band"][3] == ["EXTREME", 2]
    assert FigureSet.objects.count() == 1


def test_a_reader_is_given_words_and_links_for_what_is_kept_raw(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    ladder.risk(lead)
    shown = showing.shown(snapshots.current(ladder.provider, NOW), ladder.actor(ladder.provider, role=Role.VIEWER))
    (theme,) = shown["risks_by_theme"].rows
    assert [cell.text for cell in theme] == ["Information Technology or transfer of information", "1"]
    assert theme[1].href == "/risks/?status=OPEN&in_full=true&theme=6"
