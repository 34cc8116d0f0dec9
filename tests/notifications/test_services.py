"""Who is told what, once, and who is told instead where an organisation has nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accounts.models import Membership, Role
from notifications.digest import next_digest
from notifications.models import AT_ONCE, Kind, Notification
from notifications.services import mark_read, notify, notify_safety_leads
from tests.factories import NOW, MembershipFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


def tell(organisation: Organisation, *people: User, kind: Kind = Kind.STEP, key: str = "step:1") -> None:
    notify(
        organisation=organisation,
        recipients=people,
        kind=kind,
        message="PSR-000101: a step",
        reason="You own this risk",
        path="/risks/PSR-000101/",
        key=key,
        now=NOW,
        reference="PSR-000101",
    )


def tell_leads(organisation: Organisation, kind: Kind = Kind.ESCALATION_RAISED, **given: object) -> None:
    notify_safety_leads(
        organisation=organisation,
        kind=kind,
        message="PSR-000101: a step",
        path="/risks/PSR-000101/",
        key="step:1",
        now=NOW,
        reference="PSR-000101",
        **given,
    )


def told() -> set[User | str]:
    return {one.recipient or one.address for one in Notification.objects.select_related("recipient")}


def test_a_person_is_told_once_for_each_key_however_often_it_is_said(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider).user
    for _ in range(3):
        tell(ladder.provider, lead, lead)
    assert Notification.objects.count() == 1
    tell(ladder.provider, lead, key="step:2")
    assert Notification.objects.count() == 2


def test_one_who_works_for_both_sides_is_told_once_for_each(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider).user
    MembershipFactory(user=lead, organisation=ladder.icb)
    tell(ladder.provider, lead)
    tell(ladder.icb, lead)
    assert set(Notification.objects.values_list("organisation__name", flat=True)) == {
        "Test Royal Hospital",
        "Test Own ICB",
    }


def test_only_current_members_who_read_risks_are_told(ladder: Ladder) -> None:
    viewer = ladder.actor(ladder.provider, Role.VIEWER).user
    administrator = ladder.actor(ladder.provider, Role.ADMINISTRATOR).user
    gone = MembershipFactory(organisation=ladder.provider, ended_at=NOW).user
    closed = MembershipFactory(organisation=ladder.provider, user=UserFactory(is_active=False)).user
    stranger = ladder.actor(ladder.neighbour).user
    tell(ladder.provider, viewer, administrator, gone, closed, stranger)
    assert told() == {viewer}


@pytest.mark.parametrize("kind", list(Kind))
def test_what_cannot_wait_is_due_at_once_and_the_rest_in_the_morning(ladder: Ladder, kind: Kind) -> None:
    tell(ladder.provider, ladder.actor(ladder.provider).user, kind=kind)
    expected = NOW if kind in AT_ONCE else next_digest(NOW)
    assert Notification.objects.get().available_at == expected


def test_the_safety_leads_and_who_else_is_named_are_told_but_not_who_did_it(ladder: Ladder) -> None:
    lead, doer = ladder.actor(ladder.provider).user, ladder.actor(ladder.provider).user
    reporter = ladder.actor(ladder.provider, Role.REPORTER).user
    ladder.actor(ladder.provider, Role.VIEWER)
    tell_leads(ladder.provider, also=[reporter, None], but_not=doer)
    assert told() == {lead, reporter}


def test_a_body_whose_only_lead_did_it_needs_nobody_told_instead(ladder: Ladder) -> None:
    doer = ladder.actor(ladder.icb).user
    ladder.icb.duty_email = "duty@icb.example"
    ladder.icb.save()
    ladder.actor(ladder.region)
    tell_leads(ladder.icb, but_not=doer)
    assert told() == set()


def test_a_body_without_a_lead_has_its_duty_address_and_the_level_above_told(ladder: Ladder) -> None:
    ladder.icb.duty_email = "duty@icb.example"
    ladder.icb.save()
    above = ladder.actor(ladder.region).user
    ladder.actor(ladder.icb, Role.REPORTER)
    tell_leads(ladder.icb)
    assert told() == {"duty@icb.example", above}
    duty = Notification.objects.get(recipient=None)
    assert duty.message == "PSR-000101: a step"
    assert duty.reason == "Test Own ICB has no safety lead in the register"
    upper = Notification.objects.get(recipient=above)
    assert upper.message == "Test Own ICB was told something that cannot wait, and has no safety lead to see it"
    assert "PSR" not in upper.message + upper.reference + upper.path


def test_where_the_level_above_has_no_lead_either_the_next_one_is_told(ladder: Ladder) -> None:
    national = ladder.actor(ladder.national).user
    tell_leads(ladder.provider)
    assert told() == {national}
    assert Notification.objects.get().organisation == ladder.national


def test_where_nobody_is_there_at_all_nothing_breaks(ladder: Ladder) -> None:
    tell_leads(ladder.provider)
    assert told() == set()


def test_the_level_above_is_not_bothered_with_what_can_wait(ladder: Ladder) -> None:
    ladder.actor(ladder.region)
    ladder.icb.duty_email = "duty@icb.example"
    ladder.icb.save()
    tell_leads(ladder.icb, Kind.STEP)
    assert told() == {"duty@icb.example"}


def test_a_safety_lead_whose_account_is_closed_does_not_count(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.icb)
    lead.user.is_active = False
    lead.user.save()
    above = ladder.actor(ladder.region).user
    tell_leads(ladder.icb)
    assert told() == {above}


def test_reading_marks_ones_own_and_keeps_the_first_time(ladder: Ladder) -> None:
    reader, other = ladder.actor(ladder.provider), ladder.actor(ladder.provider)
    tell(ladder.provider, reader.user, other.user)
    tell(ladder.provider, reader.user, key="step:2")
    assert mark_read(by=reader, now=NOW, path="/risks/PSR-000101/") == 2
    assert mark_read(by=reader, now=NOW + timedelta(hours=1)) == 0
    assert Notification.objects.unread().get().recipient == other.user
    assert set(Notification.objects.filter(recipient=reader.user).values_list("read_at", flat=True)) == {NOW}


def test_nobody_reads_for_somebody_else(ladder: Ladder) -> None:
    reader, other = ladder.actor(ladder.provider), ladder.actor(ladder.provider)
    tell(ladder.provider, reader.user)
    assert mark_read(by=other, now=NOW, notification=Notification.objects.get()) == 0


def test_a_former_member_who_comes_back_reads_what_they_were_told(ladder: Ladder) -> None:
    actor = ladder.actor(ladder.provider)
    tell(ladder.provider, actor.user)
    Membership.objects.update(ended_at=NOW)
    again = MembershipFactory(user=actor.user, organisation=ladder.provider, role=Role.VIEWER)
    assert Notification.objects.visible_to(type(actor)(again)).exists()
