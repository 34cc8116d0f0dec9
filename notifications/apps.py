from django.apps import AppConfig

from safetyreg.nhsuk.navigation import NavItem


class NotificationsConfig(AppConfig):
    name = "notifications"
    navigation = (
        NavItem(
            "Notifications",
            "notification-list",
            order=40,
            shown=bool,
            badge="unread_notifications",
        ),
        NavItem("Webhooks", "webhook-list", order=65, shown=lambda actor: actor and actor.is_administrator),
    )
