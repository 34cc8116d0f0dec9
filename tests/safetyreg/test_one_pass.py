"""Pages whose rows and number are found in one pass say the same as Django's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.paginator import Paginator
from django.db.models import F

from accounts.models import User
from safetyreg.lists import OnePass
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
PER_PAGE = 3


@pytest.mark.parametrize("number", [1, "1", "2", "3", None, "", "two", "0", "-1", "4", "99", "9" * 30, "1.5"])
@pytest.mark.parametrize("rows", [0, 1, 3, 8])
def test_every_page_that_can_be_asked_for_is_the_one_of_django(number: object, rows: int) -> None:
    UserFactory.create_batch(rows)
    people = User.objects.alias(by=F("email")).order_by("-by", "pk")
    ours, theirs = OnePass(people, PER_PAGE).get_page(number), Paginator(people, PER_PAGE).get_page(number)
    assert list(ours) == list(theirs)
    assert (ours.number, ours.paginator.count) == (theirs.number, theirs.paginator.count)
    assert (ours.has_next(), ours.has_previous()) == (theirs.has_next(), theirs.has_previous())


def test_a_page_is_found_and_fetched_with_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    UserFactory.create_batch(4)
    people = User.objects.order_by("email")
    with django_assert_num_queries(2):
        page = OnePass(people, PER_PAGE).get_page("1")
        assert page.paginator.count == 4
        assert len(page.object_list) == 3
