"""The pages on which administrators look after people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services
from accounts.models import AccountEmail, Invitation, Membership, Role
from safetyreg.audit.models import AuditEvent
from tests.factories import MembershipFactory
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.test import Client

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.ADMINISTRATOR, name="Yasmin Tolley")


@pytest.fixture
def client(admin: Actor) -> Client:
    return visitor(admin)


@pytest.fixture
def leaver(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Martin Achterberg")


def page_of(actor: Actor, verb: str = "") -> str:
    return f"/people/{actor.membership.pk}/" + (f"{verb}/" if verb else "")


def test_the_page_lists_members_with_their_roles_and_who_is_invited(
    client: Client, admin: Actor, leaver: Actor, ladder: Ladder
) -> None:
    ladder.actor(ladder.neighbour, name="Of Another Trust")
    services.invite(email="noor@trust.example", role=Role.REPORTER, by=admin, now=timezone.now())
    page = words(client.get("/people/"))
    assert "2 memberships" in page
    assert f"Martin Achterberg E-mail address {leaver.user.email} Role Safety lead Member since 3 November 2026" in page
    assert "noor@trust.example Role Reporter" in page
    assert "E-mail is being sent" in page
    assert "Of Another Trust" not in page


@pytest.mark.parametrize(
    ("sent", "dead", "expires", "said"),
    [
        (0, None, 7, "The link works until"),
        (None, 0, 7, "E-mail could not be sent"),
        (0, None, -1, "Link has run out"),
    ],
)
def test_what_became_of_an_invitation_is_shown(
    client: Client, admin: Actor, sent: int | None, dead: int | None, expires: int, said: str
) -> None:
    now = timezone.now()
    services.invite(email="noor@trust.example", role=Role.REPORTER, by=admin, now=now)
    Invitation.objects.update(expires_at=now + timedelta(days=expires))
    AccountEmail.objects.update(sent_at=None if sent is None else now, dead_at=None if dead is None else now)
    assert said in words(client.get("/people/"))


def test_members_are_found_by_name_address_and_role(client: Client, leaver: Actor, ladder: Ladder) -> None:
    ladder.actor(ladder.provider, Role.VIEWER, name="Dominic Pell", email="viewer@trust.example")
    for query in ("search=pell", "search=VIEWER@", "role=VIEWER"):
        page = words(client.get(f"/people/?{query}"))
        assert "1 membership" in page
        assert "Dominic Pell" in page
    assert "No memberships match" in words(client.get("/people/?search=nobody"))


def test_the_number_of_queries_does_not_grow_with_the_people(client: Client, admin: Actor, ladder: Ladder) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.get("/people/").status_code == 200
        return len(counted)

    services.invite(email="a@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())
    few = queries()
    for number in range(24):
        MembershipFactory(organisation=ladder.provider)
        services.invite(email=f"b{number}@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())
    assert queries() == few


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, Role.SAFETY_LEAD])
def test_nobody_but_administrators_sees_the_pages(ladder: Ladder, leaver: Actor, admin: Actor, role: Role) -> None:
    client = visitor(ladder.actor(ladder.provider, role))
    invitation = services.invite(email="a@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())
    assert client.get("/people/").status_code == 403
    assert client.get("/people/invite/").status_code == 403
    for address in (page_of(leaver), page_of(leaver, "end"), f"/people/invitations/{invitation.pk}/withdraw/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert "People" not in client.get("/standards/").content.decode()


def test_people_of_another_organisation_do_not_exist_here(ladder: Ladder, leaver: Actor, admin: Actor) -> None:
    invitation = services.invite(email="a@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())
    client = visitor(ladder.actor(ladder.icb, Role.ADMINISTRATOR))
    for verb in ("", "role", "end", "deactivate"):
        assert client.get(page_of(leaver, verb)).status_code == 404
    for verb in ("resend", "withdraw"):
        assert client.post(f"/people/invitations/{invitation.pk}/{verb}/").status_code == 404


def test_an_administrator_invites_somebody(client: Client) -> None:
    response = client.post("/people/invite/", {"email": "noor@trust.example", "role": "REPORTER"}, follow=True)
    assert "noor@trust.example is invited. The link we send them works for 7 days" in words(response)
    assert Invitation.objects.get().role == Role.REPORTER


def test_an_invitation_with_mistakes_keeps_what_was_typed(client: Client, leaver: Actor) -> None:
    empty = client.post("/people/invite/", {})
    assert empty.status_code == 422
    assert "Enter an e-mail address" in words(empty)
    assert "Select a role" in words(empty)
    wrong = client.post("/people/invite/", {"email": "noor at trust", "role": "VIEWER"})
    assert "Enter an e-mail address like name@example.nhs.uk" in words(wrong)
    assert "noor at trust" in wrong.content.decode()
    member = client.post("/people/invite/", {"email": leaver.user.email, "role": "VIEWER"})
    assert member.status_code == 422
    assert "Martin Achterberg is already safety lead here" in words(member)


def test_an_invitation_is_sent_again_and_withdrawn(client: Client, admin: Actor) -> None:
    invitation = services.invite(email="noor@trust.example", role=Role.REPORTER, by=admin, now=timezone.now())
    again = f"/people/invitations/{invitation.pk}/resend/"
    assert "noor@trust.example, reporter Send this invitation again" in words(client.get(again))
    assert "The invitation is sent again" in words(client.post(again, follow=True))
    withdraw = f"/people/invitations/{invitation.pk}/withdraw/"
    assert "its link no longer works" in words(client.post(withdraw, follow=True))
    assert client.post(withdraw).status_code == 409


def test_a_members_page_shows_what_they_hold_by_reference_and_nothing_of_it(
    client: Client, leaver: Actor, ladder: Ladder
) -> None:
    risk = ladder.risk(leaver)
    response = client.get(page_of(leaver))
    assert f"What Martin Achterberg holds Risks they own (1): {risk.reference}" in words(response)
    page = response.content.decode()
    assert risk.title not in page
    assert risk.path not in page


def test_somebody_who_holds_nothing_is_ended_with_one_button(client: Client, leaver: Actor) -> None:
    page = client.get(page_of(leaver, "end"))
    assert "Martin Achterberg holds nothing that needs handing over" in words(page)
    assert "Hand everything to" not in words(page)
    ended = client.post(page_of(leaver, "end"), follow=True)
    assert "The membership of Martin Achterberg has ended" in words(ended)
    assert "1 membership" in words(ended)


def test_what_is_held_is_handed_over_in_the_same_step(client: Client, leaver: Actor, ladder: Ladder) -> None:
    risk = ladder.risk(leaver)
    heir = ladder.actor(ladder.provider, name="Farah Lindqvist")
    viewer = ladder.actor(ladder.provider, Role.VIEWER, name="Dominic Pell")
    page = words(client.get(page_of(leaver, "end")))
    assert "Hand everything to" in page
    assert "Farah Lindqvist" in page
    assert "Dominic Pell" not in page
    for nobody in ("", str(viewer.user.pk), str(leaver.user.pk), "nonsense"):
        refused = client.post(page_of(leaver, "end"), {"hand_to": nobody})
        assert refused.status_code == 422
        assert "Choose who takes over what they hold" in words(refused)
    client.post(page_of(leaver, "end"), {"hand_to": str(heir.user.pk)})
    risk.refresh_from_db()
    assert risk.owner == heir.user
    assert not Membership.objects.live().filter(pk=leaver.membership.pk).exists()


def test_with_nobody_to_take_over_the_page_says_what_to_do(client: Client, leaver: Actor, ladder: Ladder) -> None:
    ladder.risk(leaver)
    page = words(client.get(page_of(leaver, "end")))
    assert "Nobody else in your organisation may hold all of this" in page
    refused = client.post(page_of(leaver, "end"))
    assert refused.status_code == 409
    assert "Martin Achterberg still holds risks they own (1)" in words(refused)


def test_a_role_is_changed_and_what_it_may_not_hold_is_asked_about(
    client: Client, leaver: Actor, ladder: Ladder
) -> None:
    risk = ladder.risk(leaver)
    heir = ladder.actor(ladder.provider)
    refused = client.post(page_of(leaver, "role"), {"role": "VIEWER"})
    assert refused.status_code == 409
    assert "Martin Achterberg still holds risks they own (1). Choose who takes over" in words(refused)
    done = client.post(page_of(leaver, "role"), {"role": "VIEWER", "hand_to": str(heir.user.pk)}, follow=True)
    assert "Martin Achterberg is now viewer" in words(done)
    risk.refresh_from_db()
    assert risk.owner == heir.user


def test_raising_a_role_hands_nothing_over_even_if_somebody_is_chosen(client: Client, ladder: Ladder) -> None:
    reporter, heir = ladder.actor(ladder.provider, Role.REPORTER), ladder.actor(ladder.provider)
    risk = ladder.risk(reporter)
    client.post(page_of(reporter, "role"), {"role": "SAFETY_LEAD", "hand_to": str(heir.user.pk)})
    risk.refresh_from_db()
    assert risk.owner == reporter.user
    assert Membership.objects.get(pk=reporter.membership.pk).role == Role.SAFETY_LEAD


def test_an_account_is_closed(client: Client, leaver: Actor) -> None:
    assert "Close this account" in words(client.get(page_of(leaver)))
    closed = client.post(page_of(leaver, "deactivate"), follow=True)
    assert "The account of Martin Achterberg is closed" in words(closed)
    leaver.user.refresh_from_db()
    assert not leaver.user.is_active


def test_an_account_that_another_organisation_needs_is_not_offered_for_closing(
    client: Client, leaver: Actor, ladder: Ladder
) -> None:
    MembershipFactory(user=leaver.user, organisation=ladder.icb)
    page = words(client.get(page_of(leaver)))
    assert "also works for another organisation, so their account stays open" in page
    assert "Close this account" not in page
    assert ladder.icb.name not in page
    assert client.post(page_of(leaver, "deactivate")).status_code == 409


def test_administrators_cannot_close_themselves_nor_be_the_last_to_leave(client: Client, admin: Actor) -> None:
    assert "Close this account" not in words(client.get(page_of(admin)))
    assert client.post(page_of(admin, "deactivate")).status_code == 403
    refused = client.post(page_of(admin, "end"))
    assert refused.status_code == 409
    assert "Yasmin Tolley is the only administrator of Test Royal Hospital" in words(refused)


def test_an_administrator_who_leaves_arrives_somewhere(client: Client, admin: Actor, ladder: Ladder) -> None:
    ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    left = client.post(page_of(admin, "end"), follow=True)
    assert left.status_code == 403
    assert "You are not a member of any organisation" in words(left)


def test_the_other_role_of_a_person_is_named_and_linked(client: Client, leaver: Actor, ladder: Ladder) -> None:
    second = MembershipFactory(user=leaver.user, organisation=ladder.provider, role=Role.ADMINISTRATOR)
    response = client.get(page_of(leaver))
    assert "Martin Achterberg is also administrator here" in words(response)
    assert f"/people/{second.pk}/" in response.content.decode()


def test_in_a_closed_organisation_people_can_only_be_ended(client: Client, leaver: Actor, ladder: Ladder) -> None:
    ladder.provider.closed_on = timezone.localdate()
    ladder.provider.save()
    page = words(client.get("/people/"))
    assert "Test Royal Hospital has closed" in page
    assert "Invite somebody" not in page
    refused = client.post("/people/invite/", {"email": "a@trust.example", "role": "VIEWER"})
    assert refused.status_code == 409
    assert "has closed, so nobody can act for it any more" in words(refused)
    assert client.post(page_of(leaver, "end")).status_code == 303


def test_names_are_shown_as_typed_and_never_run(client: Client, ladder: Ladder) -> None:
    actor = ladder.actor(ladder.provider, name="<script>alert(1)</script>")
    for address in ("/people/", page_of(actor), page_of(actor, "end")):
        assert "<script>alert(1)" not in client.get(address).content.decode()


def test_administrators_and_safety_leads_keep_the_duty_contacts(ladder: Ladder, admin: Actor) -> None:
    client = visitor(ladder.actor(ladder.provider))
    page = words(client.get("/organisation/"))
    assert "Name Test Royal Hospital" in page
    assert "Answers to Test Own ICB" in page
    body = {"duty_email": "duty@trust.example", "duty_phone": "020 7946 0000, bleep 12"}
    assert "The duty contacts are saved" in words(client.post("/organisation/", body, follow=True))
    ladder.provider.refresh_from_db()
    assert (ladder.provider.duty_email, ladder.provider.duty_phone) == tuple(body.values())
    event = AuditEvent.objects.get(verb="change_contacts")
    assert event.details["duty_email"] == ["", "duty@trust.example"]
    assert visitor(admin).post("/organisation/", {}).status_code == 303
    ladder.provider.refresh_from_db()
    assert ladder.provider.duty_email == ""


def test_a_wrong_duty_address_is_refused_beside_its_field(ladder: Ladder) -> None:
    client = visitor(ladder.actor(ladder.provider))
    refused = client.post("/organisation/", {"duty_email": "duty", "duty_phone": "x" * 41})
    assert refused.status_code == 422
    assert "Enter an e-mail address like name@example.nhs.uk" in words(refused)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER])
def test_others_do_not_keep_them(ladder: Ladder, role: Role) -> None:
    client = visitor(ladder.actor(ladder.provider, role))
    assert client.get("/organisation/").status_code == 403
    assert client.post("/organisation/", {"duty_email": "a@b.example"}).status_code == 403
