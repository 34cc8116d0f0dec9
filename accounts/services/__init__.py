"""Every way in which people, what they may do and whom they act for changes."""

from accounts.services.contacts import change_contacts
from accounts.services.inviting import (
    InvitationUnusable,
    OrganisationClosed,
    accept_as_new_person,
    accept_invitation,
    invite,
    invite_first_administrator,
    refuse_unusable,
    resend_invitation,
    withdraw_invitation,
)
from accounts.services.leaving import (
    Held,
    LastAdministrator,
    StillHolds,
    WorksElsewhere,
    deactivate,
    end_membership,
    held_by,
    set_role,
    successors,
    works_elsewhere,
)
from accounts.services.signing_in import (
    TooManyAttempts,
    ask_for_password_reset,
    change_password,
    choose_password,
    sign_in,
)

__all__ = [
    "Held",
    "InvitationUnusable",
    "LastAdministrator",
    "OrganisationClosed",
    "StillHolds",
    "TooManyAttempts",
    "WorksElsewhere",
    "accept_as_new_person",
    "accept_invitation",
    "ask_for_password_reset",
    "change_contacts",
    "change_password",
    "choose_password",
    "deactivate",
    "end_membership",
    "held_by",
    "invite",
    "invite_first_administrator",
    "refuse_unusable",
    "resend_invitation",
    "set_role",
    "sign_in",
    "successors",
    "withdraw_invitation",
    "works_elsewhere",
]
