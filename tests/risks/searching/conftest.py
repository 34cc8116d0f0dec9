"""A register in which people search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from risks import services as risks
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def neighbour(ladder: Ladder) -> Actor:
    """Of an organisation that reads in part the risks on which it is named."""
    return ladder.actor(ladder.neighbour)


def comment(risk: Risk, text: str, by: Actor) -> None:
    risks.add_comment(risk=risk, text=text, by=by, now=NOW)
