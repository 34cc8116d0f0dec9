"""The words of a risk, as the matching reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RiskText:
    """The words that say what a risk is. Any may be empty: of a draft being typed there is only a part."""

    title: str = ""
    cause: str = ""
    event: str = ""
    effect: str = ""

    @property
    def body(self) -> str:
        """Everything but the title, in the order in which it is written."""
        return " ".join(part.strip() for part in (self.cause, self.event, self.effect) if part.strip())

    @property
    def whole(self) -> str:
        """The title as a sentence, then the body."""
        title = self.title.strip()
        if title and self.body and title[-1] not in ".!?":
            title += "."
        return f"{title} {self.body}".strip()
