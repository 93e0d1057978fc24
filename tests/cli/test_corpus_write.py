"""`mof corpus write`: how far it is, and sizes that are none."""

import pytest


@pytest.mark.parametrize(
    ("size", "status", "words"),
    [
        ("inf", 1, "Error: --megabytes is inf, expected a finite number"),
        ("nan", 2, "Invalid value for '--megabytes': Input should be greater than or equal to 0.001"),
    ],
)
def test_a_size_that_is_no_number_is_refused_in_words(mof, tmp_path, size, status, words):
    answer = mof("corpus", "write", "--megabytes", size, "--output", str(tmp_path / "q.jsonl"))
    assert answer.status == status and not list(tmp_path.iterdir())
    assert words in answer.errors


def test_the_share_that_is_written_and_the_time_left_are_told(mof, tmp_path, monkeypatch):
    from mof.sources import progress_lines

    monkeypatch.setattr(progress_lines, "SECONDS_BETWEEN_LINES", 0.0)
    path = tmp_path / "q.jsonl"
    answer = mof("corpus", "write", "--megabytes", "0.005", "--family", "addition", "--output", str(path))
    assert answer.status == 0 and path.is_file()
    assert "% written, 0:00 left." in answer.output
