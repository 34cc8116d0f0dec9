"""What somebody sees who follows the link of an invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import FormView

from accounts import services
from accounts.forms import NewPersonForm
from accounts.middleware import SESSION_KEY
from accounts.models import Invitation, User
from accounts.tokens import invitation_id
from accounts.views.frame import OpenFormPage
from safetyreg.pages import NoForm

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Membership


@method_decorator(login_not_required, name="dispatch")
class Accept(OpenFormPage, FormView):
    """One address for four readers: a new person, one who has to sign in first, the right one, and somebody else."""

    template_name = "accounts/accept.jinja"
    heading = "Join the Patient Safety Risk Register"
    backend = "accounts.backends.People"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = invitation_id(kwargs["token"])
        self.invitation = Invitation.objects.select_related("organisation").filter(pk=pk).first()
        if self.invitation is None:
            raise Http404
        self.reader = self._reader()
        return super().dispatch(request, *args, **kwargs)

    def _reader(self) -> str:
        """Who is reading: `invited`, `somebody else`, `signed out` (but with an account) or `new`."""
        user = self.request.user
        if user.is_authenticated:
            return "invited" if user.email == self.invitation.email else "somebody else"
        has_account = User.objects.filter(email=self.invitation.email, is_active=True).exists()
        return "signed out" if has_account else "new"

    @property
    def submit(self) -> str:
        return "Create your account" if self.reader == "new" else "Accept the invitation"

    def get_form_class(self) -> type[forms.Form]:
        return NewPersonForm if self.reader == "new" else NoForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            services.refuse_unusable(self.invitation, timezone.now())
        except services.InvitationUnusable as error:
            return render(request, "accounts/unusable.jinja", {"why": error.message}, status=409)
        return super().get(request, *args, **kwargs)

    def act(self, **cleaned: Any) -> HttpResponse | str:
        if self.reader in ("signed out", "somebody else"):
            return self.request.path
        membership = self._accept(**cleaned)
        self.request.session[SESSION_KEY] = str(membership.pk)
        messages.success(self.request, f"You have joined {membership.organisation.name}")
        return reverse("home")

    def _accept(self, **cleaned: Any) -> Membership:
        if self.reader == "invited":
            return services.accept_invitation(invitation=self.invitation, user=self.request.user, now=timezone.now())
        membership = services.accept_as_new_person(invitation=self.invitation, **cleaned, now=timezone.now())
        login(self.request, membership.user, self.backend)
        return membership

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sign_in = f"{reverse('sign-in')}?next={self.request.path}"
        return super().get_context_data(**kwargs, invitation=self.invitation, reader=self.reader, sign_in=sign_in)
