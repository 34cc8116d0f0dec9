"""Who makes figures, and when: one maker at a time, of one moment, ahead of readers. What fails stops nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, connection, connections, transaction

from accounts.models import Organisation
from overview import tasks
from overview.figures import registry, snapshots
from overview.figures.tables import Column, Figure, Holds
from overview.models import FigureSet
from risks.models import Risk
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from overview.figures.scope import Scope
    from tests.ladder import Ladder

A_MOMENT = timedelta(seconds=30)
LONG = 20  # seconds, after which something hangs


def _figure(key: str, rows: Callable[[Scope], list[Any]]) -> Figure:
    return Figure(key, key, "", (Column("many", "Many", Holds.NUMBER),), rows)


def _risks(_scope: Scope) -> list[Any]:
    return [[Risk.objects.count()]]


def _fails(_scope: Scope) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return []


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return lambda *figures: monkeypatch.setattr(registry, "ALL", figures)


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., Future[Any]]]:
    """Does something in a thread, on a connection of its own."""
    with ThreadPoolExecutor(max_workers=4) as threads:

        def done(job: Callable[..., Any], *given: Any) -> Any:
            try:
                return job(*given)
            finally:
                connections.close_all()

        yield lambda job, *given: threads.submit(done, job, *given)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_set_and_nobody_else_waits(
    ladder: Ladder, only: Callable[..., None], elsewhere: Callable[..., Future[Any]]
) -> None:
    begun, go_on, made = Event(), Event(), []

    def slow(scope: Scope) -> list[Any]:
        made.append(scope)
        begun.set()
        assert go_on.wait(LONG)
        return [[1]]

    only(_figure("slow", slow))
    first = elsewhere(snapshots.current, ladder.icb, NOW)
    assert begun.wait(LONG)
    second = elsewhere(snapshots.current, ladder.icb, NOW)
    with transaction.atomic():  # what used to be locked
        Organisation.objects.select_for_update(nowait=True).get(pk=ladder.icb.pk)
    assert snapshots._renew(ladder.icb, NOW) is False  # the beat leaves it to whoever has begun
    go_on.set()
    assert first.result(LONG) == second.result(LONG)
    assert len(made) == 1


@pytest.mark.django_db(transaction=True)
def test_a_set_is_of_one_moment(
    ladder: Ladder, only: Callable[..., None], elsewhere: Callable[..., Future[Any]]
) -> None:
    def meanwhile(_scope: Scope) -> list[Any]:
        elsewhere(ladder.risk).result(LONG)
        return []

    only(_figure("before", _risks), _figure("meanwhile", meanwhile), _figure("after", _risks))
    figures = snapshots.make(ladder.icb, NOW)
    assert figures.tables == {"before": [[0]], "meanwhile": [], "after": [[0]]}
    assert Risk.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_maker_that_is_killed_leaves_no_set_and_no_lock(
    ladder: Ladder, only: Callable[..., None], elsewhere: Callable[..., Future[Any]]
) -> None:
    def killed(_scope: Scope) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return []

    only(_figure("before", _risks), _figure("killed", killed))
    with pytest.raises(Error):
        elsewhere(snapshots.current, ladder.icb, NOW).result(LONG)
    assert not FigureSet.objects.exists()
    only(_figure("before", _risks))
    assert elsewhere(snapshots.current, ladder.icb, NOW).result(LONG).tables == {"before": [[0]]}


@pytest.mark.django_db
def test_a_figure_that_fails_is_missing_and_the_others_are_not(ladder: Ladder, only: Callable[..., None]) -> None:
    only(_figure("before", _risks), _figure("fails", _fails), _figure("after", _risks))
    figures = snapshots.current(ladder.icb, NOW)
    assert figures.tables.keys() == {"before", "after"}
    assert [one.key for one in snapshots.missing(figures)] == ["fails"]


@pytest.mark.django_db
def test_they_are_made_ahead_above_providers_and_for_providers_who_look(
    ladder: Ladder, only: Callable[..., None]
) -> None:
    only(_figure("risks", _risks))
    above = {ladder.icb.pk, ladder.other_icb.pk, ladder.region.pk, ladder.national.pk}
    assert snapshots.make_ahead(NOW) == len(above)
    assert set(FigureSet.objects.values_list("organisation", flat=True)) == above
    assert snapshots.make_ahead(NOW + snapshots.RENEWED - timedelta(seconds=1)) == 0
    snapshots.current(ladder.provider, NOW)
    later = NOW + snapshots.RENEWED + A_MOMENT
    assert snapshots.make_ahead(later) == len(above) + 1
    assert {one.made_at >= later for one in FigureSet.objects.all()} == {True}
    assert snapshots.make_ahead(NOW + snapshots.LOOKED_LATELY + A_MOMENT) == len(above)


@pytest.mark.django_db
def test_one_body_that_fails_holds_no_other_up(
    ladder: Ladder, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = snapshots.make

    def fail_for_the_region(body: Organisation, now: Any) -> FigureSet:
        if body == ladder.region:
            raise ValueError
        return make(body, now)

    only(_figure("risks", _risks))
    monkeypatch.setattr(snapshots, "make", fail_for_the_region)
    assert snapshots.make_ahead(NOW) == 3
    assert not FigureSet.objects.filter(organisation=ladder.region).exists()


@pytest.mark.django_db
def test_celery_beat_makes_them(ladder: Ladder, only: Callable[..., None]) -> None:
    only(_figure("risks", _risks))
    tasks.make_figures()
    assert FigureSet.objects.filter(organisation=ladder.national).exists()
