"""Signing in and out, and forgotten passwords, as a person meets them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import AccountEmail, Attempt
from notifications import delivery
from safetyreg.audit.models import AuditEvent
from tests.factories import PASSWORD, UserFactory
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from accounts.models import User
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db
NEW = "seven wooden boats at noon"


@pytest.fixture
def nurse(db: None) -> User:
    return UserFactory(email="nurse@trust.example", name="Grace Okonjo")


def sign_in(client: Client, email: str = "nurse@trust.example", password: str = PASSWORD, **query: str) -> object:
    address = "/sign-in/" + "".join(f"?{name}={value}" for name, value in query.items())
    return client.post(address, {"email": email, "password": password})


def test_somebody_signs_in_and_arrives_at_home(client: Client, nurse: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (303, "/")
    assert client.session["_auth_user_id"] == str(nurse.pk)


@pytest.mark.parametrize("typed", ["Nurse@Trust.Example", "  nurse@trust.example "])
def test_an_email_address_is_the_same_in_capitals(client: Client, nurse: User, typed: str) -> None:
    assert sign_in(client, email=typed).status_code == 303


def test_they_arrive_where_they_wanted_to_go_within_the_register(client: Client, nurse: User) -> None:
    assert sign_in(client, next="/acting/")["Location"] == "/acting/"
    client.logout()
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == "/"


def test_who_is_signed_in_is_not_asked_again(client: Client, nurse: User) -> None:
    client.force_login(nurse)
    assert client.get("/sign-in/")["Location"] == "/"
    assert client.get("/sign-in/?next=/sign-in/")["Location"] == "/"


@pytest.mark.parametrize(("email", "password"), [("nurse@trust.example", "wrong"), ("nobody@trust.example", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: Client, nurse: User, email: str, password: str
) -> None:
    response = sign_in(client, email=email, password=password)
    assert response.status_code == 422
    assert "No account has this e-mail address and password. Check both" in words(response)
    assert f'value="{email}"' in response.content.decode()
    assert password not in response.content.decode()


def test_a_closed_account_reads_like_a_wrong_password(client: Client, nurse: User) -> None:
    nurse.is_active = False
    nurse.save()
    assert "No account has this e-mail address and password" in words(sign_in(client))


def test_empty_fields_are_asked_for(client: Client) -> None:
    response = client.post("/sign-in/", {})
    assert response.status_code == 422
    assert "Enter an e-mail address" in words(response)
    assert "Enter your password" in words(response)


def test_after_many_wrong_tries_even_the_right_password_must_wait(client: Client, nurse: User) -> None:
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 422
    refused = sign_in(client)
    assert refused.status_code == 429
    assert "Wait 15 minutes and try again, or choose a new password" in words(refused)
    Attempt.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 303


def test_the_wait_is_the_same_for_an_address_that_has_no_account(client: Client, nurse: User) -> None:
    for _ in range(10):
        sign_in(client, email="nobody@trust.example")
    assert sign_in(client, email="NOBODY@trust.example").status_code == 429
    assert sign_in(client).status_code == 303


def test_signing_in_forgets_the_wrong_tries(client: Client, nurse: User) -> None:
    for _ in range(9):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 303
    client.logout()
    assert sign_in(client, password="wrong").status_code == 422
    assert sign_in(client).status_code == 303


def test_guesses_at_many_people_from_one_place_must_wait_too(client: Client, nurse: User) -> None:
    for number in range(200):
        sign_in(client, email=f"person{number}@trust.example")
    refused = sign_in(client)
    assert refused.status_code == 429
    assert "from where you are" in words(refused)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere).status_code == 303


def test_behind_a_proxy_a_place_is_what_the_proxy_saw(client: Client, nurse: User, settings: object) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(200):
        header = {"x-forwarded-for": f"203.0.113.{number}, 192.0.2.7"}
        client.post("/sign-in/", {"email": f"person{number}@trust.example", "password": "wrong"}, headers=header)
    body = {"email": nurse.email, "password": PASSWORD}
    assert client.post("/sign-in/", body, headers={"x-forwarded-for": "192.0.2.7"}).status_code == 429
    assert client.post("/sign-in/", body, headers={"x-forwarded-for": "192.0.2.8"}).status_code == 303


def test_no_email_address_is_kept_of_who_could_not_sign_in(client: Client) -> None:
    sign_in(client, email="a.secret@trust.example")
    assert not Attempt.objects.filter(key__icontains="secret").exists()
    assert Attempt.objects.count() == 2


def test_old_tries_are_cleared_away(client: Client, nurse: User) -> None:
    sign_in(client, password="wrong")
    Attempt.objects.update(at=timezone.now() - timedelta(days=2))
    sign_in(client, password="wrong")
    assert Attempt.objects.count() == 2


def test_signing_out_is_a_button(ladder: Ladder) -> None:
    client = visitor(ladder.actor(ladder.provider))
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/acting/")["Location"].startswith("/sign-in/")


def test_signing_out_twice_does_no_harm(client: Client) -> None:
    assert client.post("/sign-out/")["Location"] == "/sign-in/"


def link(email: mail.EmailMessage) -> str:
    return re.search(r"http\S+", email.body)[0].removeprefix("http://127.0.0.1:8000")


def ask(client: Client, email: str) -> None:
    response = client.post("/password/forgotten/", {"email": email})
    assert (response.status_code, response["Location"]) == (303, "/password/forgotten/sent/")
    assert "If somebody signs in with the address you entered" in words(client.get("/password/forgotten/sent/"))


def test_a_forgotten_password_is_replaced_by_an_emailed_link(client: Client, nurse: User) -> None:
    assert "forgotten my password" in words(client.get("/sign-in/"))
    ask(client, "Nurse@trust.example")
    delivery.send(now=timezone.now())
    (email,) = mail.outbox
    assert email.to == ["nurse@trust.example"]
    page = client.get(link(email), follow=True)
    assert "Choose a new password" in words(page)
    chosen = client.post(page.request["PATH_INFO"], {"password": NEW}, follow=True)
    assert "Your new password is saved" in words(chosen)
    assert sign_in(client, password=PASSWORD).status_code == 422
    assert sign_in(client, password=NEW).status_code == 303
    assert AuditEvent.objects.filter(verb="choose_password", subject_id=str(nurse.pk)).exists()


def test_nobody_learns_whether_an_address_has_an_account(client: Client, nurse: User) -> None:
    ask(client, "nobody@trust.example")
    delivery.send(now=timezone.now())
    assert mail.outbox == []
    assert not AccountEmail.objects.exists(), "nothing is kept about an address that nobody signs in with"


def test_a_closed_account_gets_no_link(client: Client, nurse: User) -> None:
    nurse.is_active = False
    nurse.save()
    ask(client, nurse.email)
    delivery.send(now=timezone.now())
    assert mail.outbox == []


def test_a_link_works_once(client: Client, nurse: User) -> None:
    ask(client, nurse.email)
    delivery.send(now=timezone.now())
    first = link(mail.outbox[0])
    page = client.get(first, follow=True)
    client.post(page.request["PATH_INFO"], {"password": NEW})
    again = client.get(first, follow=True)
    assert "This link does not work any more" in words(again)
    assert "Ask for a new link" in words(again)


@pytest.mark.parametrize("address", ["/password/choose/abc/def/", "/password/choose/MQ/set-password/"])
def test_a_made_up_link_is_refused_kindly(client: Client, address: str) -> None:
    assert "This link does not work any more" in words(client.get(address))
    assert client.post(address, {"password": NEW}).status_code == 200


def test_a_weak_new_password_is_refused_beside_its_field(client: Client, nurse: User) -> None:
    ask(client, nurse.email)
    delivery.send(now=timezone.now())
    page = client.get(link(mail.outbox[0]), follow=True)
    refused = client.post(page.request["PATH_INFO"], {"password": "short"})
    assert refused.status_code == 422
    assert "This password is too short. It must contain at least 12 characters." in words(refused)


def test_choosing_a_new_password_ends_other_sessions_and_the_wait(client: Client, nurse: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(nurse)
    for _ in range(11):
        sign_in(client, password="wrong")
    ask(client, nurse.email)
    delivery.send(now=timezone.now())
    page = client.get(link(mail.outbox[0]), follow=True)
    client.post(page.request["PATH_INFO"], {"password": NEW})
    assert sign_in(client, password=NEW).status_code == 303
    assert elsewhere.get("/acting/")["Location"].startswith("/sign-in/")


def test_one_mailbox_is_not_filled_with_links(client: Client, nurse: User) -> None:
    for _ in range(6):
        ask(client, nurse.email)
    delivery.send(now=timezone.now())
    assert len(mail.outbox) == 3


def test_one_place_cannot_ask_for_links_without_end(client: Client) -> None:
    for number in range(50):
        ask(client, f"person{number}@trust.example")
    refused = client.post("/password/forgotten/", {"email": "another@trust.example"})
    assert refused.status_code == 429
    assert "too many requests from where you are" in words(refused)


def test_somebody_changes_their_password_and_stays_signed_in(ladder: Ladder) -> None:
    actor = ladder.actor(ladder.provider)
    client, elsewhere = visitor(actor), visitor(actor)
    changed = client.post("/password/", {"old_password": PASSWORD, "password": NEW}, follow=True)
    assert "Your password is changed" in words(changed)
    assert elsewhere.get("/acting/").status_code == 302
    assert sign_in(Client(), email=actor.user.email, password=NEW).status_code == 303


def test_changing_a_password_asks_for_the_old_one_and_counts_guesses(ladder: Ladder) -> None:
    client = visitor(ladder.actor(ladder.provider))
    for _ in range(10):
        refused = client.post("/password/", {"old_password": "wrong", "password": NEW})
        assert refused.status_code == 422
    assert "this is not it" in words(refused)
    assert client.post("/password/", {"old_password": PASSWORD, "password": NEW}).status_code == 429


def test_somebody_without_a_membership_can_sign_in_and_is_told_so(client: Client, nurse: User) -> None:
    sign_in(client)
    page = client.get("/acting/")
    assert page.status_code == 403
    assert "You are not a member of any organisation" in words(page)


def test_whoever_was_signed_out_while_writing_gets_their_words_back(ladder: Ladder) -> None:
    client = visitor(ladder.actor(ladder.provider))
    client.cookies.pop("sessionid")
    answer = client.post("/risks/log/", {"title": "Letters late", "cause": "Letters wait for sign-off", "theme": "6"})
    assert answer.status_code == 401
    assert "You have been signed out" in words(answer)
    assert "Letters wait for sign-off" in words(answer)
    assert "/sign-in/?next=/risks/log/" in answer.content.decode()
