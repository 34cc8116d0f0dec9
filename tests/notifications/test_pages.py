"""The page of what somebody was told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Role
from notifications.models import Kind, Notification
from notifications.services import notify
from tests.factories import MembershipFactory
from tests.visiting import plain, visitor, words

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


def tell(actor: Actor, message: str = "PSR-000101: something happened", **given: object) -> Notification:
    now = given.pop("now", timezone.now())
    notify(
        organisation=actor.organisation,
        recipients=[actor.user],
        message=message,
        reason=given.pop("reason", "You own this risk"),
        key=f"{message}:{now}",
        now=now,
        **{"kind": Kind.STEP, "path": "/standards/", "reference": "PSR-000101"} | given,
    )
    return Notification.objects.get(dedupe_key__startswith=f"{message}:{now}")


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def test_newest_first_with_why_and_how(lead: Actor) -> None:
    now = timezone.now()
    tell(lead, "PSR-000101: the first", now=now - timedelta(days=2))
    tell(lead, "PSR-000102: the second", now=now, reason="It was given to you", kind=Kind.GIVEN_TO_YOU)
    page = words(visitor(lead).get("/notifications/"))
    assert page.index("the second") < page.index("the first")
    assert "2 notifications" in page
    assert "Unread Given to you PSR-000102: the second" in page
    assert "(just now). Why you were told: It was given to you. It is being e-mailed to you." in page
    assert "(2 days ago). Why you were told: You own this risk. It comes with the next daily e-mail." in page


def test_what_became_of_the_email_is_said(lead: Actor) -> None:
    sent, dead = tell(lead, "sent"), tell(lead, "dead")
    Notification.objects.filter(pk=sent.pk).update(sent_at=timezone.now())
    Notification.objects.filter(pk=dead.pk).update(dead_at=timezone.now())
    page = words(visitor(lead).get("/notifications/"))
    assert "E-mailed to you on" in page
    assert "It could not be e-mailed to you" in page


def test_nothing_yet(lead: Actor) -> None:
    page = words(visitor(lead).get("/notifications/"))
    assert "You have not been told anything yet." in page
    assert "Mark all as read" not in page


def test_opening_one_marks_it_read_and_goes_there(lead: Actor) -> None:
    one, other = tell(lead, "one", path="/acting/"), tell(lead, "other")
    client = visitor(lead)
    response = client.post(f"/notifications/{one.pk}/open/")
    assert (response.status_code, response["Location"]) == (303, "/acting/")
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.read_at
    assert not other.read_at
    first_read_at = one.read_at
    client.post(f"/notifications/{one.pk}/open/")
    one.refresh_from_db()
    assert one.read_at == first_read_at


def test_a_link_alone_marks_nothing_read(lead: Actor) -> None:
    one = tell(lead)
    assert visitor(lead).get(f"/notifications/{one.pk}/open/").status_code == 405
    assert visitor(lead).get("/notifications/read/").status_code == 405
    one.refresh_from_db()
    assert not one.read_at


def test_all_are_marked_read_at_once(lead: Actor) -> None:
    tell(lead, "one")
    tell(lead, "other")
    page = words(visitor(lead).post("/notifications/read/", follow=True))
    assert "2 notifications marked as read" in page
    assert "Unread What happened next" not in page
    assert not Notification.objects.unread().exists()


def test_the_count_of_unread_ones_stands_on_every_page(lead: Actor) -> None:
    tell(lead, "one")
    tell(lead, "other")
    page = plain(visitor(lead).get("/standards/").content.decode())
    assert "Notifications 2 unread" in page


def test_they_are_found_by_reference_kind_and_whether_read(lead: Actor) -> None:
    tell(lead, "PSR-000101: a step")
    late = tell(lead, "PSR-000102: late", kind=Kind.BREACHED)
    Notification.objects.filter(pk=late.pk).update(read_at=timezone.now())
    client = visitor(lead)
    for query in ("search=000102", "kind=BREACHED", "read=yes"):
        page = words(client.get(f"/notifications/?{query}"))
        assert "1 notification " in page, query
        assert "PSR-000102: late" in page
    assert "PSR-000101: a step" in words(client.get("/notifications/?read=no"))
    assert "No notifications match" in words(client.get("/notifications/?search=zebra"))


def test_only_the_reader_sees_them_and_only_while_acting_for_that_organisation(lead: Actor, ladder: Ladder) -> None:
    mine = tell(lead, "for the lead alone")
    elsewhere = Actor(MembershipFactory(user=lead.user, organisation=ladder.icb))
    administrator = Actor(MembershipFactory(user=lead.user, organisation=ladder.provider, role=Role.ADMINISTRATOR))
    for other in (ladder.actor(ladder.provider), elsewhere, administrator):
        client = visitor(other)
        assert "for the lead alone" not in words(client.get("/notifications/"))
        assert client.post(f"/notifications/{mine.pk}/open/").status_code == 404
        client.post("/notifications/read/")
    mine.refresh_from_db()
    assert not mine.read_at


def test_an_administrator_is_told_where_their_notifications_are(ladder: Ladder) -> None:
    client = visitor(ladder.actor(ladder.provider, Role.ADMINISTRATOR))
    assert "You act as an administrator, and most notifications are about risks" in words(client.get("/notifications/"))
    assert "Notifications" in plain(client.get("/standards/").content.decode())


def test_a_closed_organisations_notifications_can_still_be_read(lead: Actor, ladder: Ladder) -> None:
    tell(lead)
    ladder.provider.closed_on = timezone.localdate()
    ladder.provider.save()
    assert "something happened" in words(visitor(lead).get("/notifications/"))


def test_where_emails_land_is_said_when_they_stay_here(lead: Actor, settings: object) -> None:
    client = visitor(lead)
    settings.EMAIL_FILE_PATH = str(settings.BASE_DIR / "var" / "mail")
    assert "they are written to the folder var/mail, each as a file" in words(client.get("/notifications/"))
    settings.EMAIL_FILE_PATH = "/srv/mail"
    assert "the folder /srv/mail" in words(client.get("/notifications/"))
    del settings.EMAIL_FILE_PATH
    assert "the folder" not in words(client.get("/notifications/"))


def test_the_list_has_pages_and_its_queries_do_not_grow(lead: Actor) -> None:
    client = visitor(lead)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/notifications/").status_code == 200
        return len(counted)

    tell(lead, "the first")
    one = queries()
    for number in range(29):
        tell(lead, f"number {number}")
    assert queries() == one
    page = words(client.get("/notifications/?page=2"))
    assert "Showing 26 to 30 of 30" in page
    assert "the first" in page


def test_what_was_written_is_shown_and_never_run(lead: Actor) -> None:
    tell(lead, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in visitor(lead).get("/notifications/").content.decode()
