"""Signing in, and passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    LoginView,
    PasswordResetConfirmView,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView

from accounts import services
from accounts.forms import ChangePasswordForm, EmailForm, NewPasswordForm, SignInForm
from accounts.places import place
from accounts.views.frame import OpenFormPage

if TYPE_CHECKING:
    from django.http import HttpResponse


@method_decorator(login_not_required, name="dispatch")
class SignIn(OpenFormPage, LoginView):
    form_class = SignInForm
    template_name = "accounts/sign_in.jinja"
    heading = "Sign in"
    submit = "Sign in"
    redirect_authenticated_user = True

    def act(self, **cleaned: Any) -> str:
        user = services.sign_in(**cleaned, place=place(self.request), now=timezone.now())
        login(self.request, user)
        return self.get_success_url()

    def get_success_url(self) -> str:
        """Where they wanted to go; home, if that was this page, which would send them to itself for ever."""
        wanted = super().get_success_url()
        return self.get_default_redirect_url() if wanted == self.request.path else wanted


@method_decorator(login_not_required, name="dispatch")
class AskForNewPassword(OpenFormPage, FormView):
    form_class = EmailForm
    template_name = "accounts/ask_for_new_password.jinja"
    heading = "Ask for a new password"
    submit = "Send me a link"
    back_text = "Back to sign in"

    def back_url(self) -> str:
        return reverse("sign-in")

    def act(self, **cleaned: Any) -> str:
        services.ask_for_password_reset(**cleaned, place=place(self.request), now=timezone.now())
        return reverse("password-reset-sent")


@method_decorator(login_not_required, name="dispatch")
class LinkSent(TemplateView):
    template_name = "accounts/link_sent.jinja"


@method_decorator(login_not_required, name="dispatch")
class ChooseNewPassword(OpenFormPage, PasswordResetConfirmView):
    """Django checks the link, and moves its secret from the address into the session."""

    form_class = NewPasswordForm
    template_name = "accounts/choose_new_password.jinja"
    heading = "Choose a new password"
    submit = "Save the new password"

    def act(self, **cleaned: Any) -> str:
        services.choose_password(user=self.user, **cleaned, now=timezone.now())
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        return reverse("password-reset-complete")


@method_decorator(login_not_required, name="dispatch")
class NewPasswordChosen(TemplateView):
    template_name = "accounts/new_password_chosen.jinja"


class ChangePassword(OpenFormPage, FormView):
    form_class = ChangePasswordForm
    heading = "Change your password"
    submit = "Change the password"

    def back_url(self) -> str:
        return reverse("acting")

    def act(self, **cleaned: Any) -> HttpResponse | str:
        user = services.change_password(
            user=self.request.user, **cleaned, place=place(self.request), now=timezone.now()
        )
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "Your password is changed, and you are signed out everywhere else")
        return reverse("acting")
