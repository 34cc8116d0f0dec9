"""Whether a test that commits leaves nothing to the next: see database.py."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import Organisation, User
from deadlines.models import ResponseStandard
from risks.models import Risk
from safetyreg.audit.models import AuditEvent
from tests import database, ladder

WRITTEN_BY_TESTS = (Organisation, User, Risk, AuditEvent)
WRITTEN_BY_MIGRATIONS = (ContentType, Permission, ResponseStandard)


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_taken_out_and_what_the_migrations_wrote_is_put_back() -> None:
    migrated = {model: set(model.objects.values_list()) for model in WRITTEN_BY_MIGRATIONS}
    ladder.build().risk()
    ResponseStandard.objects.filter(amount=1).delete()
    ResponseStandard.objects.update(amount=99)
    Permission.objects.all().delete()
    assert all(model.objects.exists() for model in WRITTEN_BY_TESTS)
    assert all(set(model.objects.values_list()) != migrated[model] for model in (Permission, ResponseStandard))

    database.empty()

    assert not any(model.objects.exists() for model in WRITTEN_BY_TESTS)
    assert {model: set(model.objects.values_list()) for model in WRITTEN_BY_MIGRATIONS} == migrated
    assert all(rows for rows in migrated.values())
