from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeadlinesConfig(AppConfig):
    name = "deadlines"

    def ready(self) -> None:
        from deadlines.standards import ensure_defaults

        post_migrate.connect(ensure_defaults, sender=self)
