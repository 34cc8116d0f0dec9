"""The acting organisation's own page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts import permissions, services
from accounts.forms import ContactsForm
from accounts.models import Organisation
from safetyreg.pages import ActionPage


class OrganisationContacts(ActionPage):
    form_class = ContactsForm
    template_name = "accounts/organisation.jinja"
    permission = permissions.can_change_contacts
    heading = "Your organisation"
    submit = "Save the contacts"
    success_message = "The duty contacts are saved"

    def get_object(self) -> Organisation:
        return self.request.actor.organisation

    def caption(self) -> str:
        return ""

    def get_initial(self) -> dict[str, Any]:
        return {"duty_email": self.object.duty_email, "duty_phone": self.object.duty_phone}

    def act(self, **cleaned: Any) -> str:
        services.change_contacts(**cleaned, by=self.request.actor, now=timezone.now())
        return "organisation"
