"""What `make eval` measures, and that it is as good as the register was asked to be."""

import numpy as np
import pytest

from risks.matching.evaluation import measuring, pairs
from risks.matching.evaluation.__main__ import line, main
from risks.matching.texts import RiskText

COLUMNS = "id\torg_a\ttitle_a\ttext_a\torg_b\ttitle_b\ttext_b\n"


@pytest.mark.slow
def test_the_other_side_is_among_the_first_five_of_two_thousand():
    others = measuring.distractors()
    assert len(others) == 2_000
    given = measuring.measure(pairs.read(pairs.GIVEN), others)
    assert len(given.ranks) == 32
    assert given.recall(5) >= 0.90
    assert measuring.measure(pairs.read(pairs.OWN), others).recall(5) >= 0.75
    assert measuring.measure(pairs.read(pairs.HELD_OUT), others).recall(5) >= 0.55


def test_a_pair_in_the_same_words_is_found_first():
    same = [
        (RiskText("Insulin is late"), RiskText("Insulin is late")),
        (RiskText("Roof leaks"), RiskText("Roof leaks")),
    ]
    measured = measuring.measure(same, measuring.distractors(5))
    assert measured.ranks.tolist() == [0, 0, 0, 0]
    assert measured.recall(1) == 1


def test_recall_counts_those_among_the_first():
    measured = measuring.Measured(np.array([0, 4, 5, 9]), distractors=10, seconds_a_query=0.0204)
    assert (measured.recall(1), measured.recall(5)) == (0.25, 0.5)
    assert line(measured) == "recall@1 0.250, recall@5 0.500, 4 queries, 10 distractors, 20.4 ms a query"


def test_no_pairs_are_refused():
    with pytest.raises(ValueError, match="no pair"):
        measuring.measure([], measuring.distractors(1))


def test_a_file_of_ones_own_is_measured(tmp_path, monkeypatch, capsys):
    file = tmp_path / "mine.tsv"
    file.write_text(f"{COLUMNS}X1\tacute\tInsulin late\tWards wait.\tgp\tInsulin delayed\tNurses wait.\n")
    monkeypatch.setattr(measuring, "distractors", lambda: np.zeros((1, 384), dtype=np.float32))
    main([str(file)])
    assert "mine.tsv: recall@1 1.000, recall@5 1.000, 2 queries, 1 distractors" in capsys.readouterr().out


def test_a_file_without_the_columns_is_refused(tmp_path):
    file = tmp_path / "mine.tsv"
    file.write_text("id\ttitle\nX1\tInsulin\n")
    with pytest.raises(KeyError):
        pairs.read(file)


def test_the_files_of_pairs_share_no_title():
    files = [pairs.read(file) for file in (pairs.GIVEN, pairs.OWN, pairs.HELD_OUT)]
    titles = [side.title for file in files for pair in file for side in pair]
    assert len(set(titles)) == len(titles)
    assert [len(file) for file in files] == [16, 124, 24]
