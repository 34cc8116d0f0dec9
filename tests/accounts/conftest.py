"""An API client and who looks after it, for the tests of clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from tests import clients
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.clients import System
    from tests.ladder import Ladder


class Clock:
    """The time at which requests arrive, until a test sets it."""

    now = NOW


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
    return clock


@pytest.fixture
def administrator(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.ADMINISTRATOR, name="Ann Administrator")


@pytest.fixture
def feed(administrator: Actor) -> System:
    return clients.add_system(by=administrator)
