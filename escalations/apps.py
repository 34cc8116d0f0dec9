from django.apps import AppConfig

from safetyreg.nhsuk.navigation import NavItem


class EscalationsConfig(AppConfig):
    name = "escalations"
    navigation = (NavItem("Escalations", "escalations", order=30, shown=lambda actor: actor and actor.reads_risks),)

    def ready(self) -> None:
        from accounts import holdings
        from escalations.services.handling import HandledEscalations

        holdings.register(HandledEscalations())
