"""Every verb of an escalation as a page: what it asks, and what is said once it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from escalations import forms
from escalations.models import Feedback, FeedbackKind, Verb
from escalations.views.base import VerbPage, safety_leads_of


class HandlerPage(VerbPage):
    form_class = forms.AsksHandler

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"handlers": safety_leads_of(self.object.to_organisation)}


class Acknowledge(HandlerPage):
    verb = Verb.ACKNOWLEDGE
    heading = "Acknowledge this escalation"
    submit = "Acknowledge it"
    success_message = "The escalation has been acknowledged"

    def get_initial(self) -> dict[str, Any]:
        return {"handler": self.request.actor.user}


class Reassign(HandlerPage):
    verb = Verb.REASSIGN
    heading = "Change the handler"
    submit = "Change the handler"
    success_message = "The escalation has a new handler"

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        return given | {"handlers": given["handlers"].exclude(pk=self.object.handler_id)}


class RequestInformation(VerbPage):
    verb = Verb.REQUEST_INFORMATION
    form_class = forms.QuestionForm
    heading = "Ask for information"
    submit = "Ask for it"
    success_message = "The question has been sent"
    screens_text = True


class GiveInformation(VerbPage):
    verb = Verb.GIVE_INFORMATION
    form_class = forms.InformationForm
    heading = "Give the information"
    submit = "Send it"
    success_message = "The information has been sent"
    screens_text = True
    about = "question"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.object.steps.filter(verb=Verb.REQUEST_INFORMATION).select_related("by").last()
        return super().get_context_data(**kwargs, question=asked)


class Accept(VerbPage):
    verb = Verb.ACCEPT
    form_class = forms.PlanForm
    heading = "Accept this escalation"
    submit = "Accept it"
    success_message = "The escalation has been accepted"
    screens_text = True


class Update(VerbPage):
    verb = Verb.UPDATE
    form_class = forms.UpdateForm
    heading = "Give an update"
    submit = "Give the update"
    success_message = "The update can be read by everybody below"
    screens_text = True


class Answer(VerbPage):
    """Answering; with `?pass-on=` the id of an answer from above, starting from its words."""

    verb = Verb.ANSWER
    form_class = forms.AnswerForm
    submit = "Send the answer"
    success_message = "The answer has been sent"
    screens_text = True

    @property
    def heading(self) -> str:
        return "Pass on an answer" if self.passed_on else "Answer this escalation"

    @cached_property
    def passed_on(self) -> Feedback | None:
        asked = self.request.GET.get("pass-on")
        if not asked:
            return None
        answers = Feedback.objects.visible_to(self.request.actor).filter(kind=FeedbackKind.ANSWER)
        from_above = answers.filter(escalation__previous=self.object).select_related("escalation__to_organisation")
        return get_object_or_404(from_above, pk=_uuid_or_404(asked))

    def get_initial(self) -> dict[str, Any]:
        answer = self.passed_on
        return {"outcome": answer.outcome, "text": answer.text} if answer else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, passed_on=self.passed_on)

    def act(self, **cleaned: Any) -> Any:
        return super().act(**cleaned, passed_on_from=self.passed_on)


def _uuid_or_404(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


class VerdictPage(VerbPage):
    """One that judges the last answer."""

    screens_text = True
    about = "answer"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answer = self.object.feedback.filter(kind=FeedbackKind.ANSWER).select_related("given_by").last()
        return super().get_context_data(**kwargs, answer=answer)


class Confirm(VerdictPage):
    verb = Verb.CONFIRM
    form_class = forms.ConfirmForm
    heading = "Say that the answer helps"
    submit = "It helps: close the escalation"
    success_message = "The escalation is closed"


class Dispute(VerdictPage):
    verb = Verb.DISPUTE
    form_class = forms.DisputeForm
    heading = "Say that the answer does not help"
    submit = "It does not help"
    success_message = "The answer has gone back for a new decision"


class Withdraw(VerbPage):
    verb = Verb.WITHDRAW
    form_class = forms.WithdrawForm
    heading = "Withdraw this escalation"
    submit = "Withdraw it"
    submit_variant = "warning"
    success_message = "The escalation has been withdrawn"
    screens_text = True
