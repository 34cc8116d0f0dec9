"""Not doing again what was done already. Needs nothing but Python itself."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path


def once(stamp: Path, inputs: Iterable[Path], step: Callable[[], None]) -> bool:
    """Take the step, unless its inputs are what they were when it last succeeded; say whether it was taken."""
    digest = _digest(inputs)
    if stamp.exists() and stamp.read_text() == digest:
        return False
    stamp.unlink(missing_ok=True)
    step()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)
    return True


def _digest(inputs: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in inputs:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
