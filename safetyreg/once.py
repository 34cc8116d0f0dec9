"""A page whose form does one thing once, though it is sent twice: pressing its button again does not do it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from safetyreg.errors import DomainError
from safetyreg.idempotency import services
from safetyreg.idempotency.services import KeyUsedOtherwise, StillBeingDone
from safetyreg.pages import ActionPage, see_other

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django import forms
    from django.http import HttpResponse

TOKEN = "once"  # noqa: S105 - the name of a field
NOT_THE_FORM = (TOKEN, "csrfmiddlewaretoken")


class SentAlready(DomainError):
    """The form was sent before, with other words in it, and done."""


class OncePage(ActionPage):
    """Each form that is shown carries a new token. Sent with one that was used, it leads where it led before."""

    sent_already = "This form was sent before. If this is something else, send it again"

    @property
    def once(self) -> str:
        """The token in the form: the one it was sent with, unless that one is used up."""
        sent = "" if getattr(self, "is_used_up", False) else self.request.POST.get(TOKEN, "")
        return sent or str(uuid4())

    def form_valid(self, form: forms.Form) -> HttpResponse:
        token = self.request.POST.get(TOKEN, "")[:200]
        if not token:
            return super().form_valid(form)
        try:
            return self._once(token, form)
        except KeyUsedOtherwise:
            self.is_used_up = True
            return self.domain_refused(form, SentAlready(self.sent_already))
        except StillBeingDone:
            return self.domain_refused(form, SentAlready("This is being saved. Wait a moment, and send it again"))

    @transaction.atomic
    def _once(self, token: str, form: forms.Form) -> HttpResponse:
        """A key of the API has no space in it, so that no page uses one up."""
        now, actor = timezone.now(), self.request.actor
        claimed = services.claim(actor=actor, key=f"form {token}", asked=services.digest(self._sent()), now=now)
        if claimed.stored:
            return see_other(claimed.stored.headers["Location"])
        response = super().form_valid(form)
        if response.status_code == 303:
            where = {"Location": response["Location"]}
            services.keep(claimed, status=303, headers=where, body=b"", now=now)
        return response

    def _sent(self) -> Iterator[bytes]:
        data: Any = self.request.POST
        yield self.request.path.encode()
        for name, values in sorted(data.lists()):
            if name not in NOT_THE_FORM:
                yield from (part.encode(errors="surrogatepass") for part in (name, *values))
