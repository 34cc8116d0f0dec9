"""What is cleared away at night."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts import services


@shared_task
def clear_sessions() -> None:
    """Sessions that have ended are of no use to anybody."""
    call_command("clearsessions")


@shared_task
def clear_client_requests() -> None:
    """What API clients asked for is kept for a time, and their tokens until they run out."""
    services.clear_client_requests(now=timezone.now())
