"""The demonstration's people in the register: who they are, for whom they act, and who acts where nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password

from accounts import services as accounts
from accounts.actors import Actor
from accounts.models import CLINICAL_ROLES, Level, Membership, Organisation, Role, User
from demo.sign_ins import PASSWORD
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from demo.stories import Person

HAVE_A_DUTY_DESK = (Level.ICB, Level.REGION, Level.NATIONAL)


class Cast:
    """Everybody who acts in the demonstration, by e-mail address and by organisation."""

    def __init__(self, memberships: Iterable[Membership]) -> None:
        self.memberships = list(memberships)

    def user(self, email: str) -> User:
        return next(member.user for member in self.memberships if member.user.email == email)

    def lead(self, ods_code: str) -> Actor:
        """The first safety lead of an organisation, who acts where a story names nobody."""
        return self.those(ods_code, Role.SAFETY_LEAD)[0]

    def those(self, ods_code: str, *roles: Role) -> list[Actor]:
        """An organisation's people of some roles, in the order in which the content names them."""
        return [Actor(m) for m in self.memberships if m.organisation.ods_code == ods_code and m.role in roles]

    def acting(self, user: User, ods_code: str) -> Actor:
        return next(actor for actor in self.those(ods_code, *CLINICAL_ROLES) if actor.user == user)


def engage(people: Iterable[Person], organisations: dict[str, Organisation], now: datetime) -> Cast:
    """Add everybody with their memberships, and the duty desks of the bodies above providers.

    Invitations would hash the password once for each person, which takes the better part of a minute.
    """
    password = make_password(PASSWORD)
    memberships = [
        Membership(user=user, organisation=organisations[post.organisation], role=post.role, started_at=now)
        for person in people
        for user in [User(email=person.email, name=person.name, password=password)]
        for post in person.memberships
    ]
    User.objects.bulk_create({member.user.email: member.user for member in memberships}.values())
    Membership.objects.bulk_create(memberships)
    for member in memberships:
        role = member.get_role_display().lower()
        summary = f"{member.user} joined {member.organisation} as {role}, for the demonstration"
        record("join", member, summary, by=None, now=now)
    cast = Cast(memberships)
    _open_duty_desks(cast, now)
    return cast


def _open_duty_desks(cast: Cast, now: datetime) -> None:
    """The numbers are from the range that Ofcom keeps for drama: nobody has them."""
    bodies = {member.organisation.ods_code: member.organisation for member in cast.memberships}
    desks = [code for code, body in bodies.items() if body.level in HAVE_A_DUTY_DESK]
    for number, code in enumerate(desks, start=1):
        accounts.change_contacts(
            duty_email=f"duty.{code.lower()}@demo.example",
            duty_phone=f"01632 960{number:03}",
            by=cast.lead(code),
            now=now,
        )
