from typing import Any

from django.apps import AppConfig

from safetyreg.nhsuk.navigation import NavItem


class AccountsConfig(AppConfig):
    name = "accounts"
    navigation = (
        NavItem("People", "people", order=60, shown=lambda actor: actor and actor.is_administrator),
        NavItem("API clients", "clients", order=65, shown=lambda actor: actor and actor.is_administrator),
        NavItem("Organisation", "organisation", order=70, shown=lambda actor: actor and _changes_contacts(actor)),
    )

    def ready(self) -> None:
        from accounts import holdings
        from accounts.holding_clients import AnsweredForClients

        holdings.register(AnsweredForClients())


def _changes_contacts(actor: Any) -> bool:
    from accounts.permissions import can_change_contacts

    return can_change_contacts(actor)
