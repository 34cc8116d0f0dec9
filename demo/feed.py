"""A system that acts for a trust in the demonstration. Nobody knows its secret: its administrator makes a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import services as accounts
from accounts.models import Role
from safetyreg.api.scopes import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from demo.cast import Cast

TRUST = "R1H"


def connect(cast: Cast, now: datetime) -> None:
    """Add it. The secret that is made with it is shown to nobody and kept nowhere."""
    accounts.add_client(
        name="Datix feed",
        role=Role.REPORTER,
        scopes=[Scope.READ, Scope.RISKS_WRITE],
        responsible=cast.lead(TRUST).user,
        by=cast.those(TRUST, Role.ADMINISTRATOR)[0],
        now=now,
    )
