"""References such as PSR-000123: what people say on the telephone."""

import re

from django.db import connection

SEQUENCE = "risk_reference"
SAID = re.compile(r"(?:PSR)?[\s-]*0*(\d{1,12})", re.IGNORECASE)


def next_reference() -> str:
    """The next reference. Numbers may be skipped, never used twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
        return f"PSR-{cursor.fetchone()[0]:06d}"


def in_full(text: str) -> str:
    """The reference that somebody means by "123", "psr 123" or "PSR-000123"; nothing for other words."""
    said = SAID.fullmatch(text.strip())
    return f"PSR-{int(said[1]):06d}" if said else ""
