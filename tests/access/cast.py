"""Who is in the world of these tests: the organisations, and the kinds of actor that are the columns of policy.csv."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.test import Client

from accounts.actors import Actor
from accounts.middleware import SESSION_KEY
from accounts.models import Level, Organisation, Role
from tests.factories import NOW, MembershipFactory, OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import Membership, User

SINCE = NOW - timedelta(days=90)

# Each kind of actor: in words, the organisation acted for, the role there.
KINDS = {
    "anonymous": ("nobody signed in", "", ""),
    "stranger": ("somebody signed in without any membership", "", ""),
    "former": ("somebody whose membership of the owner, as safety lead, has ended", "", ""),
    "viewer": ("a viewer of the owner", "owner", Role.VIEWER),
    "reporter": ("a reporter of the owner who has no part in the risk", "owner", Role.REPORTER),
    "writer": ("a reporter of the owner who wrote the risk and is to do its action", "owner", Role.REPORTER),
    "lead": ("a safety lead of the owner", "owner", Role.SAFETY_LEAD),
    "administrator": ("an administrator of the owner", "owner", Role.ADMINISTRATOR),
    "neighbour": ("a safety lead of another provider under the same ICB", "neighbour", Role.SAFETY_LEAD),
    "icb": ("a safety lead of the owner's ICB", "icb", Role.SAFETY_LEAD),
    "other_icb": ("a safety lead of another ICB", "other_icb", Role.SAFETY_LEAD),
    "region": ("a safety lead of the region", "region", Role.SAFETY_LEAD),
    "national": ("a safety lead of the national body", "national", Role.SAFETY_LEAD),
    "involved": ("a safety lead of a provider that is named on risks of the owner", "involved", Role.SAFETY_LEAD),
}
READERS = [kind for kind, (_words, _organisation, role) in KINDS.items() if role]
OWNERS_PEOPLE = ("viewer", "reporter", "writer")
FURTHER_OFF = ("other_icb", "region", "national")  # than the ICB: most risks are none of theirs
UNRELATED = ("anonymous", "stranger", "former", "administrator")  # to whatever risk

# The other roles at the body asked: none of them may do what its safety lead may.
AT_THE_ICB = {"icb_viewer": Role.VIEWER, "icb_reporter": Role.REPORTER, "icb_administrator": Role.ADMINISTRATOR}

HAVE_A_DEPUTY = ("owner", "icb", "region", "national")  # a second safety lead, to whom work can be given


@dataclass
class Cast:
    organisations: dict[str, Organisation]
    actors: dict[str, Actor]
    users: dict[str, User]
    former: Membership

    def client(self, kind: str) -> Client:
        """A browser in which somebody of this kind has signed in, and chosen whom they act for."""
        client = Client()
        if kind != "anonymous":
            client.force_login(self.users[kind])
            membership = self.former if kind == "former" else kind in self.actors and self.actors[kind].membership
            if membership:
                choose(client, membership)
        return client


def choose(client: Client, membership: Membership) -> None:
    session = client.session
    session[SESSION_KEY] = str(membership.pk)
    session.save()


def join(organisation: Organisation, role: str, name: str) -> Actor:
    user = UserFactory(name=name, email=f"{name.lower().replace(' ', '.')}@test.example")
    return Actor(MembershipFactory(user=user, organisation=organisation, role=role, started_at=SINCE))


def gather() -> Cast:
    organisations = _organisations()
    wanted = {kind: (organisation, role) for kind, (_words, organisation, role) in KINDS.items() if role}
    wanted |= {kind: ("icb", role) for kind, role in AT_THE_ICB.items()}
    wanted |= {f"{body}_deputy": (body, Role.SAFETY_LEAD) for body in HAVE_A_DEPUTY}
    wanted |= {"third": ("third", Role.SAFETY_LEAD)}
    actors = {
        kind: join(organisations[organisation], role, f"Test {kind.replace('_', ' ').title()}")
        for kind, (organisation, role) in wanted.items()
    }
    stranger, leaver = UserFactory(name="Test Stranger"), UserFactory(name="Test Leaver")
    former = MembershipFactory(user=leaver, organisation=organisations["owner"], started_at=SINCE, ended_at=NOW)
    users = {kind: actor.user for kind, actor in actors.items()} | {"stranger": stranger, "former": leaver}
    return Cast(organisations, actors, users, former)


def _organisations() -> dict[str, Organisation]:
    national = OrganisationFactory(name="Access England", level=Level.NATIONAL, kind="NATIONAL")
    region = OrganisationFactory(name="Access Region", level=Level.REGION, kind="REGION", parent=national)
    icb = OrganisationFactory(name="Access ICB", level=Level.ICB, kind="ICB", parent=region)
    other_icb = OrganisationFactory(name="Access Other ICB", level=Level.ICB, kind="ICB", parent=region)
    under = dict.fromkeys(("owner", "neighbour", "involved", "third", "spare"), icb) | {"far": other_icb}
    return {
        "national": national,
        "region": region,
        "icb": icb,
        "other_icb": other_icb,
        **{name: OrganisationFactory(name=f"Access {name.title()} Hospital", parent=on) for name, on in under.items()},
    }
