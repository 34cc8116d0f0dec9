"""What the commands of the demonstration refuse, and as whom the pages and `make run` say that one can sign in."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Role, User
from accounts.services_ods import load_organisations
from demo.loading import load
from demo.sign_ins import PASSWORD, SEES
from demo.stories import read_people
from risks.models import Risk
from tests.factories import NOW, UserFactory
from tests.ladder import Ladder
from tests.visiting import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_mode(settings: object) -> None:
    settings.SAFETYREG_DEMO = True


@pytest.fixture
def sign_ins(ladder: Ladder) -> None:
    """The main people, all at one trust."""
    for person in read_people():
        if person.email in SEES:
            ladder.actor(ladder.provider, person.memberships[0].role, email=person.email, name=person.name)


def test_a_register_that_is_no_demonstration_is_left_alone(settings: object) -> None:
    settings.SAFETYREG_DEMO = False
    with pytest.raises(CommandError, match="Set SAFETYREG_DEMO=true"):
        call_command("load_demo")


def test_the_flag_goes_past_that_and_no_further(settings: object, ladder: Ladder) -> None:
    settings.SAFETYREG_DEMO = False
    ladder.risk()
    with pytest.raises(CommandError, match="people or risks of its own"):
        call_command("load_demo", "--without-demo-mode")


@pytest.mark.usefixtures("demo_mode")
def test_a_register_with_people_of_its_own_is_left_alone() -> None:
    UserFactory(email="someone@trust.example")
    with pytest.raises(CommandError, match="people or risks of its own"):
        call_command("load_demo")
    assert (User.objects.count(), Risk.objects.count()) == (1, 0)


@pytest.mark.usefixtures("demo_mode")
def test_without_the_organisations_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match=r"Run `manage\.py load_organisations` first"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_a_load_that_fails_halfway_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("the power is out")

    load_organisations(now=NOW)
    monkeypatch.setattr("risks.services.log_risk", fail)
    with pytest.raises(RuntimeError, match="the power is out"):
        load(now=NOW)
    assert not User.objects.exists()


@pytest.mark.usefixtures("sign_ins")
def test_the_main_sign_ins_are_listed_from_the_ward_upwards(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_sign_ins")
    said = capsys.readouterr().out
    assert PASSWORD in said
    assert "nurse@demo.example     Grace Okonjo, reporter at Test Royal Hospital" in said
    places = [said.index(f"  {email}") for email in SEES]
    assert places == sorted(places)


def test_before_it_is_loaded_there_are_none_to_list() -> None:
    with pytest.raises(CommandError, match=r"Run `manage\.py load_demo` first"):
        call_command("demo_sign_ins")


@pytest.mark.usefixtures("sign_ins")
def test_who_left_is_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.filter(email="admin@demo.example").update(is_active=False)
    call_command("demo_sign_ins")
    assert "admin@demo.example" not in capsys.readouterr().out


@pytest.mark.usefixtures("demo_mode", "sign_ins")
def test_the_page_to_sign_in_says_as_whom(client: Client) -> None:
    page = words(client.get("/sign-in/"))
    assert f"Everybody has the password {PASSWORD}" in page
    for email, sees in SEES.items():
        assert email in page
        assert sees in page


@pytest.mark.usefixtures("sign_ins")
def test_without_demo_mode_the_page_names_nobody(client: Client, settings: object) -> None:
    settings.SAFETYREG_DEMO = False
    assert "demo.example" not in words(client.get("/sign-in/"))


@pytest.mark.usefixtures("demo_mode")
def test_before_it_is_loaded_the_page_names_nobody(client: Client) -> None:
    assert "demonstration" not in words(client.get("/sign-in/"))


def test_the_main_sign_ins_hold_the_role_they_are_listed_for() -> None:
    roles = {person.email: person.memberships[0].role for person in read_people()}
    assert [roles[email] for email in SEES] == [
        Role.REPORTER,
        *[Role.SAFETY_LEAD] * 4,
        Role.ADMINISTRATOR,
    ]
