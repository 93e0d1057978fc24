"""Going on with measurements, and the time that is left."""

import sys
from pathlib import Path

import pytest
from speed_cases import Case
from training_speed import Measurements, TimeLeft

WORKER = 'import sys; print(\'MEASURED {"tokens_per_second": 5, "job": \' + sys.argv[1] + "}")'


def case(path, text=WORKER):
    path.write_text(text, encoding="utf-8")
    return Case(path.stem, sys.executable, path, {"x": 1}, {"kind": "ours"}, 1.0)


def test_measurements_are_gone_on_with(tmp_path):
    works, fails = case(tmp_path / "works.py"), case(tmp_path / "fails.py", "raise OSError('no luck')")
    first = Measurements(tmp_path / "m.jsonl", {"seconds": 1})
    assert not first.has(1, works)
    assert first.take(1, works, {})["figures"]["job"] == {"x": 1}
    assert "no luck" in first.take(1, fails, {})["failure"]
    again = Measurements(tmp_path / "m.jsonl", {"seconds": 1})
    assert again.entries == first.entries and again.has(1, works) and not again.has(2, works)
    assert not again.has(1, fails)  # it is tried again


def test_a_line_that_a_kill_has_cut_is_measured_again(tmp_path):
    path, works = tmp_path / "m.jsonl", case(tmp_path / "works.py")
    first = Measurements(path, {"seconds": 1})
    first.take(1, works, {})
    first.take(2, works, {})
    path.write_bytes(path.read_bytes()[:-9])
    again = Measurements(path, {"seconds": 1})
    assert again.has(1, works) and not again.has(2, works)
    again.take(2, works, {})
    assert Measurements(path, {"seconds": 1}).entries == first.entries


def test_no_path_of_the_machine_is_kept(tmp_path):
    path = str(Path.home() / "secret")
    failed = Measurements(tmp_path / "m.jsonl", {}).take(
        1, case(tmp_path / "w.py", f"raise OSError({path!r})"), {}
    )
    assert "secret" in failed["failure"] and str(Path.home()) not in failed["failure"]


def test_measurements_of_other_settings_are_refused(tmp_path):
    Measurements(tmp_path / "m.jsonl", {"cap": "none"})
    with pytest.raises(SystemExit, match="begun with other settings"):
        Measurements(tmp_path / "m.jsonl", {"cap": "avx2"})


def test_the_time_left_follows_the_pace():
    left = TimeLeft(600.0)
    assert str(left) == "about 10 minutes left"
    left.took(120.0, 240.0)  # twice as slow as expected
    left.skip(240.0)
    assert str(left) == "about 8 minutes left"
