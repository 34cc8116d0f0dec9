"""What Celery beat asks of overview."""

from celery import shared_task
from django.utils import timezone

from overview.figures import snapshots
from overview.reports import scheduling
from overview.reports import services as reports
from overview.whole_data import services


@shared_task(time_limit=1800, soft_time_limit=1740)
def make_packages() -> None:
    services.work(now=timezone.now())


@shared_task(time_limit=180, soft_time_limit=150)
def make_figures() -> None:
    snapshots.make_ahead(timezone.now())


@shared_task(time_limit=600, soft_time_limit=540)
def make_reports() -> None:
    now = timezone.now()
    scheduling.sweep(now=now)
    reports.work(now=now)
