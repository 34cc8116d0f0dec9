"""`python -m risks.matching.evaluation [PAIRS]`: how well look-alikes are found, one line for each file of pairs."""

from __future__ import annotations

import sys
from pathlib import Path

from risks.matching import likeness
from risks.matching.evaluation import measuring, pairs


def main(names: list[str]) -> None:
    """Print the figures for each file named or, where none is, for the project's own."""
    files = [Path(name) for name in names] or [pairs.GIVEN, pairs.OWN, pairs.HELD_OUT]
    others = measuring.distractors()
    sys.stdout.write(f"model: {likeness.MODEL}\n")
    for file in files:
        sys.stdout.write(f"{file.name}: {line(measuring.measure(pairs.read(file), others))}\n")


def line(measured: measuring.Measured) -> str:
    return (
        f"recall@1 {measured.recall(1):.3f}, recall@5 {measured.recall(5):.3f}, {len(measured.ranks)} queries, "
        f"{measured.distractors} distractors, {1000 * measured.seconds_a_query:.1f} ms a query"
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.exit(f"The pairs could not be read: {error}")
    except KeyError as column:
        sys.exit(f"The pairs have no column {column}; needed are id org_a title_a text_a org_b title_b text_b")
