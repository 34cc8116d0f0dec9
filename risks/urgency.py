"""How urgent a risk is, from its score, in the words of the response standards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deadlines.models import Urgency
from risks.scoring import Band

if TYPE_CHECKING:
    from risks.models import Risk

BY_BAND = {
    Band.LOW: Urgency.LOW,
    Band.MODERATE: Urgency.MODERATE,
    Band.HIGH: Urgency.HIGH,
    Band.EXTREME: Urgency.EXTREME,
}


def urgency_of(risk: Risk) -> Urgency:
    """Raises ValueError for a risk without a score."""
    if risk.band is None:
        raise ValueError("A risk without a score has no urgency")
    return BY_BAND[risk.band]
