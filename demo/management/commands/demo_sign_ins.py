"""Say as whom one can sign in to the demonstration: the last thing that `make run` prints."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.sign_ins import PASSWORD, main_sign_ins


class Command(BaseCommand):
    help = "List the main sign-ins of the demonstration, one at each level, with what each sees."

    def handle(self, *args: Any, **options: Any) -> None:
        sign_ins = main_sign_ins()
        if not sign_ins:
            raise CommandError("The demonstration is not loaded. Run `manage.py load_demo` first.")
        self.stdout.write(f"Sign in as one of these, with the password {PASSWORD}\n\n")
        width = max(len(one.user.email) for one in sign_ins)
        for one in sign_ins:
            self.stdout.write(f"  {one.user.email:{width}}  {one.user.name}, {one.role}")
            self.stdout.write(f"  {'':{width}}  {one.sees}")
