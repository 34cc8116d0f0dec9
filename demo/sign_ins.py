"""The demonstration's main sign-ins: one at each level, from the ward to NHS England, and who manages people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Membership

if TYPE_CHECKING:
    from accounts.models import User

PASSWORD = "a-fictional-demonstration"  # noqa: S105 - no secret: it is printed, and shown to whoever comes to sign in

SEES = {
    "nurse@demo.example": "Logs risks for a trust, goes on with a draft and is told what becomes of what was logged",
    "provider@demo.example": "Scores and escalates the trust's risks, gives its position, answers proposed links",
    "icb@demo.example": "Decides about escalations of an area's trusts, and gathers what belongs together",
    "region@demo.example": "Answers the ICBs of a region or escalates on, and sees who below is late",
    "national@demo.example": "Answers for the whole of England and sets the response standards",
    "admin@demo.example": "Invites the trust's people and sets what they may do; reads no risk",
}


@dataclass(frozen=True)
class SignIn:
    membership: Membership
    sees: str
    password: str = PASSWORD

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def role(self) -> str:
        return f"{self.membership.get_role_display().lower()} at {self.membership.organisation.name}"


def main_sign_ins() -> list[SignIn]:
    """Those who are there, from the ward upwards; none before the demonstration is loaded."""
    live = Membership.objects.live().filter(user__email__in=SEES).select_related("user", "organisation")
    by_email = {membership.user.email: membership for membership in live.order_by("-started_at", "-pk")}
    return [SignIn(by_email[email], sees) for email, sees in SEES.items() if email in by_email]
