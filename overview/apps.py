from django.apps import AppConfig

from safetyreg.nhsuk.navigation import NavItem


class OverviewConfig(AppConfig):
    name = "overview"
    navigation = (
        NavItem("Home", "home", order=10),
        NavItem("Dashboard", "dashboard", order=15, shown=lambda actor: actor and actor.reads_risks),
        NavItem("Reports", "reports", order=35, shown=lambda actor: actor and actor.reads_risks),
    )
