"""One register, as one client sees it: where everything begins."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Unpack

from safetyreg_client import operations
from safetyreg_client.doing import Group, address_of
from safetyreg_client.errors import SettingsMissing
from safetyreg_client.escalations import Escalations
from safetyreg_client.following import Following
from safetyreg_client.imports import Imports
from safetyreg_client.risks import Risks
from safetyreg_client.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from safetyreg_client import asking
    from safetyreg_client.models import Deadline, Feedback, LateClock, Me, Member, Organisation
    from safetyreg_client.operations import Operation
    from safetyreg_client.session import Options

SETTINGS = ("SAFETYREG_URL", "SAFETYREG_CLIENT_ID", "SAFETYREG_CLIENT_SECRET")


class Register(Group):
    """`register.risks`, `.escalations` and `.imports` are what can be done; the rest is here.

    Many threads may share one. The options are those of `session.Options`.
    """

    def __init__(self, url: str, client_id: str, secret: str, **options: Unpack[Options]) -> None:
        session = Session(url, client_id, secret, **options)
        super().__init__(session)
        self.risks = Risks(session)
        self.escalations = Escalations(session)
        self.imports = Imports(session)

    @classmethod
    def from_environment(cls, **options: Unpack[Options]) -> Register:
        """With what SAFETYREG_URL, SAFETYREG_CLIENT_ID and SAFETYREG_CLIENT_SECRET say. Raises SettingsMissing."""
        found = [os.environ.get(name, "").strip() for name in SETTINGS]
        missing = [name for name, value in zip(SETTINGS, found, strict=True) if not value]
        if missing:
            raise SettingsMissing(f"Set {' and '.join(missing)} in the environment")
        url, client_id, secret = found
        return cls(url, client_id, secret, **options)

    def __repr__(self) -> str:
        return f"<Register {self._session.url}>"

    def follow(self) -> Following:
        """For learning what changes by asking now and then, where webhooks cannot reach you."""
        return Following(self)

    def wait(self, seconds: float) -> None:
        self._session.sleep(seconds)

    def me(self) -> Me:
        return self._do(operations.ME)

    def members(self) -> Iterator[Member]:
        """The members of your organisation: their ids are what `owner` and `handler` take."""
        return self._all(operations.MEMBERS, {})

    def organisations(self, **filters: Unpack[asking.OrganisationFilters]) -> Iterator[Organisation]:
        return self._all(operations.ORGANISATIONS, filters)

    def deadlines(self, **filters: Unpack[asking.DeadlineFilters]) -> Iterator[Deadline]:
        """What your organisation owes and is owed, the first due first."""
        return self._all(operations.DEADLINES, filters)

    def owed(self, **filters: Unpack[asking.DeadlineFilters]) -> Iterator[Deadline]:
        """What your organisation owes and has not done, the first due first."""
        acting = self.me().acting
        if acting is None:
            return iter(())
        asked: asking.DeadlineFilters = {"is_live": True, **filters, "owed_by": acting.organisation.id}
        return self.deadlines(**asked)

    def breached_below(self, **filters: Unpack[asking.BreachedFilters]) -> Iterator[LateClock]:
        """What the organisations that answer to yours are late with towards others, the longest overdue first."""
        return self._all(operations.BREACHED_BELOW, filters)

    def feedback(self, **filters: Unpack[asking.FeedbackFilters]) -> Iterator[Feedback]:
        """Every update and answer that your organisation may read, the newest first."""
        return self._all(operations.FEEDBACK, filters)

    def export_risks(
        self, file: Path | str, /, *, format: asking.Format = "csv", **filters: Unpack[asking.RiskFilters]
    ) -> Path:
        """The list as a file. What was at `file` is replaced once all of it has come."""
        return self._export(operations.EXPORT_RISKS, Path(file), format, filters)

    def export_escalations(
        self, file: Path | str, /, *, format: asking.Format = "csv", **filters: Unpack[asking.EscalationFilters]
    ) -> Path:
        return self._export(operations.EXPORT_ESCALATIONS, Path(file), format, filters)

    def export_feedback(
        self, file: Path | str, /, *, format: asking.Format = "csv", **filters: Unpack[asking.FeedbackFilters]
    ) -> Path:
        return self._export(operations.EXPORT_FEEDBACK, Path(file), format, filters)

    def export_breached_below(
        self, file: Path | str, /, *, format: asking.Format = "csv", **filters: Unpack[asking.BreachedFilters]
    ) -> Path:
        return self._export(operations.EXPORT_BREACHED_BELOW, Path(file), format, filters)

    def _export(self, operation: Operation[bytes], to: Path, format: str, filters: Mapping[str, Any]) -> Path:
        with tempfile.NamedTemporaryFile(dir=to.parent, prefix=f".{to.name}-", delete=False) as file:
            part = Path(file.name)  # readable by nobody else, as what is exported should be
            try:
                self._fetch(operation, file, {"format": format, **filters})
            except BaseException:
                part.unlink()
                raise
        part.replace(to)
        return to

    def _fetch(self, operation: Operation[bytes], file: IO[bytes], query: Mapping[str, Any]) -> None:
        self._session.ask("GET", address_of(operation, {}), query=query, into=file)
