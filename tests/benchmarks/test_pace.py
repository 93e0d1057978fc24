"""The pace of a training: what counts, and that what is known is not measured again."""

import json
from pathlib import Path
from types import SimpleNamespace

import pace
import pytest

from mof.training.config import TrainingConfig
from mof.training.schedule import draw_length

CONFIG = TrainingConfig(lengths=(128, 512, 256), short_share=0.2, num_updates=20_000)


LINES = [(128, 30.0), (128, 31.0), (128, 33.0), (512, 63.0), (512, 67.0), (128, 68.0), (512, 73.0)]
LOG = [{"update": i, "length": length, "seconds": s} for i, (length, s) in enumerate(LINES, start=1)]
FROZEN = CONFIG.replace(freeze=("rnn@0-0.25", "transformer.deep@0-0.5"))


def test_the_first_update_of_each_length_and_other_lines_do_not_count():
    log = [*LOG[:3], {"event": "evaluation", "seconds": 50.0}, *LOG[3:]]
    assert pace.seconds_by_kind(log, CONFIG) == {(128, ()): 1.0, (512, ()): 4.5}


def test_updates_with_and_without_frozen_groups_are_told_apart():
    config = CONFIG.replace(num_updates=8, freeze=("rnn@0-0.5",))
    log = [*LOG, {"update": 8, "length": 128, "seconds": 80.0}]
    assert pace.seconds_by_kind(log, config) == {(128, ("rnn",)): 1.5, (512, ()): 5.0, (128, ()): 7.0}


def test_the_mean_over_a_run_is_that_of_the_lengths_it_draws():
    seconds = {128: 1.0, 256: 1.5, 512: 4.0}
    drawn = [seconds[draw_length(CONFIG, update, 20_000)] for update in range(20_000)]
    by_kind = {(length, ()): value for length, value in seconds.items()}
    assert pace.seconds_of_update(by_kind, CONFIG) == pytest.approx(sum(drawn) / 20_000, rel=0.02)


def test_the_mean_over_a_run_knows_what_is_frozen_when():
    drawn, by_kind = [], {}
    for update in range(20_000):
        length = draw_length(FROZEN, update, 20_000)
        groups = ("rnn", "transformer.deep") if update < 5_000 else ("transformer.deep",)
        kind = (length, groups if update < 10_000 else ())
        by_kind[kind] = length * (3 - len(kind[1]))
        drawn.append(by_kind[kind])
    assert len(by_kind) == 9
    assert pace.seconds_of_update(by_kind, FROZEN) == pytest.approx(sum(drawn) / 20_000, rel=0.02)


def test_what_was_not_met_is_told():
    with pytest.raises(ValueError, match="no update with rows of 512 tokens was timed"):
        pace.seconds_of_update({(128, ()): 1.0, (256, ()): 1.5}, CONFIG)
    with pytest.raises(ValueError, match="rows of 128 tokens with rnn frozen was timed"):
        pace.seconds_of_update({(128, ()): 1.0}, CONFIG.replace(lengths=(128,), freeze=("rnn@0-0.5",)))


@pytest.fixture
def trained(monkeypatch):
    """Trainings that take `--width` seconds an update; returns the list of their names and seeds."""
    from mof.training import run_folder

    calls = []

    def mof(command, flag, run, *words):
        seconds, num_updates = words[words.index("--width") + 1], words[words.index("--num-updates") + 1]
        calls.append((run.name, words[words.index("--seed") + 1]))
        run.mkdir(parents=True)
        lines = [{"update": i, "length": 128, "seconds": seconds * i} for i in range(1, num_updates + 1)]
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


def test_trainings_may_be_made_in_another_way(trained, tmp_path):
    def train(run, seconds, number):
        pace.mof("train", "--run", run, "--width", seconds, "--num-updates", 5, "--seed", number)

    found = pace.measured_pace(tmp_path, {"a": 3, "b": 1}, train)
    assert found["a"]["seconds_of_update"] == pytest.approx(3) and trained[1] == ("b-0", 0)


def test_a_folder_given_from_elsewhere_is_the_one_meant(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runs = []

    def train(run, seconds, number):
        runs.append(run)
        pace.mof("train", "--run", run, "--width", seconds, "--num-updates", 5, "--seed", number)

    pace.measured_pace(Path("study"), {"a": 3}, train)
    assert {run.parent for run in runs} == {tmp_path / "study" / "pace"}, "the command runs in another folder"


def test_a_training_gets_one_update_at_least():
    assert pace.updates_in(0.001, {"seconds_of_update": 5.0}) == 1
