"""The 5x5 matrix: likelihood, consequence, score and band.

After the National Patient Safety Agency, "A risk matrix for risk managers" (2008): its names and its bands, with the
frequency and patient-safety descriptors put in this register's own words.
"""

from dataclasses import dataclass

from django.db import models


class Band(models.TextChoices):
    LOW = "LOW", "Low"
    MODERATE = "MODERATE", "Moderate"
    HIGH = "HIGH", "High"
    EXTREME = "EXTREME", "Extreme"


BAND_RANGES = {Band.LOW: (1, 3), Band.MODERATE: (4, 6), Band.HIGH: (8, 12), Band.EXTREME: (15, 25)}


@dataclass(frozen=True)
class Step:
    """One step of a scale: what the reader chooses, and what it means."""

    value: int
    name: str
    meaning: str


LIKELIHOODS = (
    Step(1, "Rare", "Will probably never happen; not expected for years"),
    Step(2, "Unlikely", "Not expected to happen, but it could; about once a year"),
    Step(3, "Possible", "Might happen now and then; about once a month"),
    Step(4, "Likely", "Will probably happen, but is not there all the time; about once a week"),
    Step(5, "Almost certain", "Will happen, perhaps often; about once a day"),
)

CONSEQUENCES = (
    Step(1, "Negligible", "Minimal injury that needs little or no treatment"),
    Step(2, "Minor", "Minor injury or illness that needs minor treatment, or 1 to 3 more days in hospital"),
    Step(
        3,
        "Moderate",
        "Moderate injury that needs professional treatment, 4 to 15 more days in hospital, or a small number of "
        "patients affected",
    ),
    Step(
        4,
        "Major",
        "Major injury that leads to long-term incapacity or disability, over 15 more days in hospital, or poor care "
        "with long-term effects",
    ),
    Step(
        5,
        "Catastrophic",
        "Death, several permanent injuries or effects on health that cannot be undone, or a large number of "
        "patients affected",
    ),
)

LIKELIHOOD_CHOICES = [(step.value, step.name) for step in LIKELIHOODS]
CONSEQUENCE_CHOICES = [(step.value, step.name) for step in CONSEQUENCES]


def score(likelihood: int, consequence: int) -> int:
    """Likelihood times consequence. Raises ValueError unless each is a whole number from 1 to 5."""
    if likelihood not in range(1, 6) or consequence not in range(1, 6):
        raise ValueError("Likelihood and consequence are each a whole number from 1 to 5")
    return likelihood * consequence


def band(score: int) -> Band:
    """Raises ValueError for what is no score, such as 0, 7 or 26."""
    for name, (low, high) in BAND_RANGES.items():
        if low <= score <= high:
            return name
    raise ValueError(f"{score} is not a score of the matrix")
