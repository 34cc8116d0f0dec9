"""The command line: `safetyreg --help` says what there is."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from safetyreg_client import errors
from safetyreg_client.commands.asked import parser
from safetyreg_client.commands.showing import plain
from safetyreg_client.imports import StillAtWork

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, REFUSED, WRONGLY_ASKED, NOT_ALLOWED, NO_ANSWER = 0, 1, 2, 3, 4
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the number that the process ends with. What is wrong goes to standard error."""
    given = parser().parse_args(arguments)
    try:
        return int(given.does(given))
    except BrokenPipeError:  # whoever read along, such as `head`, has seen enough
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except (errors.RegisterError, OSError, ValueError) as error:
        for line in explained(error, may_send_again="key" in given):
            sys.stderr.write(f"{plain(line)}\n")
        return ends_with(error)


def ends_with(error: Exception) -> int:
    if isinstance(error, (errors.NotSignedIn, errors.NotPermitted)):
        return NOT_ALLOWED
    if isinstance(error, (errors.Unanswered, errors.Failed, errors.TooMany, errors.NotUnderstood, StillAtWork)):
        return NO_ANSWER
    return REFUSED if isinstance(error, errors.Refused) else WRONGLY_ASKED


def explained(error: Exception, *, may_send_again: bool) -> list[str]:
    """What went wrong in words, with what to put right, and what to quote when asking for help."""
    lines = [str(error)]
    if isinstance(error, errors.Refused):
        lines += [f"  {wrong.pointer}: {wrong.detail}" for wrong in error.errors]
        if error.reference:
            lines.append(f"Reference: {error.reference}")
    if isinstance(error, errors.NotNow) and error.confirmation_needed:
        found = [f"  {name}: {', '.join(texts)}" for name, texts in error.confirmation_needed.items()]
        lines += [*found, "If none of it identifies a patient, add --personal-data-checked"]
    key = getattr(error, "key", None)
    if key and may_send_again:
        lines.append(f"To send it again, and have it done once, add --key {key}")
    return lines
