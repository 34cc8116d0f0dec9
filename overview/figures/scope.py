"""What the figures of one body are made from: what that body sees at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from escalations.models import Escalation
from risks.models import Risk
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from accounts.models import Organisation
    from escalations.models import EscalationQuerySet
    from risks.models import RiskQuerySet

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Scope:
    """The body whose figures are made, and when. What a body sees does not depend on who of it asks."""

    organisation: Organisation
    now: datetime
    _answers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False, kw_only=True)

    def once(self, question: Callable[[Scope], Asked]) -> Asked:
        """What several figures of one set ask for is asked of the database once."""
        if question not in self._answers:
            self._answers[question] = question(self)
        return self._answers[question]

    @property
    def risks(self) -> RiskQuerySet:
        """The open risks that the body reads in full: those that a dashboard counts."""
        return Risk.objects.read_in_full_at(self.organisation).open()

    @property
    def logged_risks(self) -> RiskQuerySet:
        """Those that the body reads in full and that are no drafts, whether open or closed."""
        return Risk.objects.read_in_full_at(self.organisation).logged()

    @property
    def today(self) -> date:
        """In Europe/London."""
        return self.now.astimezone(LONDON).date()

    @property
    def escalations(self) -> EscalationQuerySet:
        """Every hop on a risk that the body reads in full."""
        return Escalation.objects.filter(risk__in=Risk.objects.read_in_full_at(self.organisation))
