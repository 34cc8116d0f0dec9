"""The steps that need Django, in one process, because starting Django is most of what they take."""

import io
import os
import sys

import django
from django.core.management import CommandError, call_command

from dev.steps import say

STEPS = {
    "migrate": "Bringing the database up to date",
    "load_organisations": "Loading the organisations",
    "load_demo": "Loading the demonstration, unless it is there (a minute or so the first time)",
    "index_risks": "Working out which risks are alike",
}


def main(commands: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safetyreg.settings")
    django.setup()
    for command in commands:
        say(STEPS[command])
        call_command(command, stdout=io.StringIO(), verbosity=0)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CommandError as error:
        say(f"\n{error}")
        sys.exit(1)
