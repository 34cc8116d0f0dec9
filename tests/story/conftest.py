"""A real browser for the story."""

from tests.browsing import _live_server_as_in_production, browser

__all__ = ["_live_server_as_in_production", "browser"]
