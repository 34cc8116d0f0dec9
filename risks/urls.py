"""The pages of the register but one: what a risk looks like is shown by `overview`."""

from django.urls import path

from risks import converters  # noqa: F401 - registers <reference:...>
from risks.views import (
    acting,
    alike,
    answering,
    ending,
    gathering,
    importing,
    introducing,
    linking,
    listing,
    pairing,
    positions,
    sharing,
    working,
    writing,
)

RISK = "risks/<reference:reference>/"
PAIR = "look-alikes/<reference:reference>/<reference:other>/"
INVOLVEMENT = "involvements/<uuid:pk>/"
LINK = "links/<uuid:pk>/"
INTRODUCTION = "introductions/<uuid:pk>/"

urlpatterns = [
    path("risks/", listing.RiskList.as_view(), name="risk-list"),
    path("risks/log/", writing.LogRisk.as_view(), name="risk-log"),
    path("risks/import/", importing.SendImport.as_view(), name="risk-import"),
    path("risks/import/template/<slug:name>/", importing.ImportTemplate.as_view(), name="risk-import-template"),
    path("risks/import/<uuid:pk>/", importing.ShowImport.as_view(), name="import-batch"),
    path("risks/import/<uuid:pk>/columns/", importing.MatchColumns.as_view(), name="import-columns"),
    path("risks/import/<uuid:pk>/discard/", importing.DiscardImport.as_view(), name="import-discard"),
    path("risks/look-alikes/", alike.LikeWhatIsTyped.as_view(), name="alike-typed"),
    path("look-alikes/", alike.PairList.as_view(), name="pairs"),
    path("look-alikes/dismissed/", alike.DismissedList.as_view(), name="pairs-dismissed"),
    path(PAIR, pairing.OnePair.as_view(), name="pair"),
    path(PAIR + "link/", pairing.LinkPair.as_view(), name="pair-link"),
    path(PAIR + "gather/", pairing.GatherPair.as_view(), name="pair-gather"),
    path(PAIR + "dismiss/", pairing.DismissPair.as_view(), name="pair-dismiss"),
    path(PAIR + "restore/", pairing.RestorePair.as_view(), name="pair-restore"),
    path("system-risks/log/", gathering.LogSystemRisk.as_view(), name="system-risk-log"),
    path(RISK + "gather/", gathering.Gather.as_view(), name="risk-gather"),
    path(RISK + "draft/", writing.ContinueDraft.as_view(), name="risk-draft"),
    path(RISK + "draft/discard/", writing.DiscardDraft.as_view(), name="risk-draft-discard"),
    path(RISK + "edit/", writing.EditRisk.as_view(), name="risk-edit"),
    path(RISK + "score/", working.ScoreRisk.as_view(), name="risk-score"),
    path(RISK + "review/", working.ReviewRisk.as_view(), name="risk-review"),
    path(RISK + "control/", working.AddControl.as_view(), name="risk-control"),
    path(RISK + "control/<uuid:pk>/end/", working.EndControl.as_view(), name="risk-control-end"),
    path(RISK + "comment/", working.AddComment.as_view(), name="risk-comment"),
    path(RISK + "hand-over/", working.HandOver.as_view(), name="risk-hand-over"),
    path(RISK + "action/", acting.AddAction.as_view(), name="risk-action"),
    path(RISK + "action/<uuid:pk>/complete/", acting.CompleteAction.as_view(), name="risk-action-complete"),
    path(RISK + "action/<uuid:pk>/drop/", acting.DropAction.as_view(), name="risk-action-drop"),
    path(RISK + "action/<uuid:pk>/give/", acting.GiveAction.as_view(), name="risk-action-give"),
    path(RISK + "close/", ending.CloseRisk.as_view(), name="risk-close"),
    path(RISK + "reopen/", ending.ReopenRisk.as_view(), name="risk-reopen"),
    path(RISK + "involve/", sharing.Involve.as_view(), name="risk-involve"),
    path(RISK + "involve/<uuid:pk>/remove/", sharing.StopInvolving.as_view(), name="risk-involve-remove"),
    path(RISK + "transfer/", sharing.ProposeTransfer.as_view(), name="risk-transfer"),
    path(RISK + "transfer/<uuid:pk>/accept/", sharing.AcceptTransfer.as_view(), name="risk-transfer-accept"),
    path(RISK + "transfer/<uuid:pk>/decline/", sharing.DeclineTransfer.as_view(), name="risk-transfer-decline"),
    path(RISK + "transfer/<uuid:pk>/withdraw/", sharing.WithdrawTransfer.as_view(), name="risk-transfer-withdraw"),
    path(RISK + "link/", linking.ProposeLink.as_view(), name="risk-link"),
    path(RISK + "introduction/", introducing.AskIntroduction.as_view(), name="risk-introduction"),
    path("involvements/", positions.AskedOfUs.as_view(), name="involvements"),
    path("involvements/sent/", positions.AskedByUs.as_view(), name="involvements-sent"),
    path(INVOLVEMENT, positions.ShowInvolvement.as_view(), name="involvement"),
    path(INVOLVEMENT + "own-risk/", answering.PickOwnRisk.as_view(), name="involvement-own-risk"),
    path(INVOLVEMENT + "log/", answering.LogOwnRisk.as_view(), name="involvement-log"),
    path(INVOLVEMENT + "not-affected/", answering.NotAffected.as_view(), name="involvement-not-affected"),
    path(LINK, linking.ShowLink.as_view(), name="link"),
    path(LINK + "accept/", linking.AcceptLink.as_view(), name="link-accept"),
    path(LINK + "decline/", linking.DeclineLink.as_view(), name="link-decline"),
    path(LINK + "withdraw/", linking.WithdrawLink.as_view(), name="link-withdraw"),
    path(INTRODUCTION, introducing.ShowIntroduction.as_view(), name="introduction"),
    path(INTRODUCTION + "introduce/", introducing.Introduce.as_view(), name="introduction-introduce"),
    path(INTRODUCTION + "decline/", introducing.DeclineIntroduction.as_view(), name="introduction-decline"),
    path(INTRODUCTION + "withdraw/", introducing.WithdrawIntroduction.as_view(), name="introduction-withdraw"),
]
