"""The administration site shows people and organisations, changes nothing, and knows no risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import Organisation, User
from tests.factories import UserFactory

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def test_only_people_and_organisations_are_shown() -> None:
    assert set(admin.site._registry) == {User, Organisation}


def test_they_can_be_looked_at_and_not_changed(client: Client, ladder: Ladder) -> None:
    person = ladder.actor(ladder.provider, name="Grace Okonjo").user
    assert "Grace Okonjo" in client.get("/admin/accounts/user/").content.decode()
    for kind, pk in (("user", person.pk), ("organisation", ladder.provider.pk)):
        assert client.get(f"/admin/accounts/{kind}/").status_code == 200
        assert client.get(f"/admin/accounts/{kind}/{pk}/change/").status_code == 200
        assert client.post(f"/admin/accounts/{kind}/{pk}/change/", {"name": "Changed"}).status_code == 403
        assert client.post(f"/admin/accounts/{kind}/{pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get(f"/admin/accounts/{kind}/add/").status_code == 403
    person.refresh_from_db()
    assert person.name == "Grace Okonjo"


def test_no_password_hash_is_shown(client: Client, ladder: Ladder) -> None:
    person = ladder.actor(ladder.provider).user
    assert person.password not in client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()


def test_signing_in_happens_where_guesses_are_counted() -> None:
    client = Client()
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=/admin/"
    assert client.post("/admin/login/", {"username": "a", "password": "b"})["Location"] == "/sign-in/?next=/admin/"


def test_those_who_are_no_staff_are_turned_away(ladder: Ladder) -> None:
    client = Client()
    client.force_login(ladder.actor(ladder.provider).user)
    assert client.get("/admin/", follow=True).status_code == 403
