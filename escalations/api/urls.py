from django.urls import path

from escalations.api import resources, verbs
from escalations.api.views import EscalationVerb, Steps
from risks import converters  # noqa: F401 - registers <reference:...>
from risks.api.views import RiskVerb
from safetyreg.api.exporting import ExportView
from safetyreg.api.views import ListView, OneView

urlpatterns = [
    path("risks/<reference:reference>/escalate/", RiskVerb.as_view(verb=verbs.ESCALATE), name="api-risk-escalate"),
    path(
        "risks/<reference:reference>/read-feedback/",
        RiskVerb.as_view(verb=verbs.READ_FEEDBACK, in_full=True),
        name="api-risk-read-feedback",
    ),
    path("escalations/", ListView.as_view(resource=resources.ESCALATIONS), name="api-escalations"),
    path("escalations/export/", ExportView.as_view(resource=resources.ESCALATIONS), name="api-escalations-export"),
    path("feedback/export/", ExportView.as_view(resource=resources.FEEDBACK), name="api-feedback-export"),
    path("escalations/<uuid:pk>/", OneView.as_view(resource=resources.ESCALATIONS), name="api-escalation"),
    path("escalations/<uuid:pk>/steps/", Steps.as_view(resource=resources.STEPS), name="api-escalation-steps"),
    path("feedback/", ListView.as_view(resource=resources.FEEDBACK), name="api-feedback"),
]
urlpatterns += [
    path(f"escalations/<uuid:pk>/{name}/", EscalationVerb.as_view(verb=verb), name=f"api-escalation-{name}")
    for name, verb in verbs.OF_AN_ESCALATION.items()
]
