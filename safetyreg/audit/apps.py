from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "safetyreg.audit"
    label = "audit"
