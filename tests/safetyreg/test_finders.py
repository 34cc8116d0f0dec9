"""The style sheets, scripts and pictures of the pages are there, and nothing that is not needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from safetyreg.nhsuk.finders import NhsukFinder

if TYPE_CHECKING:
    from django.test import Client


@pytest.mark.parametrize("name", ["nhsuk/nhsuk-frontend.min.css", "nhsuk/nhsuk-frontend.min.js", "safetyreg.css"])
def test_what_every_page_names_is_served_and_may_be_kept_for_ever(client: Client, name: str) -> None:
    answer = client.get(static(name))
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    answer.close()


def test_pictures_the_style_sheet_asks_for_at_the_root_are_served(client: Client) -> None:
    answer = client.get("/assets/images/nhsuk-icon-arrow-down.svg")
    assert answer.status_code == 200
    answer.close()


def test_the_sources_of_the_components_are_not_published() -> None:
    assert finders.find("nhsuk/nhsuk-frontend.min.css")
    assert finders.find("nhsuk/index.scss") is None
    published = [path for path, _storage in NhsukFinder().list(["*.map"])]
    assert "assets/images/favicon.svg" in published
    assert not [path for path in published if path.endswith((".scss", ".njk", ".map"))]
