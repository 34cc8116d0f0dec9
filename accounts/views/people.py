"""The pages on which administrators look after the people of their organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts import permissions, services
from accounts.exporting import PEOPLE
from accounts.filters import PEOPLE_SORTS, PeopleFilter
from accounts.forms import HandOverForm, InviteForm, RoleForm
from accounts.models import Invitation, Membership
from safetyreg.lists import ListPage
from safetyreg.pages import ActionPage, ShowPage

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.models import User
    from safetyreg.errors import DomainError


class People(ListPage):
    template_name = "accounts/people.jinja"
    permission = permissions.can_manage_people
    heading = "People"
    noun = "membership"
    filterset_class = PeopleFilter
    sorts = PEOPLE_SORTS
    export = PEOPLE

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.visible_to(self.request.actor).select_related("user")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitations = Invitation.objects.visible_to(self.request.actor).unanswered().with_email()
        waiting = list(invitations.order_by("-invited_at", "pk"))
        return super().get_context_data(**kwargs, invitations=waiting, now=timezone.now())


class Invite(ActionPage):
    form_class = InviteForm
    permission = permissions.can_manage_people
    heading = "Invite somebody"
    submit = "Send the invitation"

    def caption(self) -> str:
        return self.request.actor.organisation.name

    def back_url(self) -> str:
        return reverse("people")

    def act(self, **cleaned: Any) -> str:
        invitation = services.invite(**cleaned, by=self.request.actor, now=timezone.now())
        messages.success(self.request, f"{invitation.email} is invited. The link we send them works for 7 days")
        return "people"


class InvitationPage(ActionPage):
    def get_object(self) -> Invitation:
        mine = Invitation.objects.visible_to(self.request.actor).select_related("organisation")
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def caption(self) -> str:
        return f"{self.object.email}, {self.object.get_role_display().lower()}"

    def back_url(self) -> str:
        return reverse("people")


class ResendInvitation(InvitationPage):
    permission = permissions.can_manage_invitation
    heading = "Send this invitation again"
    submit = "Send it again"
    success_message = "The invitation is sent again. Its link works for another 7 days"

    def act(self) -> str:
        services.resend_invitation(invitation=self.object, by=self.request.actor, now=timezone.now())
        return "people"


class WithdrawInvitation(InvitationPage):
    permission = permissions.can_manage_invitation
    heading = "Withdraw this invitation"
    submit = "Withdraw the invitation"
    submit_variant = "warning"
    success_message = "The invitation is withdrawn: its link no longer works"

    def act(self) -> str:
        services.withdraw_invitation(invitation=self.object, by=self.request.actor, now=timezone.now())
        return "people"


class MemberPage:
    """About one member, and what they hold. An administrator reads no risks, so references are all there is."""

    def get_object(self) -> Membership:
        mine = Membership.objects.visible_to(self.request.actor).select_related("user", "organisation")
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def caption(self) -> str:
        return f"{self.object.user.name}, {self.object.get_role_display().lower()}"

    def back_url(self) -> str:
        return reverse("person", args=[self.object.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, member=self.object, held=services.held_by(self.object))


class Person(MemberPage, ShowPage):
    template_name = "accounts/person.jinja"
    permission = permissions.can_manage_membership

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor, member = self.request.actor, self.object
        others = Membership.objects.visible_to(actor).filter(user=member.user).exclude(pk=member.pk)
        return super().get_context_data(
            **kwargs,
            others=list(others),
            works_elsewhere=services.works_elsewhere(member.user, actor.organisation),
            can_deactivate=permissions.can_deactivate(actor, member),
        )


class HandingOver(MemberPage, ActionPage):
    """Ends or lowers something, and asks who takes over what is held."""

    form_class = HandOverForm
    template_name = "accounts/hand_over.jinja"
    permission = permissions.can_manage_membership

    def get_form_kwargs(self) -> dict[str, Any]:
        held = services.held_by(self.object)
        return super().get_form_kwargs() | {"successors": services.successors(self.object, held) if held else []}

    def domain_refused(self, form: forms.Form, error: DomainError) -> HttpResponse:
        if isinstance(error, services.StillHolds) and "hand_to" in form.fields:
            form.add_error("hand_to", error.message)
            return self.refused(form, 409)
        return super().domain_refused(form, error)


class EndMembership(HandingOver):
    heading = "End this membership"
    submit = "End the membership"
    submit_variant = "warning"

    def act(self, *, hand_to: User | None = None) -> str:
        actor, member = self.request.actor, self.object
        services.end_membership(membership=member, hand_to=hand_to, by=actor, now=timezone.now())
        messages.success(self.request, f"The membership of {member.user.name} has ended")
        return "home" if member == actor.membership else "people"


class Deactivate(HandingOver):
    permission = permissions.can_deactivate
    heading = "Close this account"
    submit = "Close the account"
    submit_variant = "warning"

    def act(self, *, hand_to: User | None = None) -> str:
        services.deactivate(membership=self.object, hand_to=hand_to, by=self.request.actor, now=timezone.now())
        messages.success(self.request, f"The account of {self.object.user.name} is closed")
        return "people"


class SetRole(HandingOver):
    form_class = RoleForm
    heading = "Change the role"
    submit = "Save the role"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"required": False}

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.object.role}

    def act(self, *, role: str, hand_to: User | None = None) -> str:
        actor, member = self.request.actor, self.object
        changed = services.set_role(membership=member, role=role, hand_to=hand_to, by=actor, now=timezone.now())
        messages.success(self.request, f"{member.user.name} is now {changed.get_role_display().lower()}")
        return "home" if member == actor.membership else "people"
