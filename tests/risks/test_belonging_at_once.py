"""Two people relating risks at once, each in a transaction of their own: nothing is lost, doubled or half done."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from deadlines.models import Deadline, Kind
from overview import invariants
from risks import lifecycle
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Basis, Introduction, Involvement, LinkStatus, RiskLink
from risks.services.linking import NO_SUCH_RISK
from safetyreg.errors import DomainError
from tests import ladder as ladder_module
from tests.factories import NOW
from tests.ladder import FIELDS
from tests.risks.belonging import ask_introduction, hold_the_like, involve, linked, propose, sees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from risks.models import Risk
    from tests.ladder import Ladder

    Doing = Callable[[], Any]

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (DomainError, PermissionDenied, ValidationError)


@pytest.fixture
def ladder() -> Iterator[Ladder]:
    """Whatever is done at once, at the end the register keeps its promises."""
    yield ladder_module.build()
    assert invariants.check(NOW) == []


def at_once(held: Risk, *doings: Doing) -> list[Any]:
    """Start all of them while a risk is locked and let go once each waits: what each gave, or why it was refused."""

    def do(doing: Doing) -> Any:
        try:
            return doing()
        except REFUSED as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        with transaction.atomic():
            lifecycle.lock(held)
            started = [pool.submit(do, doing) for doing in doings]
            wait_for_waiting(len(doings))
        return [one.result(timeout=30) for one in started]


def wait_for_waiting(count: int) -> None:
    """Until that many transactions of this database wait for a lock."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees what it saw first
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
    pytest.fail("They never came to wait for the lock")


def refusals(results: list[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, REFUSED)]


def pair(ladder: Ladder) -> tuple[Risk, Risk]:
    return ladder.risk(ladder.actor(ladder.provider)), ladder.risk(ladder.actor(ladder.neighbour))


def both_owners_see(ladder: Ladder, risk: Risk, other: Risk) -> bool:
    return Basis.LINK in sees(ladder.neighbour, risk) and Basis.LINK in sees(ladder.provider, other)


def test_both_owners_accept_at_the_same_moment(ladder: Ladder) -> None:
    risk, other = pair(ladder)
    link = propose(risk, other, ladder.actor(ladder.icb))
    leads = [ladder.actor(ladder.provider), ladder.actor(ladder.neighbour)]
    results = at_once(risk, *(lambda by=by: risks.accept_link(link=link, by=by, now=NOW) for by in leads))
    assert refusals(results) == []
    link.refresh_from_db()
    assert link.is_accepted
    assert both_owners_see(ladder, risk, other)


def test_an_acceptance_crosses_a_withdrawal(ladder: Ladder) -> None:
    """Accepted and then withdrawn, or withdrawn and not accepted any more: it never stands in the end."""
    risk, _other = pair(ladder)
    icb = ladder.actor(ladder.icb)
    own = ladder.risk(icb)
    (link,) = risks.gather(risk=own, contributors=[risk.reference], reason="One problem", by=icb, now=NOW)
    lead = ladder.actor(ladder.provider)
    results = at_once(
        risk,
        lambda: risks.accept_link(link=link, by=lead, now=NOW),
        lambda: risks.withdraw_link(link=link, why="A mistake", by=icb, now=NOW),
    )
    assert [str(refusal) for refusal in refusals(results)] in ([], ["This link was withdrawn on 3 November 2026"])
    link.refresh_from_db()
    assert link.status == LinkStatus.WITHDRAWN
    assert sees(ladder.provider, own) == []


@pytest.mark.parametrize("as_owners", [True, False], ids=["by the two owners", "by two people of the ICB"])
def test_one_pair_is_proposed_in_both_directions(ladder: Ladder, as_owners: bool) -> None:
    risk, other = pair(ladder)
    icb = ladder.actor(ladder.icb)
    involve(risk, ladder.actor(ladder.provider), ladder.neighbour)
    involve(other, ladder.actor(ladder.neighbour), ladder.provider)
    one = ladder.actor(ladder.provider) if as_owners else icb
    two = ladder.actor(ladder.neighbour if as_owners else ladder.icb)
    results = at_once(risk, lambda: propose(risk, other, one), lambda: propose(other, risk, two))
    (refusal,) = refusals(results)
    assert isinstance(refusal, ValidationError)
    assert refusal.message_dict == {"to": [NO_SUCH_RISK]}
    assert RiskLink.objects.count() == 1


def test_two_answers_to_one_question(ladder: Ladder) -> None:
    risk, own = pair(ladder)
    (asked,) = involve(risk, ladder.actor(ladder.provider), ladder.neighbour)
    first, second = ladder.actor(ladder.neighbour), ladder.actor(ladder.neighbour)
    results = at_once(
        risk,
        lambda: risks.answer_not_affected(involvement=asked, words="Not here", by=first, now=NOW),
        lambda: risks.answer_with_own_risk(involvement=asked, own_risk=own.reference, by=second, now=NOW),
    )
    (refusal,) = refusals(results)
    assert isinstance(refusal, WrongStatus)
    assert refusal.message in [f"This was answered by {by.user.name} on 3 November 2026" for by in (first, second)]
    answered = Involvement.objects.get()
    assert RiskLink.objects.exists() == (not answered.is_not_affected)


def test_of_two_who_log_a_risk_of_their_own_as_the_answer_one_does(ladder: Ladder) -> None:
    risk = ladder.risk(ladder.actor(ladder.provider))
    (asked,) = involve(risk, ladder.actor(ladder.provider), ladder.neighbour)
    people = [ladder.actor(ladder.neighbour) for _ in range(2)]
    results = at_once(
        risk, *(lambda by=by: risks.log_own_risk(involvement=asked, fields=FIELDS, by=by, now=NOW) for by in people)
    )
    assert len(refusals(results)) == 1
    assert ladder.neighbour.risks.count() == 1


def test_an_answer_crosses_being_taken_off(ladder: Ladder) -> None:
    risk, own = pair(ladder)
    lead = ladder.actor(ladder.provider)
    (asked,) = involve(risk, lead, ladder.neighbour)
    theirs = ladder.actor(ladder.neighbour)
    results = at_once(
        risk,
        lambda: risks.answer_with_own_risk(involvement=asked, own_risk=own.reference, by=theirs, now=NOW),
        lambda: risks.stop_involving(involvement=Involvement.objects.get(pk=asked.pk), by=lead, now=NOW),
    )
    assert [str(refusal) for refusal in refusals(results)] in (
        [],
        [f"{ladder.neighbour.name} is no longer named on this risk"],
    )
    assert not Involvement.objects.exists()
    assert Basis.INVOLVEMENT not in sees(ladder.neighbour, risk)
    assert RiskLink.objects.exists() == (not refusals(results))


def test_a_risk_changes_hands_while_a_link_of_it_is_accepted(ladder: Ladder) -> None:
    risk, other = pair(ladder)
    far = ladder_module.OrganisationFactory(parent=ladder.icb)
    lead, taker, theirs = ladder.actor(ladder.provider), ladder.actor(far), ladder.actor(ladder.neighbour)
    involve(other, theirs, ladder.provider)
    link = propose(risk, other, lead)
    transfer = risks.propose_transfer(risk=risk, to=far, reason="Theirs", by=lead, now=NOW)
    results = at_once(
        risk,
        lambda: risks.accept_transfer(transfer=transfer, owner=taker.user, by=taker, now=NOW),
        lambda: risks.accept_link(link=link, by=theirs, now=NOW),
    )
    (refusal,) = refusals(results)  # whoever came second finds things changed, and says so
    risk.refresh_from_db()
    link.refresh_from_db()
    assert refusal.message in (  # type: ignore[attr-defined]
        "This link was withdrawn on 3 November 2026",
        f"The links of {risk.reference} changed just now. Try again",
    )
    if link.is_accepted:  # trying again does it
        risks.accept_transfer(transfer=transfer, owner=taker.user, by=taker, now=NOW)
        assert sees(far, other) == [Basis.LINK]
    assert Basis.LINK not in sees(ladder.provider, other)


def test_overlapping_sets_are_gathered_in_opposite_order(ladder: Ladder) -> None:
    """Locks are taken in one order, so neither waits for the other for ever."""
    theirs = [*pair(ladder), *pair(ladder)]
    icb, colleague = ladder.actor(ladder.icb), ladder.actor(ladder.icb)
    systems = [ladder.risk(icb), ladder.risk(icb)]
    references = [one.reference for one in theirs]

    def gather(system: Risk, said: list[str], by: Any) -> list[RiskLink]:
        return risks.gather(risk=system, contributors=said, reason="One problem", by=by, now=NOW)

    for held in theirs:
        results = at_once(
            held,
            lambda: gather(systems[0], references, icb),
            lambda: gather(systems[1], references[::-1], colleague),
        )
        assert refusals(results) == []
        for made in results:
            for link in made:
                risks.withdraw_link(link=link, why="Once more", by=icb, now=NOW)


def test_one_set_is_gathered_twice_under_one_system_risk(ladder: Ladder) -> None:
    theirs = pair(ladder)
    icb, colleague = ladder.actor(ladder.icb), ladder.actor(ladder.icb)
    system = ladder.risk(icb)
    said = [one.reference for one in theirs]
    results = at_once(
        system,
        lambda: risks.gather(risk=system, contributors=said, reason="One problem", by=icb, now=NOW),
        lambda: risks.gather(risk=system, contributors=said[::-1], reason="One problem", by=colleague, now=NOW),
    )
    (refusal,) = refusals(results)
    assert refusal.message_dict == {"contributors": [NO_SUCH_RISK]}  # type: ignore[attr-defined]
    assert RiskLink.objects.count() == 2


def test_a_risk_is_logged_while_whom_it_names_is_taken_off(ladder: Ladder) -> None:
    """The draft is saved without the neighbour while a colleague logs it as it was."""
    lead, colleague = ladder.actor(ladder.provider), ladder.actor(ladder.provider)
    fields = {**FIELDS, "involved": [ladder.neighbour]}
    draft = risks.save_draft(fields=fields, by=lead, now=NOW)
    results = at_once(
        draft,
        lambda: risks.log_risk(draft=draft, fields={}, by=lead, now=NOW),
        lambda: risks.save_draft(draft=draft, fields={"involved": [], "title": "Fewer"}, by=colleague, now=NOW),
    )
    draft.refresh_from_db()
    assert draft.is_open
    named = draft.involvements.exists()
    assert len(refusals(results)) == named  # logged first: the draft is one no more
    assert sees(ladder.neighbour, draft) == ([Basis.INVOLVEMENT] if named else [])
    assert Deadline.objects.live().filter(kind=Kind.POSITION).exists() == named


def test_a_risk_is_not_linked_with_one_that_closes_at_the_same_moment(ladder: Ladder) -> None:
    risk, other = pair(ladder)
    icb, theirs = ladder.actor(ladder.icb), ladder.actor(ladder.neighbour)
    results = at_once(
        other,
        lambda: propose(risk, other, icb),
        lambda: risks.close_risk(risk=other, closure_reason="CONTROLLED", words="", by=theirs, now=NOW),
    )
    other.refresh_from_db()
    assert len(refusals(results)) == 1
    assert other.is_closed != RiskLink.objects.exists()


def test_two_people_ask_to_be_introduced(ladder: Ladder) -> None:
    risk, _other = pair(ladder)
    hold_the_like(risk)
    people = [ladder.actor(ladder.provider) for _ in range(2)]
    results = at_once(risk, *(lambda by=by: ask_introduction(risk, by) for by in people))
    assert "was asked on" in str(refusals(results)[0])
    assert Introduction.objects.count() == 1


def _and_close(doing: Doing) -> Any:
    try:
        return doing()
    finally:
        connection.close()


def test_two_people_dismiss_one_pair(ladder: Ladder) -> None:
    """Neither waits and neither is refused: it is remembered once."""
    risk, other = pair(ladder)
    people = [ladder.actor(ladder.icb) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        pairs = ((risk, other), (other, risk))
        found = [
            pool.submit(
                _and_close, lambda by=by, one=one, two=two: risks.dismiss_pair(risk=one, other=two, by=by, now=NOW)
            )
            for by, (one, two) in zip(people, pairs, strict=True)
        ]
        assert len({dismissal.result(timeout=30).pk for dismissal in found}) == 1


def test_a_link_is_withdrawn_by_both_sides_at_once(ladder: Ladder) -> None:
    risk, other = pair(ladder)
    link = linked(ladder, risk, other)
    leads = [ladder.actor(ladder.provider), ladder.actor(ladder.neighbour)]
    results = at_once(
        risk, *(lambda by=by: risks.withdraw_link(link=link, why="It ended", by=by, now=NOW) for by in leads)
    )
    (refusal,) = refusals(results)
    assert str(refusal) == "This link was withdrawn on 3 November 2026"
    assert sees(ladder.neighbour, risk) == sees(ladder.provider, other) == []
