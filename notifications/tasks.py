"""Sending as a task: what Celery beat calls."""

from celery import shared_task
from django.utils import timezone

from notifications import delivery


@shared_task
def send() -> None:
    delivery.send(now=timezone.now())
