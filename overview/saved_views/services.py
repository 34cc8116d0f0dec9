"""Saving a view, naming it, sharing it and deleting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from overview.saved_views import lists, permissions
from overview.saved_views.models import SavedView
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Membership

MOST = 50  # of one membership: more nobody finds again


class NoSuchView(DomainError):
    """Somebody deleted it meanwhile, or made it private."""


@transaction.atomic
def save_view(
    *,
    list: str,
    query: str,
    name: str,
    is_shared: bool = False,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> SavedView:
    """Keep the filters of a list under a name, for oneself or for everybody of the organisation.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded.
    """
    if not permissions.can_save_views(by):
        raise PermissionDenied
    view = SavedView(
        organisation=by.organisation,
        membership=by.membership,
        saved_by=by.user,
        list=list,
        name=_name(name, checked=personal_data_checked),
        query=lists.cleaned(list, query, by, now),
        is_shared=is_shared,
        saved_at=now,
        changed_at=now,
    )
    if SavedView.objects.filter(membership=by.membership).count() >= MOST:
        raise ValidationError(f"You have {MOST} views already. Delete one that you no longer need")
    view.full_clean()
    view.save()
    record("save_view", view, f"saved the view {view.name}{_for_whom(view)}", by=by, now=now)
    return view


@transaction.atomic
def change_view(
    *,
    view: SavedView,
    name: str | None = None,
    is_shared: bool | None = None,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> SavedView:
    """Give it another name, share it, or keep it for oneself again. Made private by another, it is theirs from then on.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, NoSuchView.
    """
    view = _locked(view, by)
    if name is not None:
        view.name = _name(name, checked=personal_data_checked)
    if is_shared is not None and is_shared != view.is_shared:
        view.is_shared = is_shared
        if not is_shared:
            view.membership = by.membership
    view.changed_at = now
    view.full_clean()
    view.save()
    record("change_view", view, f"changed the view {view.name}{_for_whom(view)}", by=by, now=now)
    return view


@transaction.atomic
def delete_view(*, view: SavedView, by: Actor, now: datetime) -> None:
    """Delete a view: nobody is shown it any more. Raises PermissionDenied, NoSuchView."""
    view = _locked(view, by)
    record("delete_view", view, f"deleted the view {view.name}{_for_whom(view)}", by=by, now=now)
    view.delete()


def forget_private(membership: Membership) -> None:
    """Whoever leaves takes their own views with them; what they shared stays with the organisation."""
    SavedView.objects.filter(membership=membership, is_shared=False).delete()


def _locked(view: SavedView, by: Actor) -> SavedView:
    if not permissions.can_change_view(by, view):
        raise PermissionDenied
    locked = SavedView.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=view.pk).first()
    if locked is None:
        raise NoSuchView("This view was deleted, or is no longer shared")
    if not permissions.can_change_view(by, locked):
        raise PermissionDenied
    return locked


def _name(text: str, *, checked: bool) -> str:
    personal_data.screen(checked=checked, name=text)
    name = " ".join(text.split())
    if not name:
        raise ValidationError({"name": "Enter a name for the view"})
    return name


def _for_whom(view: SavedView) -> str:
    return ", shared within the organisation" if view.is_shared else ""
