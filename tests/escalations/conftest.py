"""What the tests of escalations may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.escalations.stage import Stage

if TYPE_CHECKING:
    from tests.ladder import Ladder


@pytest.fixture
def stage(ladder: Ladder) -> Stage:
    return Stage(ladder)


@pytest.fixture
def on_the_wall(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests arrive when it is that time on the stage."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: stage.now)
