from django.apps import AppConfig
from django.db.models.signals import post_migrate

from safetyreg.nhsuk.navigation import NavItem


class DeadlinesConfig(AppConfig):
    name = "deadlines"
    navigation = (NavItem("Standards", "standard-list", order=50),)

    def ready(self) -> None:
        from accounts import changes
        from deadlines.models import still_owed
        from deadlines.standards import ensure_defaults

        changes.register_tie(still_owed)
        post_migrate.connect(ensure_defaults, sender=self)
