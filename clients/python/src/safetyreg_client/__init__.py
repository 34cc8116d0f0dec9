"""A client of a safetyreg register. Begin with `Register`."""

from safetyreg_client.errors import (
    BadInput,
    Changed,
    Failed,
    KeyUsedOtherwise,
    NotFound,
    NotNow,
    NotPermitted,
    NotSignedIn,
    NotUnderstood,
    Refused,
    RegisterError,
    SettingsMissing,
    TooMany,
    Unanswered,
    Wrong,
)
from safetyreg_client.imports import StillAtWork
from safetyreg_client.receiving import Receiver
from safetyreg_client.register import Register
from safetyreg_client.webhooks import Event, NotGenuine, Verifier

__all__ = [
    "BadInput",
    "Changed",
    "Event",
    "Failed",
    "KeyUsedOtherwise",
    "NotFound",
    "NotGenuine",
    "NotNow",
    "NotPermitted",
    "NotSignedIn",
    "NotUnderstood",
    "Receiver",
    "Refused",
    "Register",
    "RegisterError",
    "SettingsMissing",
    "StillAtWork",
    "TooMany",
    "Unanswered",
    "Verifier",
    "Wrong",
]
