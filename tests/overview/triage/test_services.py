"""Doing one thing to one or to several: each by itself, and whoever was slower is told who did what."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from deadlines.models import Kind as Owed
from escalations.models import Feedback, Status
from overview.triage import services
from overview.triage.alike import of_the_same_hazard, offered_besides
from overview.triage.doings import BY_NAME, possible
from overview.triage.entries import by_keys
from overview.triage.models import PutAway
from risks import services as risks
from risks.models import PairDismissal, RiskLink
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import ConfirmationNeeded
from tests.escalations.stage import fresh, owed_kinds
from tests.factories import NOW
from tests.ladder import Ladder
from tests.overview.triage.waiting import LATER, Waiting, do, everything, key_of, keys, listed
from tests.risks.belonging import BORN, propose


@pytest.fixture
def waiting(ladder: Ladder) -> Waiting:
    return everything(ladder)


def hop(waiting: Waiting) -> str:
    return f"escalation-{waiting.escalation.pk}"


def test_what_is_decided_leaves_the_list_or_waits_for_what_comes_next(waiting: Waiting) -> None:
    assert do(waiting, "accept", hop(waiting), plan="We will meet") == [""]
    assert fresh(waiting.escalation).status == Status.ACCEPTED
    assert hop(waiting) in keys(waiting.icb, LATER)
    assert do(waiting, "answer", hop(waiting), outcome="ADVICE", text="Send letters unsigned") == [""]
    assert hop(waiting) not in keys(waiting.icb, LATER)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("not-affected", {"words": "We send no letters"}),
        ("accept-link", {}),
        ("decline-link", {"why": "They differ"}),
        ("dismiss", {"reason": "They only sound alike"}),
        ("link-pair", {"kind": "RELATED", "turned": False, "reason": "Both wait"}),
        ("put-away", {}),
    ],
)
def test_each_kind_can_be_decided_where_it_stands(waiting: Waiting, name: str, given: dict[str, object]) -> None:
    entry = next(entry for entry in listed(waiting.icb, LATER) if BY_NAME[name] in possible(waiting.icb, entry))
    assert do(waiting, name, entry.key, **given) == [""]
    assert entry.key not in keys(waiting.icb, LATER)


def test_an_introduction_is_declined_where_it_stands(ladder: Ladder) -> None:
    waiting = everything(ladder, meeting=True)
    assert waiting.introduction
    key = f"introduction-{waiting.introduction.pk}"
    assert do(waiting, "decline-introduction", key, why="Nobody else") == [""]
    assert key not in keys(waiting.icb, LATER)


def test_a_question_is_answered_with_a_risk_of_ours(waiting: Waiting) -> None:
    key = f"position-{waiting.question.pk}"
    assert do(waiting, "own-risk", key, own_risk=waiting.system.reference, kind="CONTRIBUTES_TO") == [""]
    assert key not in keys(waiting.icb, LATER)


def test_gathering_a_new_risk_has_looked_at_it(waiting: Waiting) -> None:
    new = next(entry for entry in listed(waiting.icb, LATER, kind=["NEW"]) if entry.title == "One side")
    assert do(waiting, "gather", new.key, system_risk=waiting.system, reason="All wait for letters") == [""]
    assert RiskLink.objects.filter(from_risk=new.subject, to_risk=waiting.system).exists()
    assert new.key not in keys(waiting.icb, LATER)
    assert PutAway.objects.get().by == waiting.icb.user


def test_several_are_done_and_each_leaves_its_own_record(waiting: Waiting) -> None:
    other = waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    both = (hop(waiting), f"escalation-{other.pk}")
    assert do(waiting, "acknowledge", *both, handler=waiting.colleague.user) == ["", ""]
    for escalation in (waiting.escalation, other):
        assert fresh(escalation).handler == waiting.colleague.user
        assert owed_kinds(escalation) == {Owed.DECIDE}
        done = AuditEvent.objects.filter(verb="acknowledge", reference=escalation.risk.reference)
        assert done.get().by == waiting.icb.user


def test_one_answer_goes_to_several_of_the_same_hazard(waiting: Waiting) -> None:
    neighbour = waiting.stage.lead(waiting.stage.ladder.neighbour)
    like = waiting.stage.ladder.risk(neighbour, title="Also here", involved=[waiting.stage.ladder.provider])
    other = waiting.stage.raised(like)
    unlike = waiting.stage.raised(waiting.stage.ladder.risk(neighbour, title="Something else"))
    link = propose(like, waiting.escalation.risk, waiting.icb, kind="SAME_HAZARD")
    for by in (neighbour, waiting.provider):
        risks.accept_link(link=link, by=by, now=NOW)
    (entry,) = by_keys([hop(waiting)], waiting.icb, LATER)
    assert of_the_same_hazard(entry, waiting.icb) == [other]
    assert [one.key for one in offered_besides(BY_NAME["accept"], entry, waiting.icb, LATER)] == [key_of(other)]
    assert offered_besides(BY_NAME["update"], entry, waiting.icb, LATER) == []
    waiting.stage.do("accept", other)
    assert offered_besides(BY_NAME["accept"], entry, waiting.icb, LATER) == []
    both = (hop(waiting), f"escalation-{other.pk}")
    assert do(waiting, "answer", *both, outcome="ADVICE", text="Send letters unsigned") == ["", ""]
    assert Feedback.objects.filter(text="Send letters unsigned").count() == 2
    assert fresh(unlike).status == Status.RAISED


def test_what_a_colleague_took_is_left_and_the_others_are_done(waiting: Waiting) -> None:
    other = waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    both = (hop(waiting), f"escalation-{other.pk}")
    read = {entry.key: entry.state for entry in by_keys(both, waiting.icb, LATER)}
    waiting.stage.do("acknowledge", waiting.escalation, by=waiting.colleague)
    taken, done = do(waiting, "name-handler", *both, seen=read, handler=waiting.icb.user)
    assert taken.startswith("Grace Colleague of Test Own ICB acknowledged it on ")
    assert "Handled by Grace Colleague" in taken
    assert done == ""
    assert fresh(waiting.escalation).handler == waiting.colleague.user
    assert fresh(other).handler == waiting.icb.user


@pytest.mark.parametrize(("what", "name"), [("link", "linked the two"), ("dismiss", "do not belong together")])
def test_a_pair_that_a_colleague_dealt_with_says_so(waiting: Waiting, what: str, name: str) -> None:
    one, other = waiting.pair
    (pair,) = [entry for entry in listed(waiting.icb, LATER) if entry.kind == "PAIR"]
    if what == "link":
        risks.propose_link(risk=one, to=other.reference, kind="RELATED", reason="So", by=waiting.colleague, now=NOW)
    else:
        risks.dismiss_pair(risk=one, other=other, by=waiting.colleague, now=NOW)
    asked = {"kind": "RELATED", "turned": False, "reason": "Both wait"}
    (why,) = do(waiting, "link-pair", pair.key, seen={pair.key: pair.state}, **asked)
    assert why.startswith("Grace Colleague")
    assert name in why
    assert RiskLink.objects.filter(reason="Both wait").count() == 0


def test_what_a_colleague_put_away_says_who_did(waiting: Waiting) -> None:
    new = next(entry for entry in listed(waiting.icb, LATER) if entry.kind == "NEW")
    services.do_each(doing=BY_NAME["put-away"], seen={new.key: new.state}, given={}, by=waiting.colleague, now=LATER)
    (why,) = do(waiting, "put-away", new.key, seen={new.key: new.state})
    assert why.startswith("Grace Colleague put this away on ")


def test_wrong_words_are_wrong_for_all_and_nothing_is_done(waiting: Waiting) -> None:
    other = waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    both = (hop(waiting), f"escalation-{other.pk}")
    with pytest.raises(ValidationError):
        do(waiting, "answer", *both, outcome="ADVICE", text=" ")
    with pytest.raises(ConfirmationNeeded):
        do(waiting, "answer", *both, outcome="ADVICE", text=BORN)
    assert {fresh(waiting.escalation).status, fresh(other).status} == {Status.RAISED}


def test_what_is_not_seen_and_what_does_not_exist_are_answered_alike(waiting: Waiting, ladder: Ladder) -> None:
    elsewhere = ladder.risk(waiting.provider, reach="1", title="Local")
    hidden, missing = f"new-{elsewhere.pk}", "new-00000000-0000-4000-8000-000000000000"
    assert do(waiting, "put-away", hidden, missing, "new-nonsense", "nothing") == [services.NOT_SEEN] * 4


def test_nobody_else_triages(waiting: Waiting, ladder: Ladder) -> None:
    for by in (ladder.actor(ladder.icb, Role.VIEWER), ladder.actor(ladder.icb, Role.REPORTER), waiting.provider):
        with pytest.raises(PermissionDenied):
            services.do_each(doing=BY_NAME["put-away"], seen={}, given={}, by=by, now=LATER)
        assert not possible(by, listed(waiting.icb)[0])


def test_the_other_side_of_an_escalation_cannot_do_what_is_ours(waiting: Waiting, ladder: Ladder) -> None:
    second = waiting.stage.do("escalate_on", waiting.escalation)
    assert do(waiting, "answer", f"escalation-{second.pk}", outcome="ADVICE", text="Ours") == [services.NOT_YOURS]


def test_dismissed_pairs_are_remembered(waiting: Waiting) -> None:
    (pair,) = [entry for entry in listed(waiting.icb, LATER) if entry.kind == "PAIR"]
    do(waiting, "dismiss", pair.key, reason="Unlike")
    assert PairDismissal.objects.get().reason == "Unlike"
