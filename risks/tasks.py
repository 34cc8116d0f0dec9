"""What Celery beat asks of the register of risks."""

from celery import shared_task
from django.utils import timezone

from risks import indexing


@shared_task
def index() -> None:
    indexing.index(now=timezone.now())
