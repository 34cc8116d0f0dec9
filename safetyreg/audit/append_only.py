"""Rows that are written once. The database refuses to change, delete or truncate them."""

import pgtrigger
from django.db import models


class ClockTimestamp(models.Func):
    """The time on the wall when the row is written, which the start of the transaction is not."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'Rows of % are written once: they cannot be truncated', TG_TABLE_NAME;",
)
APPEND_ONLY = [
    pgtrigger.Protect(name="no_change_or_delete", operation=pgtrigger.Update | pgtrigger.Delete),
    NO_TRUNCATE,
]
