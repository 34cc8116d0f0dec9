"""Organisations are asked for by name or ODS code, and what was typed is understood without a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django import forms
from django.http import QueryDict

from accounts.fields import MOST_CANDIDATES, OrganisationField, OrganisationsField
from accounts.models import Organisation
from tests.factories import OrganisationFactory

if TYPE_CHECKING:
    from accounts.models import Organisation as OrganisationType

pytestmark = pytest.mark.django_db


class OneForm(forms.Form):
    to = OrganisationField(label="Organisation", queryset=Organisation.objects.open)


class SeveralForm(forms.Form):
    involved = OrganisationsField(label="Others", queryset=Organisation.objects.open, required=False)


@pytest.fixture
def barts(ladder: object) -> OrganisationType:
    return OrganisationFactory(ods_code="R1H", name="Barts Health NHS Trust", parent=ladder.icb)


@pytest.fixture
def barking(ladder: object) -> OrganisationType:
    return OrganisationFactory(ods_code="RF4", name="Barking and Havering NHS Trust", parent=ladder.icb)


@pytest.mark.parametrize(
    "typed",
    ["Barts Health NHS Trust (R1H)", "R1H", "r1h", "barts health nhs trust", "health barts", "Something else (R1H)"],
)
def test_an_organisation_is_found(barts: OrganisationType, barking: OrganisationType, typed: str) -> None:
    form = OneForm({"to": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["to"] == barts


@pytest.mark.parametrize("typed", ["R1H\0", "Barts\0Health", "barts " * 20_000])
def test_what_no_name_can_be_is_not_looked_for(barts: OrganisationType, typed: str) -> None:
    form = OneForm({"to": typed})
    assert not form.is_valid()
    assert form.errors["to"][0].startswith("We could not find “")


def test_what_cannot_be_found_is_said_and_kept(barts: OrganisationType) -> None:
    form = OneForm({"to": "Saint Elsewhere"})
    assert form.errors["to"] == ["We could not find “Saint Elsewhere”. Enter more of the name, or its ODS code"]
    assert 'value="Saint Elsewhere"' in str(form)


def test_an_unknown_code_finds_nothing_else(barts: OrganisationType) -> None:
    assert not OneForm({"to": "Barts Health NHS Trust (ZZZ)"}).is_valid()


def test_nothing_typed_is_asked_for() -> None:
    assert OneForm({"to": " "}).errors["to"] == ["Enter an organisation"]


def test_a_closed_organisation_is_not_found_and_not_suggested(barts: OrganisationType) -> None:
    Organisation.objects.filter(pk=barts.pk).update(closed_on="2026-04-01")
    form = OneForm({"to": "R1H"})
    assert not form.is_valid()
    assert "Barts Health NHS Trust (R1H)" not in str(form)


def test_every_organisation_is_suggested_with_its_code(barts: OrganisationType) -> None:
    assert '<option value="Barts Health NHS Trust (R1H)">' in str(OneForm())


def test_where_several_match_the_page_asks_which(barts: OrganisationType, barking: OrganisationType) -> None:
    form = OneForm({"to": "bar"})
    assert form.errors["to"] == ["More than one organisation matches “bar”. Choose the one you mean"]
    html = str(form)
    assert "Which “bar” do you mean?" in html
    assert re.findall(r'type="radio" value="([^"]*)"', html) == [
        "Barking and Havering NHS Trust (RF4)",
        "Barts Health NHS Trust (R1H)",
    ]
    chosen = {"to": "bar", "to-offered-0": "bar", "to-choice-0": "Barts Health NHS Trust (R1H)"}
    again = OneForm(_query(chosen))
    assert again.is_valid()
    assert again.cleaned_data["to"] == barts


def test_a_choice_counts_only_for_the_text_it_was_offered_for(
    barts: OrganisationType, barking: OrganisationType
) -> None:
    """Whoever changes the text after choosing means the new text."""
    form = OneForm(_query({"to": "RF4", "to-offered-0": "bar", "to-choice-0": "Barts Health NHS Trust (R1H)"}))
    assert form.is_valid()
    assert form.cleaned_data["to"] == barking


def test_where_very_many_match_more_of_the_name_is_asked_for(ladder: object) -> None:
    for _ in range(MOST_CANDIDATES + 1):
        OrganisationFactory(parent=ladder.icb)
    form = OneForm({"to": "test hospital"})
    assert "Many organisations match" in form.errors["to"][0]
    assert 'type="radio"' not in str(form)


def test_several_organisations_are_named_in_boxes_of_their_own(
    barts: OrganisationType, barking: OrganisationType
) -> None:
    form = SeveralForm(_query({"involved": ["R1H", "", "Barking and Havering NHS Trust (RF4)", "R1H"]}))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["involved"] == [barts, barking]


def test_each_mistake_among_several_is_said_and_all_are_kept(barts: OrganisationType) -> None:
    form = SeveralForm(_query({"involved": ["R1H", "nowhere", "no such place"]}))
    assert len(form.errors["involved"]) == 2
    html = str(form)
    assert [value for value in re.findall(r'type="text"[^>]*value="([^"]*)"', html) if value] == [
        "R1H",
        "nowhere",
        "no such place",
    ]


def test_several_may_be_left_empty_and_have_room_for_more_without_javascript() -> None:
    form = SeveralForm(_query({"involved": ["", ""]}))
    assert form.is_valid()
    assert form.cleaned_data["involved"] == []
    assert str(SeveralForm()).count('name="involved"') == 3


def test_organisations_already_named_are_shown(barts: OrganisationType) -> None:
    assert 'value="Barts Health NHS Trust (R1H)"' in str(SeveralForm(initial={"involved": [barts]}))


def test_a_page_may_narrow_the_choice_for_one_form(barts: OrganisationType, barking: OrganisationType) -> None:
    form = OneForm({"to": "RF4"})
    form.fields["to"].queryset = lambda: Organisation.objects.filter(pk=barts.pk)
    assert not form.is_valid()
    assert "RF4)" not in str(form)
    assert OneForm({"to": "RF4"}).is_valid()


def _query(values: dict[str, str | list[str]]) -> QueryDict:
    """A form as a browser sends it, in which a name may come several times."""
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query
