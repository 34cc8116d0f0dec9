"""The columns of what is breached below as a file: no reference, which is not for everybody who sees the clock."""

from safetyreg.exporting import Column, Export

BREACHED = Export(
    "breached-below",
    "late clock",
    (
        Column("Owed by", lambda late: late.owed_by.name),
        Column("Owed to", lambda late: late.owed_to.name),
        Column("What", lambda late: late.get_kind_display()),
        Column("Due", lambda late: late.due_at),
        Column("Breached", lambda late: late.breached_at),
    ),
)
