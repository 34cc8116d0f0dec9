from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "escalations"

    def ready(self) -> None:
        from accounts import holdings
        from escalations.services.handling import HandledEscalations

        holdings.register(HandledEscalations())
