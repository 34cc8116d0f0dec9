"""The sweep as a task: what Celery beat calls."""

from celery import shared_task
from django.utils import timezone

from deadlines import sweeping


@shared_task
def sweep() -> None:
    sweeping.sweep(now=timezone.now())
