"""The clock on the wall, stopped, for tests of pages."""

import pytest

from tests.factories import NOW


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests arrive at NOW."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
