"""Systems that act for an organisation: adding them, their secrets, and ending them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare
from oauth2_provider.models import get_access_token_model

from accounts import guessing, permissions
from accounts.guessing import What
from accounts.members import HOLDERS_OF_RISKS, require_member
from accounts.models import (
    CLINICAL_ROLES,
    SYSTEM_ADDRESSES,
    Client,
    ClientQuerySet,
    ClientRequest,
    ClientSecret,
    Membership,
    User,
)
from accounts.models.clients import KEPT_AT_LEAST
from accounts.services.inviting import OrganisationClosed
from accounts.services.locking import lock_organisation
from accounts.services.signing_in import MINUTES, TooManyAttempts
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import listed, when

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation

LONGEST_OVERLAP = timedelta(days=30)


class ClientRevoked(DomainError):
    """It was revoked already."""


@dataclass(frozen=True)
class Issued:
    """A client and its new secret, which is known now and never again."""

    client: Client
    secret: str = field(repr=False)


@transaction.atomic
def add_client(
    *,
    name: str,
    role: str,
    scopes: Sequence[str],
    responsible: User,
    rate_limit: int | None = None,
    by: Actor,
    now: datetime,
) -> Issued:
    """Let a system act for the acting organisation, in a role, as far as its scopes go.

    `responsible` is who answers for it: a member who can own risks. `rate_limit` is in requests a minute.
    Raises PermissionDenied, ValidationError, OrganisationClosed.
    """
    if not permissions.can_manage_clients(by):
        raise PermissionDenied
    organisation = lock_organisation(by.organisation)
    if not organisation.is_open:
        raise OrganisationClosed(f"{organisation.name} has closed, so nothing can act for it any more")
    if role not in CLINICAL_ROLES:
        raise ValidationError({"role": "Select a role"})
    client = Client(
        organisation=organisation,
        name=name.strip(),
        scopes=_in_order(scopes),
        responsible=responsible,
        rate_limit=rate_limit,
        created_by=by.user,
        created_at=now,
    )
    _require_lawful(client)
    client.membership = Membership.objects.create(
        user=_user_of(client), organisation=organisation, role=role, started_at=now
    )
    client.save()
    role_in_words = client.membership.get_role_display().lower()
    words = f"added the API client {client.name} as {role_in_words}, with {listed(client.scopes)}"
    record("add_client", client, words, by=by, now=now, details={"scopes": [[], client.scopes]})
    return _issue(client, now)


def _user_of(client: Client) -> User:
    """A user of the system's own, by whose name readers know it. Nobody can sign in as it."""
    name = f"{client.name} (a system of {client.organisation.name})"
    return User.objects.create_user(email=f"{uuid.uuid4()}@{SYSTEM_ADDRESSES}", name=name, is_system=True)


@transaction.atomic
def change_client(
    *, client: Client, scopes: Sequence[str], responsible: User, rate_limit: int | None = None, by: Actor, now: datetime
) -> Client:
    """Change what a client may do, how often, and who answers for it. It holds from its next request.

    Raises PermissionDenied, ValidationError, ClientRevoked.
    """
    client = _locked(client, by)
    before = {"scopes": client.scopes, "responsible": client.responsible.name, "rate_limit": client.rate_limit}
    client.scopes, client.responsible, client.rate_limit = _in_order(scopes), responsible, rate_limit
    _require_lawful(client)
    client.save()
    after = {"scopes": client.scopes, "responsible": responsible.name, "rate_limit": rate_limit}
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changed:
        record("change_client", client, f"changed the API client {client.name}", by=by, now=now, details=changed)
    return client


@transaction.atomic
def rotate_secret(*, client: Client, overlap: timedelta, by: Actor, now: datetime) -> Issued:
    """Give a client a new secret. The one it has goes on working for as long as `overlap`, and then no more.

    Without an overlap the tokens it got end too: somebody else may know the secret. There are never more than two.
    Raises PermissionDenied, ValidationError, ClientRevoked.
    """
    client = _locked(client, by)
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise ValidationError({"overlap": f"Choose no more than {LONGEST_OVERLAP.days} days"})
    secrets_now = list(ClientSecret.objects.filter(client=client).live(now))
    for older in secrets_now[1:]:
        _end(older, now)
    for newest in secrets_now[:1]:
        _end(newest, now + overlap)
    if not overlap:
        _end_tokens(client)
    how_long = (
        f"; the old one works until {when(now + overlap)}" if secrets_now and overlap else "; the old one has ended"
    )
    record("rotate_client_secret", client, f"gave {client.name} a new secret{how_long}", by=by, now=now)
    return _issue(client, now)


@transaction.atomic
def revoke_client(*, client: Client, by: Actor, now: datetime) -> Client:
    """End a client for good: its secrets and tokens are refused from its next request on.

    Raises PermissionDenied, ClientRevoked.
    """
    client = _locked(client, by)
    client.revoked_at, client.revoked_by = now, by.user
    client.save(update_fields=["revoked_at", "revoked_by"])
    for secret in ClientSecret.objects.filter(client=client).live(now):
        _end(secret, now)
    _end_tokens(client)
    membership = client.membership
    membership.ended_at = max(now, membership.started_at)
    membership.save(update_fields=["ended_at"])
    record("revoke_client", client, f"revoked the API client {client.name}", by=by, now=now)
    return client


def authenticate_client(
    client: Client | None, *, client_id: str, secret: str, place: str, now: datetime
) -> ClientSecret | None:
    """The client's secret, if this is one. Tries are counted as for signing in, also for a client that is not.

    Raises TooManyAttempts.
    """
    if guessing.too_many(What.CLIENT, email=client_id, place=place, now=now):
        raise TooManyAttempts(f"There have been too many tries. Wait {MINUTES} minutes and try again")
    shown = _digest(secret)
    live = ClientSecret.objects.filter(client=client, client__revoked_at=None).live(now) if client else []
    found = next((one for one in live if constant_time_compare(one.digest, shown)), None)
    if found:
        guessing.forget(What.CLIENT, email=client_id)
    return found


def still_works(secret: ClientSecret, now: datetime) -> bool:
    """Whether a secret has not ended since it was shown; if so, it does not end until the transaction does."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=secret.client_id)
    return ClientSecret.objects.filter(pk=secret.pk, client__revoked_at=None).live(now).exists()


def hand_over_clients(*, organisation: Organisation, of: User, to: User, by: Actor, now: datetime) -> int:
    """Give what somebody answers for to another member. Raises ValidationError."""
    require_member(to, organisation, field="responsible", roles=HOLDERS_OF_RISKS)
    clients = list(answered_for(of, organisation).select_for_update(of=("self",), no_key=True))
    for client in clients:
        client.responsible = to
        client.save(update_fields=["responsible"])
        details = {"responsible": [of.name, to.name]}
        words = f"made {to.name} responsible for the API client {client.name}"
        record("change_client", client, words, by=by, now=now, details=details)
    return len(clients)


def clear_client_requests(*, now: datetime) -> int:
    """Remove what was asked so long ago that it need not be kept, and tokens that ran out; how many requests it was.

    Run twice, or late, it does no harm. The database keeps what is younger than 30 days even from this.
    """
    get_access_token_model().objects.filter(expires__lt=now - timedelta(days=1)).delete()
    kept = timedelta(days=max(KEPT_AT_LEAST, settings.API_LOG_DAYS))
    return ClientRequest.objects.filter(at__lt=now - kept).delete()[0]


def can_answer_for(client: Client) -> bool:
    """Whether whoever is responsible for it is still somebody who can own what it logs."""
    able = Membership.objects.live().people().loggers()
    return able.filter(user=client.responsible, organisation=client.organisation).exists()


def answered_for(user: User, organisation: Organisation) -> ClientQuerySet:
    """The live clients of an organisation for which somebody is responsible."""
    return Client.objects.live().filter(responsible=user, organisation=organisation).order_by("name", "pk")


def _locked(client: Client, by: Actor) -> Client:
    if not permissions.can_manage_client(by, client):
        raise PermissionDenied
    lock_organisation(client.organisation)
    now = Client.objects.select_for_update(of=("self",), no_key=True).with_people().get(pk=client.pk)
    if not now.is_live:
        raise ClientRevoked(f"{now.name} was revoked on {when(now.revoked_at)}")
    return now


def _require_lawful(client: Client) -> None:
    """Raises ValidationError with everything that is wrong."""
    problems: dict[str, list[str]] = {}
    if not client.name:
        problems["name"] = ["Enter a name"]
    if not client.scopes:
        problems["scopes"] = ["Select at least one thing that it may do"]
    try:
        require_member(client.responsible, client.organisation, field="responsible", roles=HOLDERS_OF_RISKS)
    except ValidationError as error:
        problems |= error.message_dict
    try:
        client.full_clean(exclude=["membership", *problems])
    except ValidationError as error:
        problems |= {
            ("name" if name == NON_FIELD_ERRORS else name): words for name, words in error.message_dict.items()
        }
    if problems:
        raise ValidationError(problems)


def _in_order(scopes: Sequence[str]) -> list[str]:
    return sorted(set(scopes))


def _issue(client: Client, now: datetime) -> Issued:
    secret = secrets.token_urlsafe(32)
    ClientSecret.objects.create(client=client, digest=_digest(secret), created_at=now)
    return Issued(client, secret)


def _digest(secret: str) -> str:
    """256 random bits need no slow hash, which would only make every request for a token slow (docs/adr/0018)."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _end(secret: ClientSecret, at: datetime) -> None:
    secret.ends_at = max(secret.created_at, min(at, secret.ends_at or at))
    secret.save(update_fields=["ends_at"])


def _end_tokens(client: Client) -> None:
    get_access_token_model().objects.filter(application=client).delete()
