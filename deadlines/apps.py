from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeadlinesConfig(AppConfig):
    name = "deadlines"

    def ready(self) -> None:
        from accounts import changes
        from deadlines.models import still_owed
        from deadlines.standards import ensure_defaults

        changes.register_tie(still_owed)
        post_migrate.connect(ensure_defaults, sender=self)
