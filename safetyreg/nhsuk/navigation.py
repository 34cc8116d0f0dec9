"""What the navigation shows. An app's config lists its own items, so this package knows no app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class NavItem:
    """`shown` is asked with the actor; `badge` names a template variable whose count stands beside the text."""

    text: str
    url_name: str
    order: int = 50
    shown: Callable[[Any], bool] = bool
    badge: str = ""

    @property
    def href(self) -> str:
        return reverse(self.url_name)


def items_for(actor: Any) -> list[NavItem]:
    """The items of every installed app which this actor is shown, in order."""
    declared = [item for config in apps.get_app_configs() for item in getattr(config, "navigation", [])]
    return sorted((item for item in declared if item.shown(actor)), key=lambda item: (item.order, item.text))


def current_href(items: list[NavItem], path: str) -> str:
    """The item this path lies under: the longest one that starts it. Home is only home."""
    under = [item.href for item in items if path == item.href or (item.href != "/" and path.startswith(item.href))]
    return max(under, key=len, default="")
