"""The register: risks, their parts, what relates them to each other, and who may see them."""

from risks.models.importing import BatchStatus, ImportBatch, ImportedRisk, ImportRow, ImportSource, RowOutcome
from risks.models.indexed import ALL_WORDS, ENGLISH, BothWords
from risks.models.involvements import (
    DEFAULT_QUESTION,
    Introduction,
    IntroductionStatus,
    Involvement,
    Position,
)
from risks.models.links import (
    DIRECTED,
    LinkConsent,
    LinkKind,
    LinkStatus,
    PairDismissal,
    RiskLink,
)
from risks.models.matching import LikelyPair, RiskVector
from risks.models.parts import Action, Comment, Control, PartQuerySet, Score, ScoreKind
from risks.models.risk import ClosureReason, Risk, RiskQuerySet, Status, Treatment
from risks.models.sharing import FULL_BASES, Basis, RiskShare, read_in_full
from risks.models.transfers import Transfer, TransferStatus
from risks.models.words import SearchWord

__all__ = [
    "ALL_WORDS",
    "DEFAULT_QUESTION",
    "DIRECTED",
    "ENGLISH",
    "FULL_BASES",
    "Action",
    "Basis",
    "BatchStatus",
    "BothWords",
    "ClosureReason",
    "Comment",
    "Control",
    "ImportBatch",
    "ImportRow",
    "ImportSource",
    "ImportedRisk",
    "Introduction",
    "IntroductionStatus",
    "Involvement",
    "LikelyPair",
    "LinkConsent",
    "LinkKind",
    "LinkStatus",
    "PairDismissal",
    "PartQuerySet",
    "Position",
    "Risk",
    "RiskLink",
    "RiskQuerySet",
    "RiskShare",
    "RiskVector",
    "RowOutcome",
    "Score",
    "ScoreKind",
    "SearchWord",
    "Status",
    "Transfer",
    "TransferStatus",
    "Treatment",
    "read_in_full",
]
