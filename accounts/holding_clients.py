"""What a member may hold in this app: the systems they answer for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from accounts import services
from accounts.members import HOLDERS_OF_RISKS
from accounts.models import Client

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import ClientQuerySet, Organisation, User


class AnsweredForClients:
    name = "API clients"
    roles = HOLDERS_OF_RISKS

    def held_by(self, user: User, organisation: Organisation) -> list[tuple[str, str]]:
        held = services.answered_for(user, organisation)
        return [(client.name, reverse("client", args=[client.pk])) for client in held]

    def behind(self, user: User, organisation: Organisation) -> ClientQuerySet:
        return Client.objects.none()  # whoever changes a client has locked its organisation, as whoever hands over has

    def hand_over(self, *, organisation: Organisation, of: User, to: User, by: Actor, now: datetime) -> int:
        return services.hand_over_clients(organisation=organisation, of=of, to=to, by=by, now=now)
