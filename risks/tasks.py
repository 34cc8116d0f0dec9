"""What Celery beat asks of the register of risks."""

from celery import shared_task
from django.utils import timezone

from risks import indexing
from risks.importing import services as importing


@shared_task
def index() -> None:
    indexing.index(now=timezone.now())


# An import is one transaction, and may change tens of thousands of risks; whoever takes it meanwhile passes it by.
@shared_task(time_limit=1800, soft_time_limit=1740)
def work_on_imports() -> None:
    importing.work(now=timezone.now())
