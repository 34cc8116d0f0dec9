"""Finding a browser for the browser tests."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The path of a Chromium. Without one the test that asks is skipped, or fails where BROWSER_TESTS=required."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else NAMES:
        if found := shutil.which(name):
            return found
    reason = "There is no Chromium on this machine. Install the package chromium, or set CHROMIUM to its path."
    if os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)
