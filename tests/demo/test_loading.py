"""The demonstration, loaded: a register that keeps its promises and looks as if people had worked with it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Q

from accounts.actors import Actor
from accounts.models import Level, Membership, Organisation, Role, User
from accounts.services import sign_in
from accounts.services_ods import load_organisations
from deadlines.models import ESCALATION_KINDS, Deadline, Kind
from demo.loading import load
from demo.sign_ins import PASSWORD, main_sign_ins
from demo.stories import read_people, read_risks
from escalations.models import Escalation, Feedback, FeedbackReceipt
from escalations.models import Status as Hop
from notifications.models import AT_ONCE, Notification
from overview import health, invariants, news, owed
from risks import indexing, pairs
from risks.models import (
    Action,
    Comment,
    Introduction,
    IntroductionStatus,
    Involvement,
    LinkKind,
    LinkStatus,
    Position,
    Risk,
    RiskLink,
    Score,
    ScoreKind,
    Status,
)
from safetyreg.audit.models import AuditEvent
from tests.demo.owing import meant_late
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
STORIES = read_risks()
BELONGING_KINDS = (Kind.POSITION, Kind.LINK, Kind.INTRODUCE)


@pytest.fixture(scope="module", autouse=True)
def _demonstration(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Loaded once for all of these tests, each of which undoes what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_organisations(now=NOW)
        load(now=NOW)
        yield
        transaction.set_rollback(True)


def main(name: str) -> Actor:
    return Actor(Membership.objects.get(user__email=f"{name}@demo.example"))


def late(now_of: QuerySet[Deadline]) -> QuerySet[Deadline]:
    return now_of.live().filter(paused_at=None, due_at__lte=NOW)


def test_the_register_keeps_its_promises() -> None:
    assert invariants.check(NOW) == []


def test_every_risk_and_everybody_of_the_content_is_there() -> None:
    assert Risk.objects.count() == len(STORIES)
    assert set(User.objects.filter(is_system=False).values_list("email", flat=True)) == {
        person.email for person in read_people()
    }
    assert Escalation.objects.filter(previous=None, bypasses=None).count() == sum(len(said.chains) for said in STORIES)
    assert Action.objects.count() == sum(len(said.actions) for said in STORIES)
    assert Risk.objects.filter(status=Status.CLOSED).count() == sum(said.closed is not None for said in STORIES)


def test_an_escalation_stands_at_every_stage() -> None:
    assert set(Escalation.objects.values_list("status", flat=True)) == set(Hop.values)
    assert set(Escalation.objects.values_list("to_organisation__level", flat=True)) == set(Level.values) - {"PROVIDER"}


def test_just_the_clocks_meant_to_be_over_are_over() -> None:
    meant = Counter(kind for said in STORIES for chain in said.chains for kind in chain.overdue)
    meant += Counter(meant_late(STORIES))
    between = Deadline.objects.filter(kind__in=[*ESCALATION_KINDS, *BELONGING_KINDS])
    assert Counter(late(between).values_list("kind", flat=True)) == meant


@pytest.mark.parametrize("kind", ["POSITION", "LINK", "INTRODUCE"])
def test_what_relations_make_organisations_owe_stands_at_every_stage(kind: str) -> None:
    owed_now = Deadline.objects.filter(kind=kind)
    assert owed_now.filter(met_at__isnull=False, breached_at=None).exists()
    assert late(owed_now).filter(asked_at__isnull=False).exists()
    assert owed_now.live().filter(due_at__gt=NOW).exists()


def test_what_is_late_was_swept_at_the_moment_it_became_so() -> None:
    swept = late(Deadline.objects.all())
    assert swept.count() > 10
    assert list(swept.exclude(breached_at=F("due_at"))) == []
    assert list(swept.filter(warned_at__gte=F("due_at"))) == []
    assert swept.filter(asked_at__isnull=False).exists()
    assert list(Deadline.objects.to_sweep(NOW)) == []


def test_nothing_is_of_the_future_or_from_before_people_joined() -> None:
    long_ago = Membership.objects.earliest("started_at").started_at
    assert list(AuditEvent.objects.filter(Q(at__gt=NOW) | Q(at__lt=long_ago))) == []


def test_every_risk_can_be_told_from_a_real_one() -> None:
    assert set(Risk.objects.values_list("external_reference", flat=True)) == {f"DEMO-{said.key}" for said in STORIES}
    assert list(User.objects.filter(is_system=False).exclude(email__endswith="@demo.example")) == []


def risk_of(key: str) -> Risk:
    return Risk.objects.get(external_reference=f"DEMO-{key}")


def test_the_providers_safety_lead_finds_an_open_question_and_links_that_wait() -> None:
    provider = main("provider")
    open_questions = Involvement.objects.visible_to(provider).unanswered().filter(organisation=provider.organisation)
    assert {question.risk.organisation.ods_code for question in open_questions} == {"RAT", "QMF"}
    links = RiskLink.objects.visible_to(provider).filter(status=LinkStatus.PROPOSED)
    waiting = [link for link in links if provider.organisation_id in link.awaited]
    assert {link.proposed_by.ods_code for link in waiting} == {"RWK", "QMF"}
    others = {link.proposed_by.ods_code: link.other_than(link.side_of(provider.organisation)) for link in waiting}
    assert others["QMF"].organisation.ods_code == "RAT"
    assert not Risk.objects.visible_to(provider).filter(pk__in=[other.pk for other in others.values()]).exists()


def test_the_providers_safety_lead_finds_links_that_stand_and_the_system_risk_they_contribute_to() -> None:
    provider = main("provider")
    standing = RiskLink.objects.visible_to(provider).accepted().of_risk(risk_of("barts-weekly-trays"))
    assert set(standing.values_list("to_risk__organisation__ods_code", "kind")) >= {("QMF", LinkKind.CONTRIBUTES_TO)}
    assert set(standing.values_list("kind", flat=True)) == {"CONTRIBUTES_TO", "SAME_HAZARD", "RELATED"}
    assert Risk.objects.visible_to(provider).filter(pk=risk_of("nel-medicines-changed").pk).exists()


def test_the_icb_follows_a_question_to_all_of_its_providers() -> None:
    asked = Involvement.objects.visible_to(main("icb")).filter(risk=risk_of("nel-communication-needs"))
    assert asked.count() == Organisation.objects.open().filter(parent__ods_code="QMF").count()
    assert Counter(asked.values_list("position", flat=True)) == {"": 6, Position.NOT_AFFECTED: 3, Position.OWN_RISK: 2}
    assert late(Deadline.objects.filter(subject_id__in=asked.values("pk"))).count() == 1


def test_the_icb_has_likely_pairs_to_look_at_and_has_dismissed_two() -> None:
    waiting = pairs.to_look_at(main("icb"))
    found = {frozenset(pair) for pair in waiting.values_list("first__external_reference", "second__external_reference")}
    assert frozenset({"DEMO-ilford-infections-unheard-of", "DEMO-homerton-wounds-after-surgery-elsewhere"}) in found
    assert waiting.count() >= 5
    assert pairs.dismissed(main("icb")).count() == 2


def test_every_risk_has_been_compared_with_the_others() -> None:
    assert list(indexing.to_do()) == []


def test_the_icb_finds_a_request_to_be_introduced_and_what_became_of_others() -> None:
    requests = Introduction.objects.visible_to(main("icb"))
    assert set(requests.values_list("status", flat=True)) == set(IntroductionStatus.values)
    assert late(Deadline.objects.filter(subject_id__in=requests.values("pk"))).count() == 1


@pytest.mark.parametrize("name", ["region", "national"])
def test_a_body_above_gathers_what_contributes_to_its_own_system_risk(name: str) -> None:
    own = Risk.objects.get(organisation=main(name).organisation)
    into = RiskLink.objects.visible_to(main(name)).accepted().filter(to_risk=own, kind=LinkKind.CONTRIBUTES_TO)
    assert {link.from_risk.organisation.level for link in into} >= {Level.ICB if name == "region" else Level.REGION}
    assert late(Deadline.objects.owed_to(own.organisation)).exists() or name == "national"


def test_a_wards_risk_contributes_all_the_way_up_to_england() -> None:
    found, ways = set(), RiskLink.objects.accepted().filter(kind=LinkKind.CONTRIBUTES_TO)
    reached = {risk_of("barts-weekly-trays").pk}
    while reached - found:
        found |= reached
        reached = set(ways.filter(from_risk__in=found).values_list("to_risk", flat=True))
    levels = Risk.objects.filter(pk__in=found).values_list("organisation__level", flat=True)
    assert set(levels) == set(Level.values)


def test_reporters_log_and_safety_leads_own() -> None:
    at_barts = Risk.objects.filter(organisation__ods_code="R1H")
    assert set(at_barts.values_list("logged_by__email", flat=True)) == {"nurse@demo.example"}
    logged = at_barts.exclude(status=Status.DRAFT)
    owners = {"provider@demo.example", "farah.lindqvist@demo.example"}
    assert set(logged.values_list("owner__email", flat=True)) == owners
    assert at_barts.get(status=Status.DRAFT).owner == main("nurse").user


def test_why_a_score_was_given_is_told() -> None:
    said = next(said for said in STORIES if said.key == "barts-weekly-trays")
    risk = Risk.objects.get(external_reference="DEMO-barts-weekly-trays")
    assert Comment.objects.filter(risk=risk, text=f"Why 4 x 4 to begin with: {said.initial.why}").exists()
    rationales = dict(Score.objects.filter(risk=risk).values_list("kind", "rationale"))
    assert (rationales[ScoreKind.TARGET], rationales[ScoreKind.CURRENT]) == (said.target.why, said.current.why)


def test_the_handler_does_what_the_body_asked_does() -> None:
    accepted = Escalation.objects.filter(to_organisation__ods_code="QMF", steps__verb="ACCEPT")
    assert accepted.exclude(handler=main("icb").user).exists()
    assert list(accepted.exclude(steps__verb="ACCEPT", steps__by=F("handler"))) == []


def test_an_answer_is_passed_on_and_was_read() -> None:
    passed = Feedback.objects.filter(passed_on_from__isnull=False)
    assert passed.filter(escalation__to_organisation__level=Level.ICB).exists()
    assert list(passed.exclude(passed_on_from__escalation__to_organisation__level__in=["REGION", "NATIONAL"])) == []
    assert FeedbackReceipt.objects.filter(organisation__ods_code="R1H").exists()


def test_the_bodies_above_providers_can_be_reached() -> None:
    asked = Organisation.objects.filter(pk__in=Escalation.objects.values("to_organisation"))
    assert list(asked.exclude(duty_phone__startswith="01632 960", duty_email__endswith="@demo.example")) == []


def test_the_outbox_holds_a_handful_and_is_not_behind() -> None:
    waiting = Notification.objects.due(NOW)
    assert 0 < waiting.count() < 15
    assert set(waiting.values_list("kind", flat=True)) <= AT_ONCE
    assert set(health.look(NOW).values()) == {health.WELL}


@pytest.mark.parametrize("name", ["nurse", "provider", "icb", "region", "national"])
def test_the_main_sign_ins_have_something_unread_and_something_owed(name: str) -> None:
    actor = main(name)
    unread = Notification.objects.visible_to(actor).unread()
    assert 0 < unread.count() < 15
    assert list(unread.filter(created_at__lt=NOW - timedelta(days=10))) == []
    assert len(news.since_last_look(actor).items) < 15
    assert owed.by_us(actor, NOW).total > 0


@pytest.mark.parametrize("name", ["icb", "region", "national"])
def test_there_is_news_above_providers(name: str) -> None:
    assert news.since_last_look(main(name)).items != []


def test_everybody_signs_in_with_the_one_password() -> None:
    assert len(main_sign_ins()) == 6
    for one in main_sign_ins():
        assert sign_in(email=one.user.email, password=PASSWORD, place="127.0.0.1", now=NOW) == one.user
    assert len(set(User.objects.filter(is_system=False).values_list("password", flat=True))) == 1


def test_that_people_joined_is_on_record() -> None:
    joined = AuditEvent.objects.filter(verb="join", subject_type="accounts.membership")
    assert joined.count() == Membership.objects.people().count()
    assert "Grace Okonjo joined Barts Health NHS Trust as reporter, for the demonstration" in set(
        joined.values_list("summary", flat=True)
    )


def test_a_second_run_changes_nothing_and_says_so(settings: object, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SAFETYREG_DEMO = True
    before = everything()
    call_command("load_demo")
    assert "already" in capsys.readouterr().out
    assert everything() == before


def test_a_second_run_leaves_what_people_have_done_since(settings: object) -> None:
    settings.SAFETYREG_DEMO = True
    Membership.objects.filter(user__email="nurse@demo.example").update(role=Role.VIEWER)
    Risk.objects.update(external_reference="")
    before = everything()
    call_command("load_demo")
    assert everything() == before


def everything() -> list[int]:
    return [model.objects.count() for model in (User, Membership, Risk, Escalation, Deadline, Notification, AuditEvent)]
