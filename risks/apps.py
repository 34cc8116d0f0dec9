from django.apps import AppConfig

from safetyreg.nhsuk.navigation import NavItem


class RisksConfig(AppConfig):
    name = "risks"
    navigation = (
        NavItem("Risks", "risk-list", order=20, shown=lambda actor: actor and actor.reads_risks),
        NavItem("Positions", "involvements", order=35, shown=lambda actor: actor and actor.reads_risks),
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
