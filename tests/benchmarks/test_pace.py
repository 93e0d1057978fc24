"""The pace of a training: what counts, and that what is known is not measured again."""

import json
from types import SimpleNamespace

import pace
import pytest

from mof.training.config import TrainingConfig
from mof.training.schedule import draw_length

CONFIG = TrainingConfig(lengths=(128, 512, 256), short_share=0.2, num_updates=20_000)


def test_the_first_update_of_each_length_and_other_lines_do_not_count():
    lines = [(128, 30.0), (128, 31.0), (128, 33.0), (512, 63.0), (512, 67.0), (128, 68.0), (512, 73.0)]
    log = [{"length": length, "seconds": seconds} for length, seconds in lines]
    log.insert(3, {"event": "evaluation", "seconds": 50.0})
    assert pace.seconds_by_length(log) == {128: 1.0, 512: 4.5}


def test_the_mean_over_a_run_is_that_of_the_lengths_it_draws():
    seconds = {128: 1.0, 256: 1.5, 512: 4.0}
    drawn = [seconds[draw_length(CONFIG, update, 20_000)] for update in range(20_000)]
    assert pace.seconds_of_update(seconds, CONFIG) == pytest.approx(sum(drawn) / 20_000, rel=0.02)


def test_a_length_that_was_not_met_is_told():
    with pytest.raises(ValueError, match=r"rows of \[512\] tokens"):
        pace.seconds_of_update({128: 1.0, 256: 1.5}, CONFIG)


@pytest.fixture
def trained(monkeypatch):
    """Trainings that take `--width` seconds an update; returns the list of their names and seeds."""
    from mof.training import run_folder

    calls = []

    def mof(command, flag, run, *words):
        seconds, num_updates = words[words.index("--width") + 1], words[words.index("--num-updates") + 1]
        calls.append((run.name, words[words.index("--seed") + 1]))
        run.mkdir(parents=True)
        lines = [{"length": 128, "seconds": seconds * i} for i in range(num_updates)]
        (run / "log.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    config = CONFIG.replace(lengths=(128,))
    monkeypatch.setattr(pace, "mof", mof)
    monkeypatch.setattr(run_folder, "RunFolder", lambda run: SimpleNamespace(training_config=config))
    return calls


def test_trainings_take_turns_and_a_known_pace_stays(trained, tmp_path):
    first = pace.measured_pace(tmp_path, {"a": ["--width", 2], "b, wide": ["--width", 3]})
    assert first["b, wide"] == {"seconds_of_update": pytest.approx(3), "rounds": pytest.approx([3, 3])}
    assert trained == [("a-0", 0), ("b__wide-0", 0), ("a-1", 1), ("b__wide-1", 1)]
    more = pace.measured_pace(tmp_path, {"a": ["--width", 2], "c": ["--width", 5]})
    assert [name for name, _ in trained[4:]] == ["c-0", "c-1"]
    assert list(more) == ["a", "c"] and more["a"] == first["a"]
    assert pace.updates_in(0.5, more["c"]) == 6


def test_what_was_measured_before_a_failure_stays(trained, tmp_path):
    with pytest.raises(ValueError):  # no --width
        pace.measured_pace(tmp_path, {"a": ["--width", 2], "b": []})
    pace.measured_pace(tmp_path, {"a": ["--width", 2], "b": ["--width", 2]})
    assert [name for name, _ in trained] == ["a-0", "b-0", "a-1", "b-1"]


def test_a_training_gets_one_update_at_least():
    assert pace.updates_in(0.001, {"seconds_of_update": 5.0}) == 1
