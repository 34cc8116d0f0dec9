"""Every operation on a risk. Each is in the module named after what it is about."""

from risks.services.answering import answer_not_affected, answer_with_own_risk, log_own_risk, usual_kind
from risks.services.consenting import accept_link, decline_link, withdraw_link
from risks.services.ending import close_risk, closing_waits_for, discard_draft, reopen_risk
from risks.services.gathering import dismiss_pair, gather, log_system_risk, restore_pair
from risks.services.handing import hand_over_risk
from risks.services.introducing import (
    ask_introduction,
    decline_introduction,
    icb_to_ask,
    introduce,
    withdraw_introduction,
)
from risks.services.involving import involve, providers_under, stop_involving
from risks.services.judging import score_risk, standing_scores
from risks.services.linking import propose_link
from risks.services.reviewing import next_review, review_risk
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
    "accept_link",
    "accept_transfer",
    "add_action",
    "add_comment",
    "add_control",
    "answer_not_affected",
    "answer_with_own_risk",
    "ask_introduction",
    "close_risk",
    "closing_waits_for",
    "complete_action",
    "decline_introduction",
    "decline_link",
    "decline_transfer",
    "discard_draft",
    "dismiss_pair",
    "drop_action",
    "edit_risk",
    "end_control",
    "gather",
    "give_action_to",
    "hand_over_risk",
    "icb_to_ask",
    "introduce",
    "involve",
    "log_own_risk",
    "log_risk",
    "log_system_risk",
    "next_review",
    "propose_link",
    "propose_transfer",
    "providers_under",
    "reopen_risk",
    "require_transferable",
    "restore_pair",
    "review_risk",
    "save_draft",
    "score_risk",
    "standing_scores",
    "stop_involving",
    "usual_kind",
    "withdraw_introduction",
    "withdraw_link",
    "withdraw_transfer",
]
