"""What is cleared away at night."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_sessions() -> None:
    """Sessions that have ended are of no use to anybody."""
    call_command("clearsessions")
