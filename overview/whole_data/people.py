"""What the register holds about a person, and about the people of an organisation.

Texts about risks are no data about a person. Of what they wrote they get the words where they still read the risk, and
otherwise that they wrote it, and when: a membership that ended takes its risks with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Invitation, Membership, User
from escalations.models import Feedback
from notifications.models import Notification
from overview.models import SavedView
from risks.models import Action, Comment, Risk, Score
from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

AT_ONCE = 500


def about_person(by: Actor, now: datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    user = by.user
    read = _read_by(user)
    account = {
        "name": user.name, "email": user.email, "is_active": user.is_active, "joined_at": user.date_joined,
        "last_signed_in_at": user.last_login,
    }  # fmt: skip
    yield "account.jsonl", [_json(account)]
    yield "memberships.jsonl", map(_json, _memberships(Membership.objects.filter(user=user)))
    invitations = Invitation.objects.filter(Q(email=user.email) | Q(invited_by=user))
    yield "invitations.jsonl", map(_json, _invitations(invitations))
    yield "risks.jsonl", map(_json, _risks(user, read))
    for name, rows, text, reference in _written(user):
        yield f"{name}.jsonl", map(_json, _texts(rows, text, reference, read))
    yield "saved-views.jsonl", map(_json, _views(user))
    yield "told.jsonl", map(_json, _told(user))
    done = AuditEvent.objects.filter(by=user)
    yield "what-you-did.jsonl", map(_json, _events(done, read))
    about = AuditEvent.objects.filter(_about_people([user.pk], [m.pk for m in Membership.objects.filter(user=user)]))
    yield "what-was-done-about-you.jsonl", map(_json, _events(about.exclude(by=user), read))


def of_organisation(by: Actor, now: datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Its members, also those who left, its invitations, and what was done about either. Nothing of a risk."""
    members = Membership.objects.filter(organisation=by.organisation)
    yield "people.jsonl", map(_json, _memberships(members))
    invitations = Invitation.objects.filter(organisation=by.organisation)
    yield "invitations.jsonl", map(_json, _invitations(invitations))
    people = AuditEvent.objects.filter(organisation=by.organisation, subject_type__startswith="accounts.", reference="")
    yield "what-was-done.jsonl", map(_json, _events(people, set()))


def _read_by(user: User) -> set[str]:
    """The references of the risks that a person reads in full, in whatever organisation they may act for."""
    live = Membership.objects.live().filter(user=user).select_related("user", "organisation__parent")
    read: set[str] = set()
    for membership in live:
        read |= set(Risk.objects.read_in_full_by(Actor(membership)).values_list("reference", flat=True))
    return read


def _memberships(rows: QuerySet[Membership]) -> Iterator[dict[str, Any]]:
    for row in rows.select_related("user", "organisation").order_by("started_at", "pk").iterator(AT_ONCE):
        yield {
            "name": row.user.name, "email": row.user.email, "organisation": row.organisation.name, "role": row.role,
            "started_at": row.started_at, "ended_at": row.ended_at,
        }  # fmt: skip


def _invitations(rows: QuerySet[Invitation]) -> Iterator[dict[str, Any]]:
    for row in rows.select_related("organisation", "invited_by").order_by("invited_at", "pk").iterator(AT_ONCE):
        yield {
            "email": row.email, "organisation": row.organisation.name, "role": row.role, "invited_at": row.invited_at,
            "invited_by": row.invited_by.name if row.invited_by else None, "accepted_at": row.accepted_at,
            "withdrawn_at": row.withdrawn_at,
        }  # fmt: skip


def _risks(user: User, read: set[str]) -> Iterator[dict[str, Any]]:
    for row in Risk.objects.filter(Q(logged_by=user) | Q(owner=user)).order_by("reference").iterator(AT_ONCE):
        seen = row.reference in read
        yield {
            "reference": row.reference, "logged_by_you": row.logged_by_id == user.pk,
            "owned_by_you": row.owner_id == user.pk, "drafted_at": row.drafted_at, "logged_at": row.logged_at,
            "title": row.title if seen else None,
        }  # fmt: skip


def _written(user: User) -> Iterator[tuple[str, QuerySet[Any], str, str]]:
    """What a person wrote: the rows, where their words are, and what leads to the reference of the risk."""
    yield "comments", Comment.objects.filter(created_by=user).select_related("risk"), "text", "risk"
    yield "scores", Score.objects.filter(created_by=user).select_related("risk"), "rationale", "risk"
    actions = Action.objects.filter(Q(created_by=user) | Q(owner=user)).select_related("risk")
    yield "actions", actions, "text", "risk"
    feedback = Feedback.objects.filter(given_by=user).select_related("escalation__risk")
    yield "feedback", feedback, "text", "escalation.risk"


def _texts(rows: QuerySet[Any], text: str, leads_to: str, read: set[str]) -> Iterator[dict[str, Any]]:
    for row in rows.order_by("pk").iterator(AT_ONCE):
        risk = row
        for name in leads_to.split("."):
            risk = getattr(risk, name)
        at = getattr(row, "created_at", None) or row.given_at
        yield {"risk": risk.reference, "at": at, "words": getattr(row, text) if risk.reference in read else None}


def _told(user: User) -> Iterator[dict[str, Any]]:
    for row in Notification.objects.filter(recipient=user).order_by("created_at", "pk").iterator(AT_ONCE):
        yield {"at": row.created_at, "kind": row.kind, "message": row.message, "read_at": row.read_at}


def _views(user: User) -> Iterator[dict[str, Any]]:
    for row in SavedView.objects.filter(saved_by=user).select_related("organisation").order_by("saved_at", "pk"):
        yield {
            "name": row.name, "organisation": row.organisation.name, "list": row.list, "query": row.query,
            "is_shared": row.is_shared, "saved_at": row.saved_at,
        }  # fmt: skip


def _events(rows: QuerySet[AuditEvent], read: set[str]) -> Iterator[dict[str, Any]]:
    for row in rows.select_related("by", "organisation").order_by("at", "written_at", "pk").iterator(AT_ONCE):
        yield {
            "at": row.at, "by": row.by.name if row.by else None,
            "organisation": row.organisation.name if row.organisation else None, "verb": row.verb,
            "risk": row.reference or None,
            "words": row.summary if not row.reference or row.reference in read else None,
        }  # fmt: skip


def _about_people(users: list[Any], memberships: list[Any]) -> Q:
    ids = [str(pk) for pk in (*users, *memberships)]
    return Q(subject_type__in=["accounts.user", "accounts.membership"], subject_id__in=ids)


def _json(found: Any) -> bytes:
    return json.dumps(found, default=_plain, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
