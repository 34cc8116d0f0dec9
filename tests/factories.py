"""One factory for each model that a test needs ready-made. What has rules is made through its service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Level, Membership, Organisation, Role, User
from deadlines.models import Deadline

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    ods_code = factory.Sequence(lambda number: f"T{number:04d}")
    name = factory.Sequence(lambda number: f"Test Hospital {number} NHS Trust")
    level = Level.PROVIDER
    kind = "NHS_TRUST"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@test.example")
    name = factory.Sequence(lambda number: f"Person Number{number}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return User.objects.create_user(password=PASSWORD, **kwargs)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.SAFETY_LEAD
    started_at = NOW


class DeadlineFactory(DjangoModelFactory[Deadline]):
    class Meta:
        model = Deadline
