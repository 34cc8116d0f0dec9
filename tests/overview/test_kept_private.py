"""On a shared ward computer nothing of a risk is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.middleware import RENEW_AFTER, RENEWED
from tests.visiting import visitor

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("ladder")


def test_pages_that_show_risks_are_not_kept_by_the_browser(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    for path in ("/", "/risks/", risk.path, "/escalations/", f"/api/v1/risks/{risk.reference}/"):
        assert "no-store" in visitor(lead).get(path)["Cache-Control"], path


def test_a_form_is_kept_so_that_back_shows_what_was_typed(ladder: Ladder) -> None:
    kept = visitor(ladder.actor(ladder.provider)).get("/risks/log/")["Cache-Control"]
    assert "private" in kept
    assert "no-store" not in kept


def test_whoever_goes_on_working_stays_signed_in(ladder: Ladder) -> None:
    client = visitor(ladder.actor(ladder.provider))
    assert "sessionid" not in client.get("/").cookies  # which would be written anew at every request
    session = client.session
    session[RENEWED] -= RENEW_AFTER + 1
    session.save()
    assert client.get("/").cookies["sessionid"]["max-age"] == 60 * 60 * 12
