"""What Celery beat calls."""

from celery import shared_task
from django.utils import timezone

from safetyreg.idempotency import services


@shared_task
def forget_stale() -> None:
    services.forget_stale(now=timezone.now())
