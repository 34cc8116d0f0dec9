"""How often a system may ask, also when many processes are asked at once, or nothing can count."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoRedis

from accounts import limits
from tests import clients
from tests.api.conftest import refused
from tests.factories import NOW

if TYPE_CHECKING:
    from typing import Any

    from accounts.actors import Actor
    from accounts.models import User
    from tests.api.conftest import Clock
    from tests.clients import System


def test_a_system_is_told_how_often_it_may_ask_and_refused_when_it_asks_more(
    administrator: Actor, nurse: User, clock: Clock
) -> None:
    feed = clients.add_system(by=administrator, responsible=nurse, rate_limit=3).get_token()
    clock.now += timedelta(minutes=1, seconds=15)
    answers = [feed.get("me/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {(answer["RateLimit-Limit"], answer["RateLimit-Reset"]) for answer in answers} == {("3", "45")}
    assert answers[-1]["Retry-After"] == "45"
    assert "more than 3 requests" in refused(answers[-1], 429)["detail"]
    token = feed.ask_for_token()
    assert (token.status_code, token.json()["error"], token["Retry-After"]) == (429, "slow_down", "45")
    clock.now += timedelta(seconds=45)
    assert feed.get("me/").status_code == 200


def test_the_usual_limit_holds_for_a_system_without_its_own(feed: System, settings: Any) -> None:
    settings.API_RATE_LIMIT = 2  # one was for the token
    assert [feed.get("me/").status_code for _ in range(2)] == [200, 429]


def test_one_system_does_not_use_up_what_another_may_ask(administrator: Actor, nurse: User) -> None:
    first, second = (
        clients.add_system(by=administrator, responsible=nurse, name=name, rate_limit=2).get_token()
        for name in ("First", "Second")
    )
    assert [first.get("me/").status_code for _ in range(2)] == [200, 429]
    assert second.get("me/").status_code == 200


def test_without_redis_nothing_is_counted_and_nobody_is_refused(
    feed: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    def gone(*_args: Any, **_more: Any) -> None:
        raise NoRedis("gone")

    settings.API_RATE_LIMIT = 1
    monkeypatch.setattr(type(cache._connections["default"]), "incr", gone)
    answer = feed.get("me/")
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer
    assert "cannot be counted" in caplog.text


def test_of_many_that_ask_at_once_no_more_get_through_than_may(
    administrator: Actor, nurse: User, redis_url: str, settings: Any
) -> None:
    """Counted in a real Redis, by as many threads as there may be web processes."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    system = clients.add_system(by=administrator, responsible=nurse, rate_limit=25).client
    start, found = threading.Barrier(10), []

    def ask() -> None:
        start.wait()
        found.extend(limits.count(system, NOW) for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(rate.used for rate in found) == list(range(1, 101))
    assert sum(not rate.is_exceeded for rate in found) == 25
