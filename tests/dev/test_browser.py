"""Without a browser the browser tests say why they were skipped, and fail where they must run."""

import pytest

from dev.browser import chromium


@pytest.fixture(autouse=True)
def _no_browser_here(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")


def test_a_browser_test_is_skipped_and_says_why(monkeypatch):
    monkeypatch.delenv("BROWSER_TESTS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine"):
        chromium()


def test_a_browser_test_fails_where_it_must_run(monkeypatch):
    monkeypatch.setenv("BROWSER_TESTS", "required")
    with pytest.raises(pytest.fail.Exception, match="no Chromium on this machine"):
        chromium()
