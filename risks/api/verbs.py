"""What can be done to a risk and its parts, each by the service that the pages call too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from risks import permissions, services
from risks.api import asking
from risks.api.involving import Named
from risks.api.resources import ACTIONS, COMMENTS, CONTROLS, RISKS, SCORES, TRANSFERS
from risks.permissions import can_comment, can_edit_risk, can_hand_over_risk, can_log_risk, can_work_on_risk
from safetyreg.api.asking import WithWhy
from safetyreg.api.resources import Verb

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Control, Risk


def involve(*, risk: Risk, **given: Any) -> Risk:
    """Name other organisations on a risk. They, and the ICBs that oversee them, can see it from now on."""
    services.involve(risk=risk, **given)
    return risk


def stop_involving(*, risk: Risk, organisation: Organisation, **given: Any) -> Risk:
    """Take an organisation off a risk. It stops seeing the risk at its next request."""
    involvement = risk.involvements.filter(organisation=organisation).first()
    if involvement is None:
        raise ValidationError({"organisation": f"{organisation.name} is not named on this risk"})
    services.stop_involving(involvement=involvement, **given)
    return risk


def may_end_control(actor: Actor, control: Control) -> bool:
    return can_work_on_risk(actor, control.risk)


LOG_NEW = Verb(services.log_risk, can_log_risk, asking.Drafted, RISKS, creates=True)
DRAFT_NEW = Verb(services.save_draft, can_log_risk, asking.Drafted, RISKS, creates=True)
EDIT = Verb(services.edit_risk, can_edit_risk, asking.Edited, RISKS, on="risk")

OF_A_RISK = {
    "save-draft": Verb(services.save_draft, can_edit_risk, asking.DraftedAgain, RISKS, on="draft"),
    "log": Verb(services.log_risk, can_edit_risk, asking.DraftedAgain, RISKS, on="draft"),
    "discard": Verb(services.discard_draft, can_edit_risk, on="draft"),
    "score": Verb(services.score_risk, can_work_on_risk, asking.Scored, SCORES, creates=True, on="risk"),
    "review": Verb(services.review_risk, can_work_on_risk, asking.Reviewed, RISKS, on="risk"),
    "close": Verb(services.close_risk, can_work_on_risk, asking.Closed, RISKS, on="risk"),
    "reopen": Verb(services.reopen_risk, can_work_on_risk, WithWhy, RISKS, on="risk"),
    "hand-over": Verb(services.hand_over_risk, can_hand_over_risk, asking.HandedOver, RISKS, on="risk"),
    "involve": Verb(involve, can_work_on_risk, Named, RISKS, on="risk"),
    "stop-involving": Verb(stop_involving, can_work_on_risk, asking.NoLongerNamed, RISKS, on="risk"),
    "transfer": Verb(
        services.propose_transfer, can_work_on_risk, asking.TransferAsked, TRANSFERS, creates=True, on="risk"
    ),
}

OF_ITS_TRANSFER = {
    "accept-transfer": Verb(
        services.accept_transfer, permissions.can_decide_transfer, asking.TransferAccepted, RISKS, on="transfer"
    ),
    "decline-transfer": Verb(
        services.decline_transfer,
        permissions.can_decide_transfer,
        WithWhy,
        TRANSFERS,
        may_end_sight=True,
        on="transfer",
    ),
    "withdraw-transfer": Verb(
        services.withdraw_transfer, permissions.can_withdraw_transfer, answers=TRANSFERS, on="transfer"
    ),
}

ADD_CONTROL = Verb(services.add_control, can_work_on_risk, asking.Said, CONTROLS, creates=True, on="risk")
ADD_ACTION = Verb(services.add_action, can_work_on_risk, asking.ActionAsked, ACTIONS, creates=True, on="risk")
ADD_COMMENT = Verb(services.add_comment, can_comment, asking.Said, COMMENTS, creates=True, on="risk")

OF_A_CONTROL = {
    "end": Verb(services.end_control, may_end_control, WithWhy, CONTROLS, on="control"),
}

OF_AN_ACTION = {
    "complete": Verb(
        services.complete_action, permissions.can_complete_action, asking.ActionDone, ACTIONS, on="action"
    ),
    "drop": Verb(services.drop_action, permissions.can_complete_action, WithWhy, ACTIONS, on="action"),
    "give": Verb(services.give_action_to, permissions.can_complete_action, asking.ActionGiven, ACTIONS, on="action"),
}
