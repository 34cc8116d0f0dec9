"""Which files of the nhsuk-frontend package are published: the compiled ones, and not its thousand sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMPILED = (
    "nhsuk-frontend.min.css",
    "nhsuk-frontend.min.css.map",
    "nhsuk-frontend.min.js",
    "nhsuk-frontend.min.js.map",
)


class PrefixedStorage(FileSystemStorage):
    """The commands of staticfiles put `prefix` before the name of what they find here."""

    prefix = "nhsuk"


class NhsukFinder(BaseFinder):
    """Finds them under the name `nhsuk/`."""

    def __init__(self) -> None:
        self.root = Path(settings.NHSUK_FRONTEND)
        self.storage = PrefixedStorage(location=self.root)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        wanted = path.removeprefix("nhsuk/")
        if wanted == path or wanted not in self._published():
            return []
        return [str(self.root / wanted)] if find_all else str(self.root / wanted)

    def _published(self) -> Sequence[str]:
        assets = [file.relative_to(self.root).as_posix() for file in self.root.glob("assets/**/*") if file.is_file()]
        return [*COMPILED, *sorted(assets)]

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in self._published():
            if not matches_patterns(path, ignore_patterns):
                yield path, self.storage
