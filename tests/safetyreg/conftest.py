"""A browser-less visitor to the sample pages of tests/safetyreg/urls.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.template import engines
from django.test import Client

from safetyreg.nhsuk import context
from safetyreg.nhsuk.navigation import NavItem
from tests.browsing import _live_server_as_in_production, browser  # noqa: F401 - fixtures
from tests.factories import MembershipFactory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import Membership
    from tests.ladder import Ladder

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def sample_site(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample pages in place of the register's own, with a navigation of two items."""
    settings.ROOT_URLCONF = "tests.safetyreg.urls"
    own_templates = engines["jinja2"].env.loader.loaders[0]
    monkeypatch.setattr(own_templates, "searchpath", [*own_templates.searchpath, str(TEMPLATES)])
    items = [NavItem("Home", "home"), NavItem("Things", "list", badge="unread_notifications")]
    monkeypatch.setattr(context, "items_for", lambda actor: items if actor else [])


@pytest.fixture
def membership(ladder: Ladder) -> Membership:
    return MembershipFactory(organisation=ladder.provider, user__name="Amina Yusuf")


@pytest.fixture
def visitor(sample_site: None, membership: Membership) -> Client:
    """Signed in as a safety lead of the ladder's provider."""
    client = Client(raise_request_exception=False)
    client.force_login(membership.user)
    return client


def words(response: HttpResponse) -> str:
    """What a person reads on the page, from its main part."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    return text(main[0] if main else response.content.decode())


def text(html: str) -> str:
    spaced = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()
    return re.sub(r" ([,.;:])", r"\1", spaced)
