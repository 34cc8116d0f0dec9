"""References such as PSR-000123: what people say on the telephone."""

from django.db import connection

SEQUENCE = "risk_reference"


def next_reference() -> str:
    """The next reference. Numbers may be skipped, never used twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
        return f"PSR-{cursor.fetchone()[0]:06d}"
