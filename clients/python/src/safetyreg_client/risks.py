"""Risks, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from safetyreg_client import operations
from safetyreg_client.doing import Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from safetyreg_client import asking
    from safetyreg_client.models import Comment, Escalation, Risk, Score


class Risks(Group):
    """Every method that changes something takes an `idempotency_key`; without one it makes one of its own."""

    def all(self, **filters: Unpack[asking.RiskFilters]) -> Iterator[Risk]:
        """The risks that the filters let through, fetched while you go through them."""
        return self._all(operations.RISKS, filters)

    def find(self, external_reference: str) -> Risk | None:
        """The risk that has this number in your own system."""
        return next(self.all(external_reference=external_reference), None)

    def get(self, reference: str) -> Risk:
        return self._do(operations.RISK, reference=reference)

    def log(self, *, idempotency_key: str | None = None, **risk: Unpack[asking.NewRisk]) -> Risk:
        return self._do(operations.LOG, risk, key=idempotency_key)

    def edit(self, reference: str, *, if_match: str | None = None, **words: Unpack[asking.Edit]) -> Risk:
        """Change what it says. What is left out stays as it is; `version` is the one that you read.

        Raises NotNow where the version is another by now, and Changed where its tag is not `if_match` any more.
        """
        return self._do(operations.EDIT, words, reference=reference, if_match=if_match)

    def score(
        self,
        reference: str,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        **score: Unpack[asking.NewScore],
    ) -> Score:
        return self._do(operations.SCORE, score, reference=reference, key=idempotency_key, if_match=if_match)

    def comment(self, reference: str, *, idempotency_key: str | None = None, **said: Unpack[asking.Said]) -> Comment:
        return self._do(operations.COMMENT, said, reference=reference, key=idempotency_key)

    def close(
        self,
        reference: str,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        **why: Unpack[asking.Close],
    ) -> Risk:
        return self._do(operations.CLOSE, why, reference=reference, key=idempotency_key, if_match=if_match)

    def escalate(
        self,
        reference: str,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        **asked: Unpack[asking.Escalate],
    ) -> Escalation:
        """Ask the organisation above yours to act on it."""
        return self._do(operations.ESCALATE, asked, reference=reference, key=idempotency_key, if_match=if_match)

    def read_feedback(self, reference: str, *, idempotency_key: str | None = None) -> None:
        """Note that your organisation has read what there is."""
        self._do(operations.READ_FEEDBACK, reference=reference, key=idempotency_key)

    def scores(self, reference: str, **since: Unpack[asking.Since]) -> Iterator[Score]:
        return self._all(operations.SCORES, since, reference=reference)

    def comments(self, reference: str, **since: Unpack[asking.Since]) -> Iterator[Comment]:
        return self._all(operations.COMMENTS, since, reference=reference)
