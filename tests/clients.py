"""A system that calls the API, as it would: it gets a token for its id and secret, and sends it along."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client as Browser

from accounts import services
from accounts.models import Role
from tests.factories import NOW, MembershipFactory

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from accounts.actors import Actor
    from accounts.models import Client, Organisation, User

EVERY_SCOPE = (
    "escalations:write", "export", "notifications:write", "read", "risks:write", "webhooks:manage",
)  # fmt: skip


@dataclass
class System:
    """`token` is sent with each request once there is one."""

    client: Client
    secret: str
    token: str = ""
    http: Browser = field(default_factory=lambda: Browser(raise_request_exception=False))

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.client.client_id}:{self.secret}".encode()).decode()

    def ask_for_token(self, **form: str) -> HttpResponse:
        sent = {"grant_type": "client_credentials", **form}
        return self.http.post("/api/oauth/token/", sent, headers={"Authorization": self.basic})

    def get_token(self, **form: str) -> System:
        response = self.ask_for_token(**form)
        assert response.status_code == 200, response.content
        self.token = response.json()["access_token"]
        return self

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> HttpResponse:
        send = getattr(self.http, method.lower())
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            more |= {"data": body, "content_type": "application/json"}
        return send(path, headers=headers, **more)

    def get(self, path: str) -> HttpResponse:
        return self.ask("GET", f"/api/v1/{path}")

    def post(self, path: str, **body: Any) -> HttpResponse:
        return self.ask("POST", f"/api/v1/{path}", body)


def add_system(
    *,
    by: Actor,
    responsible: User | None = None,
    role: str = Role.SAFETY_LEAD,
    scopes: tuple[str, ...] = EVERY_SCOPE,
    name: str = "Datix feed",
    rate_limit: int | None = None,
    now: datetime = NOW,
) -> System:
    """`by` is an administrator; unless somebody is named, a new reporter is responsible."""
    person = responsible or MembershipFactory(organisation=by.organisation, role=Role.REPORTER).user
    issued = services.add_client(
        name=name, role=role, scopes=scopes, responsible=person, rate_limit=rate_limit, by=by, now=now
    )
    return System(issued.client, issued.secret)


def of(organisation: Organisation, **given: Any) -> System:
    """A system of an organisation, added by a new administrator."""
    from accounts.actors import Actor

    administrator = Actor(MembershipFactory(organisation=organisation, role=Role.ADMINISTRATOR))
    return add_system(by=administrator, **given)


def everything_kept() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} AS t")  # noqa: S608 - names from the catalogue
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)
