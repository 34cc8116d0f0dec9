"""Where the pages of escalations are."""

from django.urls import path

from escalations.views import listing, raising, showing, verbs
from risks import converters  # noqa: F401 - registers <reference:...>

ONE = "escalations/<uuid:pk>/"

urlpatterns = [
    path("risks/<reference:reference>/escalate/", raising.EscalateRisk.as_view(), name="risk-escalate"),
    path("escalations/", listing.EscalationList.as_view(), name="escalations"),
    path("escalations/sent/", listing.SentList.as_view(), name="escalations-sent"),
    path("escalations/all/", listing.AllList.as_view(), name="escalations-all"),
    path(ONE, showing.ShowEscalation.as_view(), name="escalation"),
    path(ONE + "acknowledge/", verbs.Acknowledge.as_view(), name="escalation-acknowledge"),
    path(ONE + "reassign/", verbs.Reassign.as_view(), name="escalation-reassign"),
    path(ONE + "request-information/", verbs.RequestInformation.as_view(), name="escalation-request-information"),
    path(ONE + "give-information/", verbs.GiveInformation.as_view(), name="escalation-give-information"),
    path(ONE + "accept/", verbs.Accept.as_view(), name="escalation-accept"),
    path(ONE + "update/", verbs.Update.as_view(), name="escalation-update"),
    path(ONE + "escalate-on/", raising.EscalateOn.as_view(), name="escalation-escalate-on"),
    path(ONE + "answer/", verbs.Answer.as_view(), name="escalation-answer"),
    path(ONE + "confirm/", verbs.Confirm.as_view(), name="escalation-confirm"),
    path(ONE + "dispute/", verbs.Dispute.as_view(), name="escalation-dispute"),
    path(ONE + "withdraw/", verbs.Withdraw.as_view(), name="escalation-withdraw"),
    path(ONE + "bypass/", raising.Bypass.as_view(), name="escalation-bypass"),
]
