"""Under which heading of the dashboard a figure stands: its columns say, unless a row of `CHOSEN` says otherwise."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from overview.charts.kinds import Kind, kind_of
from overview.figures.tables import Holds

if TYPE_CHECKING:
    from overview.figures.tables import Figure


class Section(Enum):
    """In the order of the page. The value is the heading."""

    RISKS = "Risks"
    BOUNDARIES = "What crosses which boundary"
    ESCALATIONS = "Escalations and answers"
    VARIATION = "How differently the same is treated"
    OVERDUE = "Overdue and silent"
    RECORDS = "Quality of records"

    @property
    def slug(self) -> str:
        return self.name.lower()


# By the key of the figure, where its columns would say something else.
CHOSEN = {
    "loops_closed": Section.ESCALATIONS,
    "variation_by_kind": Section.VARIATION,
    "variation_by_body": Section.VARIATION,
    "variation_in_outcomes": Section.VARIATION,
    "overdue_by_body": Section.OVERDUE,
    "overdue_by_organisation": Section.OVERDUE,
    "silent_organisations": Section.OVERDUE,
    "quality_of_records": Section.RECORDS,
    "quality_by_organisation": Section.RECORDS,
}
OF_ESCALATIONS = {Holds.STAGE, Holds.URGENCY, Holds.CLOCK}


def section_of(figure: Figure) -> Section:
    if figure.key in CHOSEN:
        return CHOSEN[figure.key]
    if kind_of(figure) == Kind.MATRIX:
        return Section.BOUNDARIES
    holds = {column.holds for column in figure.columns}
    return Section.ESCALATIONS if holds & OF_ESCALATIONS else Section.RISKS
