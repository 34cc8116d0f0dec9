"""Whom a person acts for: shown on every page, chosen on one, gone with the membership."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.actors import Actor
from accounts.models import Role
from tests.factories import MembershipFactory, UserFactory
from tests.visiting import plain, visitor, words

if TYPE_CHECKING:
    from accounts.models import Membership
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(ladder: Ladder) -> tuple[Membership, Membership]:
    """One person in two organisations."""
    user = UserFactory(name="Noor Sandhu-Price")
    here = MembershipFactory(user=user, organisation=ladder.provider)
    return here, MembershipFactory(user=user, organisation=ladder.icb, role=Role.VIEWER)


def strip(client: Client) -> str:
    """What stands at the top of a page about whom one acts for."""
    page = client.get("/standards/").content.decode()
    return plain(page[page.index("app-acting__who") : page.index("</p>", page.index("app-acting__who"))])


def test_a_person_chooses_whom_to_act_for(both: tuple[Membership, Membership]) -> None:
    here, there = both
    client = visitor(Actor(here))
    assert "Test Royal Hospital Safety lead" in strip(client)
    page = words(client.get("/acting/"))
    assert "You act for Test Royal Hospital now" in page
    assert "Test Own ICB: Viewer" in page
    response = client.post("/acting/", {"membership": str(there.pk)})
    assert (response.status_code, response["Location"]) == (303, "/")
    assert "Test Own ICB Viewer" in strip(client)


def test_the_present_one_is_marked(both: tuple[Membership, Membership]) -> None:
    page = visitor(Actor(both[1])).get("/acting/").content.decode()
    chosen = page[: page.index(" checked")].rindex("<input")
    assert str(both[1].pk) in page[chosen : chosen + 400]


def test_somebody_elses_membership_cannot_be_chosen(both: tuple[Membership, Membership], ladder: Ladder) -> None:
    client = visitor(Actor(both[0]))
    stranger = ladder.actor(ladder.national)
    for value in (str(stranger.membership.pk), "nonsense", ""):
        response = client.post("/acting/", {"membership": value})
        assert response.status_code == 422
        assert "Select whom you want to act for" in words(response)
    assert "Test Royal Hospital" in strip(client)


def test_without_a_choice_the_oldest_membership_is_the_one(ladder: Ladder) -> None:
    actor = ladder.actor(ladder.provider)
    client = Client()
    client.force_login(actor.user)
    assert "Test Royal Hospital" in strip(client)


def test_an_ended_membership_ends_at_the_next_request(both: tuple[Membership, Membership], ladder: Ladder) -> None:
    client = visitor(Actor(both[0]))
    assert client.get("/standards/").status_code == 200
    admin = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    services.end_membership(membership=both[0], by=admin, now=timezone.now())
    refused = client.get("/standards/")
    assert refused.status_code == 403
    assert "Your membership of the organisation you were acting for has ended" in words(refused)
    page = client.get("/acting/")
    assert "The membership that you were acting under has ended. Choose another one to go on" in words(page)
    client.post("/acting/", {"membership": str(both[1].pk)})
    assert client.get("/standards/").status_code == 200


def test_a_changed_role_counts_at_the_next_request(ladder: Ladder) -> None:
    actor, admin = ladder.actor(ladder.national), ladder.actor(ladder.national, Role.ADMINISTRATOR)
    client = visitor(actor)
    assert client.get("/organisation/").status_code == 200
    services.set_role(membership=actor.membership, role=Role.VIEWER, by=admin, now=timezone.now())
    assert client.get("/organisation/").status_code == 403


def test_a_closed_account_is_signed_out_at_the_next_request(ladder: Ladder) -> None:
    actor, admin = ladder.actor(ladder.provider), ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    client = visitor(actor)
    services.deactivate(membership=actor.membership, by=admin, now=timezone.now())
    assert client.get("/standards/")["Location"].startswith("/sign-in/")


def test_for_a_closed_organisation_one_reads_and_no_longer_acts(ladder: Ladder) -> None:
    actor = ladder.actor(ladder.provider)
    ladder.provider.closed_on = timezone.localdate()
    ladder.provider.save()
    client = visitor(actor)
    assert "Closed: read only" in strip(client)
    assert "Closed: as safety lead you can read, and no longer act" in words(client.get("/acting/"))
    assert client.get("/organisation/").status_code == 403


def test_somebody_who_is_a_member_of_nothing_is_told_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(UserFactory(email="alone@trust.example"))
    for response in (client.get("/acting/"), client.post("/acting/", {"membership": "x"}), client.get("/standards/")):
        assert response.status_code == 403
        assert "ask an administrator of your organisation to invite you" in words(response)
        assert "alone@trust.example" in words(response)


def test_whoever_is_not_signed_in_is_asked_to(db: None, client: Client) -> None:
    assert client.get("/acting/")["Location"] == "/sign-in/?next=/acting/"
