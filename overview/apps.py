from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

from safetyreg.nhsuk.navigation import NavItem

if TYPE_CHECKING:
    from accounts.actors import Actor


def _triages(actor: Actor) -> bool:
    from overview.triage.permissions import can_read_triage

    return can_read_triage(actor)


class OverviewConfig(AppConfig):
    name = "overview"
    navigation = (
        NavItem("Home", "home", order=10),
        NavItem("Triage", "triage", order=12, shown=lambda actor: actor and _triages(actor)),
        NavItem("Dashboard", "dashboard", order=15, shown=lambda actor: actor and actor.reads_risks),
        NavItem("Reports", "reports", order=38, shown=lambda actor: actor and actor.reads_risks),
    )

    def ready(self) -> None:
        from accounts import holdings
        from overview.saved_views.services import forget_private

        holdings.register_end(forget_private)
