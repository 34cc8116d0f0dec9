"""Steps whose inputs have not changed are not taken again."""

import pytest

from dev.stamps import once


@pytest.fixture
def taken(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "input").write_text("one")
    return []


def _take(tmp_path, taken):
    return once(tmp_path / "stamp", [tmp_path / "folder"], lambda: taken.append("step"))


def test_a_step_is_taken_once(tmp_path, taken):
    assert _take(tmp_path, taken)
    assert not _take(tmp_path, taken)
    assert taken == ["step"]


def test_a_step_is_taken_again_when_an_input_has_changed(tmp_path, taken):
    _take(tmp_path, taken)
    (tmp_path / "folder" / "input").write_text("two")
    assert _take(tmp_path, taken)


def test_a_step_that_failed_is_taken_again(tmp_path, taken):
    with pytest.raises(ZeroDivisionError):
        once(tmp_path / "stamp", [tmp_path / "folder"], lambda: 1 / 0)
    assert _take(tmp_path, taken)
