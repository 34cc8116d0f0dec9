from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "safetyreg.idempotency"
    label = "idempotency"
