"""Every operation on a risk. Each is in the module named after what it is about."""

from risks.services.ending import close_risk, closing_waits_for, discard_draft, reopen_risk
from risks.services.handing import hand_over_risk
from risks.services.judging import score_risk, standing_scores
from risks.services.reviewing import next_review, review_risk
from risks.services.sharing import involve, stop_involving
from risks.services.transferring import (
    accept_transfer,
    decline_transfer,
    propose_transfer,
    require_transferable,
    withdraw_transfer,
)
from risks.services.working import (
    add_action,
    add_comment,
    add_control,
    complete_action,
    drop_action,
    end_control,
    give_action_to,
)
from risks.services.writing import RiskFields, edit_risk, log_risk, save_draft

__all__ = [
    "RiskFields",
    "accept_transfer",
    "add_action",
    "add_comment",
    "add_control",
    "close_risk",
    "closing_waits_for",
    "complete_action",
    "decline_transfer",
    "discard_draft",
    "drop_action",
    "edit_risk",
    "end_control",
    "give_action_to",
    "hand_over_risk",
    "involve",
    "log_risk",
    "next_review",
    "propose_transfer",
    "reopen_risk",
    "require_transferable",
    "review_risk",
    "save_draft",
    "score_risk",
    "standing_scores",
    "stop_involving",
    "withdraw_transfer",
]
