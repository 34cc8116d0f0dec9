"""Working on a risk: scores, controls, comments, reviews, and who owns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone

from risks import lifecycle, permissions, scoring, services
from risks.forms import working as forms
from risks.models import Control, Risk, ScoreKind
from risks.views.base import MemberPage, RiskPage
from safetyreg.words import day

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class ScoreRisk(RiskPage):
    """Judging the risk again, with its scores so far on the matrix."""

    template_name = "risks/score.jinja"
    form_class = forms.ScoreForm
    heading = "Score this risk"
    submit = "Save the score"
    screens_text = True

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("kind", "")
        return {"kind": asked if asked in ScoreKind.values else ScoreKind.CURRENT}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scores = services.standing_scores(self.object)
        return super().get_context_data(**kwargs, scores=scores, scoring=scoring)

    def act(self, **cleaned: Any) -> Risk:
        score = services.score_risk(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        words = f"The {score.get_kind_display().lower()} score is now {score.score}, {score.band.label.lower()}"
        messages.success(self.request, words)
        return self.object


class ReviewRisk(RiskPage):
    """Saying that the risk was looked at as a whole."""

    template_name = "risks/review.jinja"
    form_class = forms.ReviewForm
    heading = "Review this risk"
    submit = "I have reviewed this risk"
    screens_text = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A draft has no band to be reviewed by: nobody can have typed anything here."""
        lifecycle.require_logged(self.object)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        duration, at = services.next_review(self.object, timezone.now())
        every = f"every {duration}".replace("every 1 ", "every ")
        return super().get_context_data(**kwargs, every=every, next_on=at)

    def act(self, **cleaned: Any) -> Risk:
        now = timezone.now()
        risk = services.review_risk(risk=self.object, by=self.request.actor, now=now, **cleaned)
        _, at = services.next_review(risk, now)
        messages.success(self.request, f"The review has been recorded. The next is due on {day(at)}")
        return risk


class AddControl(RiskPage):
    form_class = forms.ControlForm
    heading = "Add a control"
    lede = "A control is something that already reduces the risk. What is still to be done is an action."
    submit = "Add the control"
    success_message = "The control has been added"
    screens_text = True

    def act(self, **cleaned: Any) -> Risk:
        services.add_control(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.object


class EndControl(RiskPage):
    template_name = "risks/end_control.jinja"
    form_class = forms.EndControlForm
    heading = "End a control"
    lede = "It no longer works, or is no longer there. It stays in the history of the risk."
    submit = "End the control"
    success_message = "The control has been ended"
    screens_text = True

    def get_object(self) -> Risk:
        risk = super().get_object()
        self.control = get_object_or_404(Control.objects.select_related("risk"), risk=risk, pk=self.kwargs["pk"])
        return risk

    def require_moment(self) -> None:
        super().require_moment()
        lifecycle.require_in_place(self.control)

    def act(self, **cleaned: Any) -> Risk:
        services.end_control(control=self.control, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.object


class AddComment(RiskPage):
    """For whoever reads the risk in full, at whatever level."""

    form_class = forms.CommentForm
    heading = "Comment on this risk"
    lede = "Every organisation that reads this risk in full can read your comment. It cannot be changed later."
    submit = "Add the comment"
    success_message = "Your comment has been added"
    screens_text = True

    def permitted(self) -> bool:
        actor = self.request.actor
        reads_it = Risk.objects.read_in_full_by(actor).filter(pk=self.object.pk)
        return permissions.can_comment(actor, self.object) and reads_it.exists()

    def require_moment(self) -> None:
        lifecycle.require_logged(self.object)

    def act(self, **cleaned: Any) -> Risk:
        services.add_comment(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.object


class HandOver(MemberPage):
    """Giving the risk, or a draft, to another owner."""

    permission = permissions.can_hand_over_risk
    form_class = forms.HandOverForm
    heading = "Hand this risk over"
    submit = "Hand it over"

    @property
    def lede(self) -> str:
        return f"{self.object.owner.name} owns it now. Whoever owns it next is told at once."

    def require_moment(self) -> None:
        lifecycle.require_not_closed(self.object)

    def act(self, **cleaned: Any) -> Risk:
        risk = services.hand_over_risk(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, f"{risk.reference} has been handed over to {risk.owner.name}")
        return risk
