"""Sending what is in the outbox: at least once, under one name, never to somebody who is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.management import call_command

from accounts import services as accounts
from accounts.models import Membership, Role
from notifications import delivery
from notifications.models import Kind, Notification
from notifications.services import notify_safety_leads
from tests.factories import NOW, MembershipFactory, UserFactory
from tests.notifications.posting import MORNING, tell

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, email="lead@trust.example")


def test_what_cannot_wait_goes_at_once_and_each_by_itself(lead: Actor) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    tell(lead, 102, kind=Kind.GIVEN_TO_YOU)
    sent = delivery.send(now=NOW)
    assert (sent.sent, sent.failed) == (2, 0)
    subjects = {email.subject for email in mail.outbox}
    assert subjects == {"PSR-000101: Overdue", "PSR-000102: Given to you"}
    email = next(email for email in mail.outbox if "101" in email.subject)
    assert email.to == ["lead@trust.example"]
    assert email.body == (
        "For your work at Test Royal Hospital.\n\n"
        "PSR-000101: something happened\n"
        "http://127.0.0.1:8000/risks/PSR-000101/\n"
        "Why you were told: You own this risk.\n\n"
        "You need to sign in to read more."
    )
    assert email.extra_headers["Auto-Submitted"] == "auto-generated"
    assert set(Notification.objects.values_list("sent_at", flat=True)) == {NOW}


def test_it_goes_once(lead: Actor) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    for _ in range(3):
        delivery.send(now=NOW)
    assert len(mail.outbox) == 1


def test_the_rest_waits_for_the_morning_and_comes_in_one(lead: Actor) -> None:
    for number in (103, 101, 102):
        tell(lead, number, now=NOW + timedelta(minutes=number))
    delivery.send(now=MORNING - timedelta(seconds=1))
    assert mail.outbox == []
    delivery.send(now=MORNING)
    (email,) = mail.outbox
    assert email.subject == "Patient safety risks: 3 things you were told"
    assert [line for line in email.body.split("\n") if line.startswith("PSR")] == [
        "PSR-000101: something happened",
        "PSR-000102: something happened",
        "PSR-000103: something happened",
    ]


def test_a_digest_is_for_one_reader_at_one_organisation(lead: Actor, ladder: Ladder) -> None:
    there = MembershipFactory(user=lead.user, organisation=ladder.icb)
    tell(lead, 101)
    tell(type(lead)(there), 102)
    tell(ladder.actor(ladder.provider), 103)
    delivery.send(now=MORNING)
    assert len(mail.outbox) == 3
    mine = [email for email in mail.outbox if email.to == ["lead@trust.example"]]
    assert {email.body.split("\n")[0] for email in mine} == {
        "For your work at Test Royal Hospital.",
        "For your work at Test Own ICB.",
    }


def test_a_digest_is_never_split_however_small_the_batch(lead: Actor, ladder: Ladder) -> None:
    other = ladder.actor(ladder.provider)
    for number in range(101, 111):
        tell(lead, number)
        tell(other, number + 100)
    sent = delivery.send(now=MORNING, batch=3)
    assert sent.sent == 2
    assert all("10 things" in email.subject for email in mail.outbox)


def test_the_digests_of_two_days_that_could_not_go_are_two(lead: Actor) -> None:
    tell(lead, 101)
    tell(lead, 102, now=NOW + timedelta(days=1))
    delivery.send(now=MORNING + timedelta(days=3))
    assert [email.subject for email in mail.outbox] == ["Patient safety risks: 1 thing you were told"] * 2


def test_what_was_due_to_somebody_who_has_left_is_not_sent(lead: Actor, ladder: Ladder) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    tell(lead, 102)
    administrator = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    accounts.end_membership(membership=lead.membership, by=administrator, now=NOW)
    delivery.send(now=MORNING)
    assert mail.outbox == []
    assert Notification.objects.filter(dead_at=MORNING).count() == 2


@pytest.mark.parametrize("change", [{"role": Role.ADMINISTRATOR}, {"ended_at": NOW}])
def test_nor_to_somebody_who_no_longer_reads_risks(lead: Actor, change: dict[str, object]) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    Membership.objects.filter(pk=lead.membership.pk).update(**change)
    delivery.send(now=NOW)
    assert mail.outbox == []


def test_nor_to_a_closed_account(lead: Actor) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    lead.user.is_active = False
    lead.user.save()
    delivery.send(now=NOW)
    assert mail.outbox == []


def test_a_leaver_who_works_elsewhere_is_told_about_that_alone(lead: Actor, ladder: Ladder) -> None:
    there = type(lead)(MembershipFactory(user=lead.user, organisation=ladder.icb))
    tell(lead, 101, kind=Kind.BREACHED)
    tell(there, 102, kind=Kind.BREACHED)
    Membership.objects.filter(pk=lead.membership.pk).update(ended_at=NOW)
    delivery.send(now=NOW)
    assert [email.subject for email in mail.outbox] == ["PSR-000102: Overdue"]


def without_leads(organisation: Organisation, kind: Kind, key: str) -> None:
    notify_safety_leads(
        organisation=organisation,
        kind=kind,
        message=f"{key}: something happened",
        path=f"/risks/{key}/",
        key=key,
        now=NOW,
        reference=key,
    )


def test_a_duty_address_is_told_at_once_and_in_digests_like_a_person(ladder: Ladder) -> None:
    ladder.icb.duty_email = "duty@icb.example"
    ladder.icb.save()
    without_leads(ladder.icb, Kind.ESCALATION_RAISED, "PSR-000101")
    without_leads(ladder.icb, Kind.STEP, "PSR-000102")
    without_leads(ladder.icb, Kind.STEP, "PSR-000103")
    delivery.send(now=NOW)
    delivery.send(now=MORNING)
    assert [email.subject for email in mail.outbox] == [
        "PSR-000101: New escalation",
        "Patient safety risks: 2 things you were told",
    ]
    assert {address for email in mail.outbox for address in email.to} == {"duty@icb.example"}
    assert "Why you were told: Test Own ICB has no safety lead in the register." in mail.outbox[0].body


def test_emails_about_accounts_go_with_them(lead: Actor) -> None:
    UserFactory(email="forgetful@trust.example")
    accounts.ask_for_password_reset(email="forgetful@trust.example", place="192.0.2.1", now=NOW)
    tell(lead, 101, kind=Kind.BREACHED)
    call_command("sweep")
    assert [email.to for email in mail.outbox] == [["forgetful@trust.example"], ["lead@trust.example"]]


def test_emails_land_as_files_where_the_page_says(lead: Actor, settings: object, tmp_path: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    tell(lead, 101, kind=Kind.BREACHED)
    delivery.send(now=NOW)
    (written,) = tmp_path.iterdir()
    assert "Subject: PSR-000101: Overdue" in written.read_text()
