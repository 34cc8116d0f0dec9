"""Sending as a task: what Celery beat calls."""

from celery import shared_task
from django.utils import timezone

from notifications import delivery
from notifications.webhooks import sending, services


@shared_task
def send() -> None:
    delivery.send(now=timezone.now())


@shared_task
def send_webhooks() -> None:
    sending.send_due(now=timezone.now())


@shared_task
def forget_webhooks() -> None:
    services.forget_old(now=timezone.now())
