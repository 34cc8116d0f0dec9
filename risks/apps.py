from django.apps import AppConfig


class RisksConfig(AppConfig):
    name = "risks"

    def ready(self) -> None:
        from accounts import holdings
        from risks.services.handing import OwnedActions, OwnedRisks

        holdings.register(OwnedRisks())
        holdings.register(OwnedActions())
