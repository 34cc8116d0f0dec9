"""Escalations, and the verbs by which they go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from safetyreg_client import operations
from safetyreg_client.doing import Group, answered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from safetyreg_client import asking
    from safetyreg_client.models import Escalation, Feedback
    from safetyreg_client.operations import Operation

T = TypeVar("T")
Key = str | None  # the Idempotency-Key; without one the method makes one of its own
Tag = str | None  # the `etag` of the escalation as you read it: if it is another by now, Changed is raised


class Escalations(Group):
    def all(self, **filters: Unpack[asking.EscalationFilters]) -> Iterator[Escalation]:
        """`side="received"` are those that your organisation was asked, `side="sent"` those that it raised."""
        return self._all(operations.ESCALATIONS, filters)

    def get(self, id: str) -> Escalation:
        return self._do(operations.ESCALATION, id=id)

    def acknowledge(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Acknowledge]
    ) -> Escalation:
        """Take it on. Unless `handler` names a member, whoever is responsible for the client handles it."""
        return self._verb(operations.ACKNOWLEDGE, id, sent, idempotency_key, if_match)

    def reassign(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Reassign]
    ) -> Escalation:
        return self._verb(operations.REASSIGN, id, sent, idempotency_key, if_match)

    def request_information(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.AskInformation]
    ) -> Escalation:
        return self._verb(operations.REQUEST_INFORMATION, id, sent, idempotency_key, if_match)

    def give_information(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.GiveInformation]
    ) -> Escalation:
        return self._verb(operations.GIVE_INFORMATION, id, sent, idempotency_key, if_match)

    def accept(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Accept]
    ) -> Escalation:
        """Say what your organisation will do (`plan`)."""
        return self._verb(operations.ACCEPT, id, sent, idempotency_key, if_match)

    def escalate_on(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.EscalateFurther]
    ) -> Escalation:
        """Ask the organisation above yours. The answer is the next hop."""
        return self._verb(operations.ESCALATE_ON, id, sent, idempotency_key, if_match)

    def bypass(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.EscalateFurther]
    ) -> Escalation:
        """Ask the organisation above one that is late. The answer is the new hop."""
        return self._verb(operations.BYPASS, id, sent, idempotency_key, if_match)

    def answer(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Answer]
    ) -> Feedback:
        return self._verb(operations.ANSWER, id, sent, idempotency_key, if_match)

    def update(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Said]
    ) -> Feedback:
        return self._verb(operations.UPDATE, id, sent, idempotency_key, if_match)

    def confirm(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Confirm]
    ) -> Escalation:
        """Say that the answer helps."""
        return self._verb(operations.CONFIRM, id, sent, idempotency_key, if_match)

    def dispute(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Why]
    ) -> Escalation:
        """Say that the answer does not help, and why."""
        return self._verb(operations.DISPUTE, id, sent, idempotency_key, if_match)

    def withdraw(
        self, id: str, *, idempotency_key: Key = None, if_match: Tag = None, **sent: Unpack[asking.Why]
    ) -> Escalation | None:
        """None, where your organisation does not see it any more."""
        reply = self._ask(operations.WITHDRAW, sent, id=id, key=idempotency_key, if_match=if_match)
        return answered(operations.WITHDRAW, reply) if reply.body else None

    def _verb(self, operation: Operation[T], id: str, sent: Any, key: Key, if_match: Tag) -> T:
        return self._do(operation, sent, id=id, key=key, if_match=if_match)
