"""The secrets that messages are signed with: how they are made, and how they are kept.

They are sealed with a key that is not in the database, so that a copy of it signs nothing. The first of
WEBHOOK_SECRET_KEYS seals and every one opens, which is how the key is changed; without any, SECRET_KEY serves.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
BYTES = 32  # the specification asks for 24 to 64
WHAT_FOR = b"safetyreg webhook secrets"


class CannotOpen(Exception):
    """The key that sealed it is not among those of the settings any more."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign."""
    return base64.b64decode(secret.removeprefix(PREFIX))


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises CannotOpen."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotOpen from error


def seal_anew(sealed: str) -> str:
    """Sealed with the first key, whichever had sealed it. Raises CannotOpen."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotOpen from error


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.WEBHOOK_SECRET_KEYS or [settings.SECRET_KEY]])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=WHAT_FOR).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
