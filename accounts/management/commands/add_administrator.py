"""Give an organisation its first administrator, who invites everybody else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import services
from accounts.models import Organisation
from safetyreg.errors import DomainError


class Command(BaseCommand):
    help = "Invite somebody, by an e-mailed link, to be an administrator of an organisation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ods_code", help="The organisation's ODS code, for example R1H")
        parser.add_argument("email", help="Their e-mail address")

    def handle(self, *args: Any, ods_code: str, email: str, **options: Any) -> None:
        organisation = Organisation.objects.filter(ods_code__iexact=ods_code).first()
        if organisation is None:
            raise CommandError(f"No organisation has the ODS code {ods_code}. Run load_organisations first.")
        try:
            services.invite_first_administrator(organisation=organisation, email=email, now=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Invited {email} to be an administrator of {organisation.name}. The e-mail is on its way.")
