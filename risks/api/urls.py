from django.urls import URLPattern, path

from risks import converters  # noqa: F401 - registers <reference:...>
from risks.api import alike, importing, introducing, involving, linking, resources, verbs
from risks.api.views import OneRisk, Parts, PartsAndAdd, PartVerb, RiskVerb, TransferVerb
from safetyreg.api.exporting import ExportView
from safetyreg.api.resources import Resource
from safetyreg.api.views import ListAndAddView, VerbView


def parts(name: str, resource: Resource, *, in_full: bool, named_by: str = "risk__reference") -> URLPattern:
    view = Parts.as_view(resource=resource, in_full=in_full, named_by=named_by)
    return path(f"risks/<reference:reference>/{name}/", view, name=f"api-risk-{name}")


urlpatterns = [
    path("risks/", ListAndAddView.as_view(resource=resources.RISKS, verb=verbs.LOG_NEW), name="api-risks"),
    path("risks/export/", ExportView.as_view(resource=resources.RISKS), name="api-risks-export"),
    path("involvements/export/", ExportView.as_view(resource=involving.INVOLVEMENTS), name="api-involvements-export"),
    path("links/export/", ExportView.as_view(resource=linking.LINKS), name="api-links-export"),
    path("risks/save-draft/", VerbView.as_view(verb=verbs.DRAFT_NEW), name="api-risks-save-draft"),
    path("risks/<reference:reference>/", OneRisk.as_view(resource=resources.RISKS, verb=verbs.EDIT), name="api-risk"),
    parts("scores", resources.SCORES, in_full=False),
    parts("involvements", involving.INVOLVEMENTS, in_full=True),
    parts("transfers", resources.TRANSFERS, in_full=True),
    parts("shares", resources.SHARES, in_full=True),
    parts("history", resources.HISTORY, in_full=True, named_by="reference"),
    parts("deadlines", resources.DEADLINES, in_full=True, named_by="risk_reference"),
]
ADDED_TO = {
    "controls": (resources.CONTROLS, verbs.ADD_CONTROL, False),
    "actions": (resources.ACTIONS, verbs.ADD_ACTION, True),
    "comments": (resources.COMMENTS, verbs.ADD_COMMENT, True),
}
urlpatterns += [
    path(
        f"risks/<reference:reference>/{name}/",
        PartsAndAdd.as_view(resource=resource, verb=add, in_full=in_full),
        name=f"api-risk-{name}",
    )
    for name, (resource, add, in_full) in ADDED_TO.items()
]
urlpatterns += [
    path(f"risks/<reference:reference>/{name}/", RiskVerb.as_view(verb=verb), name=f"api-risk-{name}")
    for name, verb in verbs.OF_A_RISK.items()
]
urlpatterns += [
    path(
        f"risks/<reference:reference>/{name}/",
        TransferVerb.as_view(resource=resources.TRANSFERS, verb=verb),
        name=f"api-risk-{name}",
    )
    for name, verb in verbs.OF_ITS_TRANSFER.items()
]
urlpatterns += [
    path(
        f"risks/<reference:reference>/controls/<uuid:pk>/{name}/",
        PartVerb.as_view(resource=resources.CONTROLS, verb=verb),
        name=f"api-control-{name}",
    )
    for name, verb in verbs.OF_A_CONTROL.items()
]
urlpatterns += [
    path(
        f"risks/<reference:reference>/actions/<uuid:pk>/{name}/",
        PartVerb.as_view(resource=resources.ACTIONS, verb=verb, in_full=True),
        name=f"api-action-{name}",
    )
    for name, verb in verbs.OF_AN_ACTION.items()
]
urlpatterns += importing.urlpatterns
urlpatterns += alike.urlpatterns + involving.urlpatterns + linking.urlpatterns + introducing.urlpatterns
