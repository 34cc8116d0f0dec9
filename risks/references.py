"""References such as PSR-000123: what people say on the telephone."""

import re

from django.db import connection

SEQUENCE = "risk_reference"
WRITTEN = r"PSR-[0-9]{6,12}"  # a pattern of what `next_references` gives
SAID = re.compile(r"(?:PSR)?[\s-]*0*(\d{1,12})", re.IGNORECASE)


def next_reference() -> str:
    """The next reference. Numbers may be skipped, never used twice."""
    return next_references(1)[0]


def next_references(count: int) -> list[str]:
    """So many of them, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [SEQUENCE, count])
        return [f"PSR-{number:06d}" for (number,) in cursor.fetchall()]


def in_full(text: str) -> str:
    """The reference that somebody means by "123", "psr 123" or "PSR-000123"; nothing for other words."""
    said = SAID.fullmatch(text.strip())
    return f"PSR-{int(said[1]):06d}" if said else ""
