"""The world of these tests as addresses see it: which rows an address can point at, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.tokens import default_token_generator
from django.core.files import File
from django.db import transaction
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import services as accounts
from accounts.models import Organisation, Role
from accounts.tokens import token_for
from deadlines.models import ResponseStandard
from notifications.models import Notification, WebhookEndpoint
from notifications.webhooks import services as webhooks
from overview.models import DataPackage, Report, SavedView, Whole
from overview.reports import services as reports
from overview.saved_views import services as saved_views
from overview.whole_data import services as whole_data
from tests import clients
from tests.access import routes
from tests.access.answers import ADDRESSES, MARKS, REFERENCES, text
from tests.access.cast import AT_THE_ICB, KINDS, Cast, join
from tests.access.relations import knows, may_hear, may_read
from tests.access.story import mark
from tests.factories import NOW, UserFactory
from tests.risks.importing.sending import as_csv, row, send

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.http import HttpResponse

    from accounts.actors import Actor
    from tests.access.routes import Route
    from tests.access.story import Story, Subject
    from tests.clients import System

SAFE = ("GET", "HEAD", "OPTIONS")
LENT = "crossing"  # whose parts an address is given where a risk has none of its own: they must not be found there


@dataclass
class World:
    cast: Cast
    story: Story
    letters: list[EmailMessage]  # sent by the time at which the world stands still
    clients: dict[str, Client] = field(default_factory=dict)
    systems: dict[str, System] = field(default_factory=dict)

    @classmethod
    def of(cls, story: Story, letters: list[EmailMessage]) -> World:
        world = cls(story.cast, story, letters)
        world.others = world._others()
        world.clients = {kind: world.cast.client(kind) for kind in (*KINDS, *AT_THE_ICB)}
        for kind, system in world.systems.items():
            world.clients[kind] = Client(headers={"Authorization": f"Bearer {system.token}"})
        return world

    def ask(self, kind: str, method: str, path: str, body: Any = None, *, json: bool = False) -> HttpResponse:
        """What somebody of this kind is answered. Nothing stays changed: neither a row nor who is signed in."""
        client = self.clients[kind]
        cookies = client.cookies.copy()
        try:
            if method in SAFE:
                return self._follow(client, getattr(client, method.lower())(path))
            with transaction.atomic():
                response = self._send(client, method, path, body or {}, json)
                transaction.set_rollback(True)
            return response
        finally:
            client.cookies = cookies

    def _follow(self, client: Client, response: HttpResponse) -> HttpResponse:
        """The administration site refuses by sending from door to door."""
        while response.get("Location", "").startswith("/admin/"):
            response = client.get(response["Location"])
        return response

    def _send(self, client: Client, method: str, path: str, body: Any, json: bool) -> HttpResponse:
        send = getattr(client, method.lower())
        json = json and not any(isinstance(value, File) for value in body.values())
        response = send(path, body, content_type="application/json") if json else send(path, body)
        return self._follow(client, response)

    def path(self, route: Route, subject: str) -> str:
        return route.path(self.given(route.name, subject))

    def given(self, route: str, subject: str) -> dict[str, Any]:
        """What an address of a route is filled in with, when it is about a subject."""
        if subject in self.others:
            return self.others[subject]
        if subject in self.story.pairs:
            risk, other = self.story.pairs[subject]
            return {"reference": risk.reference, "other": other.reference}
        if exchanged := self._exchanged(route):
            return {"pk": exchanged[subject].pk}
        risk = self.subject(subject)
        return {"reference": risk.risk.reference, "pk": self.part(route, subject)}

    def _exchanged(self, route: str) -> dict[str, Any]:
        """What addresses of this kind are about, by the names that policy.csv gives it."""
        kinds = {
            "involvement": self.story.questions, "link": self.story.links, "introduction": self.story.introductions
        }  # fmt: skip
        return kinds.get(route.removeprefix("api-").split("-")[0], {})

    def subject(self, name: str) -> Subject:
        """The risk of that name, or the one that the hop of that name is about."""
        return self.story.subjects.get(name) or self.story.subjects[name.rpartition("-")[0]]

    def part(self, route: str, subject: str) -> Any:
        if "escalation" in route.split("-"):
            return self.story.hops[subject].pk
        kind = next((kind for kind in ("control", "action", "involve", "transfer") if f"{kind}" in route), "")
        kind = "involvement" if kind == "involve" else kind
        return self.subject(subject).parts.get(kind) or self._lent(kind)

    def _lent(self, kind: str) -> Any:
        lender = "offered" if kind == "transfer" else LENT
        return self.story.subjects[lender].parts.get(kind)

    @cached_property
    def readable(self) -> dict[str, set[str]]:
        """The markers that each kind of actor may read."""
        return {kind: self.shown_on("pages API", kind) for kind in KINDS}

    def shown_on(self, where: str, kind: str) -> set[str]:
        """The markers that a kind of actor may read, and does read, on "pages" or over the "API"."""
        written = [(subject.name, about) for subject in self.story.subjects.values() for about in subject.marks]
        of_risks = {mark(name, about) for name, about in written if may_read(kind, name, about)}
        return of_risks | {mark(*said) for said in self.story.said if may_hear(kind, *said, where)}

    @cached_property
    def hidden(self) -> dict[str, set[str]]:
        """What nobody of each kind may be shown: markers, references and e-mail addresses of people elsewhere."""
        return {kind: self._hidden(kind) for kind in KINDS}

    def _hidden(self, kind: str) -> set[str]:
        everything = {mark(subject.name, about) for subject in self.story.subjects.values() for about in subject.marks}
        everything |= {mark(*said) for said in self.story.said}
        references = {
            subject.risk.reference for subject in self.story.subjects.values() if not knows(kind, subject.name)
        }
        own = self.cast.actors[kind].organisation if kind in self.cast.actors else None
        here = [name for name, actor in self.cast.actors.items() if actor.organisation == own]
        elsewhere = {user.email for name, user in self.cast.users.items() if name not in (kind, *here)}
        return (everything - self.readable[kind]) | references | elsewhere

    def leaks(self, kind: str, response: HttpResponse) -> list[str]:
        """What somebody is shown that is not for them."""
        shown = text(response)
        found = {*MARKS.findall(shown.lower()), *REFERENCES.findall(shown), *ADDRESSES.findall(shown)}
        return sorted(found & self.hidden[kind])

    @cached_property
    def routes(self) -> dict[str, Route]:
        return routes.routes()

    def _others(self) -> dict[str, dict[str, Any]]:
        """Subjects that are no risk."""
        actors, organisations = self.cast.actors, self.cast.organisations
        forgetful = UserFactory(name="Test Forgetful")
        secret = {
            "uidb64": urlsafe_base64_encode(force_bytes(forgetful.pk)),
            "token": default_token_generator.make_token(forgetful),
        }
        told = Notification.objects.filter(recipient=actors["lead"].user).first()
        assert told
        administrators = {
            "invited": actors["administrator"],
            "invited-elsewhere": join(organisations["neighbour"], Role.ADMINISTRATOR, "Elsewhere Administrator"),
        }
        invitations = {
            name: accounts.invite(email=f"{name}@test.example", role=Role.VIEWER, by=by, now=NOW)
            for name, by in administrators.items()
        }
        return {
            "-": {
                "uidb64": secret["uidb64"], "token": secret["token"], "url": "nothing/", "app_label": "accounts",
                "name": "register",
                "content_type_id": 1, "object_id": str(actors["viewer"].user.pk),
            },
            "figure": {"key": "heat_map"},
            "no-figure": {"key": "nothing_of_the_kind"},
            "standard": {"pk": ResponseStandard.objects.earliest("pk").pk},
            "organisation": {"pk": organisations["far"].pk},
            "closed-organisation": {"pk": self._closed().pk},
            "told": {"pk": told.pk},
            **self._systems(administrators),
            "webhook-active": self._webhook("lead", is_active=True),
            "webhook-pending": self._webhook("lead", is_active=False),
            "webhook-elsewhere": self._webhook("neighbour", is_active=True),
            "view-own": {"pk": self._view("lead", "own").pk},
            "view-shared": {"pk": self._view("lead", "shared", is_shared=True).pk},
            "view-elsewhere": {"pk": self._view("neighbour", "elsewhere", is_shared=True).pk},
            "package": {"pk": self._package().pk},
            "report": {"pk": self._report().pk, "kind": "pdf"},
            "import": {"pk": send(actors["lead"], as_csv(row("access"))).pk},
            "member": {"pk": join(organisations["owner"], Role.VIEWER, "Test Member").membership.pk},
            "elsewhere": {"pk": join(organisations["neighbour"], Role.VIEWER, "Test Elsewhere").membership.pk},
            **{
                name: {"pk": invitation.pk, "token": token_for(invitation)}
                for name, invitation in invitations.items()
            },
        }  # fmt: skip

    def _systems(self, administrators: dict[str, Actor]) -> dict[str, dict[str, Any]]:
        """The systems that call the API (test_clients.py), and those that the pages of administrators are about."""
        by, elsewhere = administrators["invited"], administrators["invited-elsewhere"]
        for kind, (administrator, role, scopes) in {
            "system_viewer": (by, Role.VIEWER, clients.EVERY_SCOPE),
            "system_reporter": (by, Role.REPORTER, clients.EVERY_SCOPE),
            "system_lead": (by, Role.SAFETY_LEAD, clients.EVERY_SCOPE),
            "system_reader": (by, Role.SAFETY_LEAD, ("read",)),
            "system_neighbour": (elsewhere, Role.SAFETY_LEAD, clients.EVERY_SCOPE),
        }.items():
            person = self.cast.users["neighbour" if administrator is elsewhere else "owner_deputy"]
            self.systems[kind] = clients.add_system(
                by=administrator, responsible=person, role=role, scopes=scopes, name=kind, rate_limit=1_000_000
            ).get_token()
        return {
            "client": {"pk": self.systems["system_lead"].client.pk},
            "client-elsewhere": {"pk": self.systems["system_neighbour"].client.pk},
        }

    def _webhook(self, kind: str, *, is_active: bool) -> dict[str, Any]:
        """An endpoint of theirs, and the first message for it."""
        by: dict[str, Any] = {"by": self.cast.actors[kind], "now": NOW}
        asked = {"url": "https://system.example/", "description": "A system", "event_types": ["risk.changed"]}
        endpoint = webhooks.add_webhook(**asked, **by)
        if is_active:
            endpoint.deliveries.all().delete()
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(state="ACTIVE", activated_at=NOW)
            webhooks.ping_webhook(endpoint=endpoint, **by)
        return {"pk": endpoint.pk, "delivery": endpoint.deliveries.get().pk}

    def _view(self, kind: str, name: str, *, is_shared: bool = False) -> SavedView:
        asked = {"list": "risk-list", "query": "band=EXTREME", "name": name, "is_shared": is_shared}
        return saved_views.save_view(**asked, by=self.cast.actors[kind], now=NOW)

    def _package(self) -> DataPackage:
        package = whole_data.ask(whole=Whole.MINE, by=self.cast.actors["lead"], now=NOW)
        whole_data.work(now=NOW)
        package.expires_at = datetime.max.replace(tzinfo=UTC)
        package.save(update_fields=["expires_at"])
        return package

    def _report(self) -> Report:
        report = reports.ask_report(by=self.cast.actors["lead"], now=NOW)
        reports.work(now=NOW)
        report.refresh_from_db()
        report.expires_at = datetime.max.replace(tzinfo=UTC)
        report.save(update_fields=["expires_at"])
        return report

    def _closed(self) -> Organisation:
        gone = self.cast.organisations["spare"]
        return Organisation.objects.create(
            ods_code="GONE1", name="Access Closed Hospital", kind=gone.kind, parent=gone.parent, closed_on=NOW.date(),
            level=gone.level,
        )  # fmt: skip
