"""The Python client, as a Trust installs it, calling a register that is served as it is to everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from safetyreg_client import Register
from tests import clients
from tests import ladder as ladder_module
from tests.factories import NOW
from tests.python_client.between import Between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from pytest_django.live_server_helper import LiveServer

    from tests.clients import System
    from tests.ladder import Ladder


@dataclass
class Clock:
    """The time at the register, and what the client has waited for."""

    now: datetime = NOW
    waited: list[float] = field(default_factory=list)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
    return clock


@pytest.fixture
def ladder(transactional_db: None) -> Ladder:
    cache.clear()
    return ladder_module.build()


@pytest.fixture
def trust(ladder: Ladder) -> System:
    return clients.of(ladder.provider)


@pytest.fixture
def icb(ladder: Ladder) -> System:
    return clients.of(ladder.icb, name="ICB feed", responsible=ladder.actor(ladder.icb).user)


@pytest.fixture
def between(live_server: LiveServer) -> Iterator[Between]:
    between = Between(live_server.url)
    yield between
    between.stop()


@pytest.fixture
def register_of(between: Between) -> Callable[..., Register]:
    def register(system: System, url: str = between.url) -> Register:
        return Register(url, system.client.client_id, system.secret, sleep=_not_at_all)

    return register


def _not_at_all(seconds: float) -> None:
    """No test waits."""


@pytest.fixture
def register(register_of: Callable[..., Register], trust: System) -> Register:
    return register_of(trust)
