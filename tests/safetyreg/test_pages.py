"""A page translates, calls one service and translates back, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.safetyreg.conftest import text, words

if TYPE_CHECKING:
    from accounts.models import Membership

pytestmark = pytest.mark.django_db


def test_what_is_hidden_answers_like_what_is_missing(visitor: Client) -> None:
    hidden, missing = visitor.get("/do/hidden/"), visitor.get("/no/such/page/")
    assert hidden.status_code == missing.status_code == 404
    assert words(hidden).split("reference")[0] == words(missing).split("reference")[0]


def test_what_is_seen_but_not_permitted_is_forbidden_before_and_after_typing(visitor: Client) -> None:
    assert visitor.get("/do/forbidden/").status_code == 403
    assert visitor.post("/do/forbidden/", {"title": "x"}).status_code == 403


def test_a_service_may_forbid_too(visitor: Client) -> None:
    answer = visitor.post("/do/it/", {"title": "denied"})
    assert answer.status_code == 403
    assert "You cannot do this" in words(answer)


def test_the_page_says_what_it_is_about_and_what_its_button_does(visitor: Client) -> None:
    page = visitor.get("/do/it/")
    assert words(page).startswith("it Write something Title")
    assert words(page).endswith("Send it")


def test_success_leads_on_and_is_confirmed_once(visitor: Client) -> None:
    answer = visitor.post("/do/it/", {"title": "anything"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert "Success It was sent" in words(visitor.get("/"))
    assert "It was sent" not in words(visitor.get("/"))


def test_an_action_may_answer_for_itself(visitor: Client) -> None:
    assert visitor.post("/do/it/", {"title": "file"}).content == b"made"


def test_a_form_that_cannot_be_understood_comes_back_with_what_was_typed(visitor: Client) -> None:
    answer = visitor.post("/do/it/", {"title": "", "reach": "WIDE"})
    assert answer.status_code == 422
    assert "There is a problem Enter a title" in words(answer)
    assert 'value="WIDE" checked' in answer.content.decode()
    assert "<title>Error: Write something" in answer.content.decode()


def test_a_refusal_is_said_on_the_same_page_and_the_text_is_kept(visitor: Client) -> None:
    answer = visitor.post("/do/it/", {"title": "refused"})
    assert answer.status_code == 409
    assert "There is a problem This was answered on 3 November 2026" in words(answer)
    assert 'value="refused"' in answer.content.decode()


def test_what_the_service_finds_wrong_stands_beside_its_field(visitor: Client) -> None:
    answer = visitor.post("/do/it/", {"title": "invalid"})
    assert answer.status_code == 422
    assert "There is a problem Something else is wrong It holds an NHS number" in words(answer)
    assert "Error: It holds an NHS number" in words(answer)


def test_text_that_may_identify_a_patient_is_asked_about_once(visitor: Client) -> None:
    asked = visitor.post("/do/it/", {"title": "personal"})
    assert asked.status_code == 409
    assert "Check that this identifies no patient: what looks like a postcode (“LS1 4AP”)" in words(asked)
    assert "I have checked: this does not identify a patient" in words(asked)
    checked = visitor.post("/do/it/", {"title": "personal", "personal_data_checked": "on"})
    assert checked.status_code == 303


def test_the_identity_check_is_not_shown_before_it_is_needed_and_stays_ticked_after(visitor: Client) -> None:
    assert "I have checked" not in words(visitor.get("/do/it/"))
    again = visitor.post("/do/it/", {"title": "", "personal_data_checked": "on"})
    assert 'name="personal_data_checked" type="checkbox" value="on" checked' in again.content.decode()


def test_a_stale_edit_shows_both_versions_and_can_then_be_saved(visitor: Client) -> None:
    answer = visitor.post("/do/it/", {"title": "stale", "reach": "HERE", "version": "7"})
    assert answer.status_code == 409
    shown = words(answer)
    assert "Somebody changed it while you were writing" in shown
    assert "Title As it stands now What they wrote What you wrote stale" in shown
    assert "Reach As it stands now Widespread What you wrote My organisation" in shown
    assert 'name="version" value="8"' in answer.content.decode()


def test_somebody_without_a_membership_is_told_so_and_can_sign_out(sample_site: None) -> None:
    client = Client()
    client.force_login(UserFactory(email="new@test.example"))
    for page in ("/do/it/", "/show/", "/list/"):
        answer = client.get(page)
        assert answer.status_code == 403
        assert "You are not a member of any organisation" in words(answer)
    assert "new@test.example" in words(answer)
    assert words(answer).split(" If you ask")[0].endswith("Sign out")


def test_somebody_whose_acting_membership_ended_may_choose_another(
    visitor: Client, membership: Membership, ladder: object
) -> None:
    session = visitor.session
    session["acting_membership"] = "00000000-0000-0000-0000-000000000000"
    session.save()
    answer = visitor.get("/do/it/")
    assert answer.status_code == 403
    assert "Choose another organisation" in words(answer)


def test_who_is_acting_for_whom_is_on_every_page(visitor: Client) -> None:
    page = text(visitor.get("/show/").content.decode())
    assert "Amina Yusuf Sign out" in page
    assert "Acting for Test Royal Hospital Safety lead Change the organisation you are acting for" in page


def test_the_page_one_is_on_is_marked_in_the_navigation(visitor: Client) -> None:
    html = visitor.get("/list/").content.decode()
    marked = html.split('aria-current="true"')[1].split("</a>")[0]
    assert "Things" in marked


def test_nobody_is_offered_a_navigation_they_cannot_use(sample_site: None) -> None:
    client = Client()
    client.force_login(UserFactory())
    assert "Things" not in client.get("/show/").content.decode()


def test_only_a_demonstration_says_so_and_where_its_e_mails_go(visitor: Client, settings: object) -> None:
    settings.SAFETYREG_DEMO = False
    assert "Demonstration" not in visitor.get("/show/").content.decode()
    settings.SAFETYREG_DEMO = True
    settings.EMAIL_FILE_PATH = "/somewhere/mail"
    page = text(visitor.get("/show/").content.decode())
    assert "Demonstration. Every risk here is fictional." in page
    assert "in the folder /somewhere/mail" in page


def test_the_source_of_the_organisations_is_acknowledged(visitor: Client) -> None:
    page = text(visitor.get("/show/").content.decode())
    assert "Contains information from NHS England, licensed under the Open Government Licence v3.0" in page


def test_nothing_but_the_sites_own_scripts_and_styles_may_run(visitor: Client) -> None:
    answer = visitor.get("/show/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = answer.content.decode()
    nonce = policy.split("'nonce-")[1].split("'")[0]
    scripts = re.findall(r"<script[^>]*>", html)
    assert all(f'nonce="{nonce}"' in script or 'src="/static/' in script for script in scripts)
    assert " style=" not in html
    assert " onclick=" not in html
