from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

from safetyreg.nhsuk.navigation import NavItem

if TYPE_CHECKING:
    from accounts.actors import Actor


def _matches(actor: Actor) -> bool:
    from risks.permissions import can_match

    return can_match(actor)


class RisksConfig(AppConfig):
    name = "risks"
    navigation = (
        NavItem("Risks", "risk-list", order=20, shown=lambda actor: actor and actor.reads_risks),
        NavItem("Positions", "involvements", order=34, shown=lambda actor: actor and actor.reads_risks),
        NavItem("Look-alikes", "pairs", order=36, shown=lambda actor: actor and _matches(actor)),
    )

    def ready(self) -> None:
        from accounts import changes, holdings
        from risks import sharing
        from risks.services import introducing
        from risks.services.handing import OwnedActions, OwnedRisks

        holdings.register(OwnedRisks())
        holdings.register(OwnedActions())
        changes.register_tie(sharing.open_risks_of)
        changes.register_follower(sharing.follow_organisation)
        changes.register_follower(introducing.follow_organisation)
