"""Celery: what makes things prompt. PostgreSQL holds every fact, so losing a task loses nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safetyreg.settings")

app = Celery("safetyreg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
