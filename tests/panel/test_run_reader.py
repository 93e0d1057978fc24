"""What is read of a folder that another process writes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mof.panel import run_reader
from mof.panel.run_reader import RunReader, command_to_go_on, open_runs
from mof.panel.signal_words import signals_of
from mof.training.run_folder import RunError
from tests.panel.made_runs import (
    CONFIG,
    calm_losses,
    make_run,
    updates,
    with_events,
    write_checkpoint_state,
    write_log,
    write_marks,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


def test_a_run_of_no_update_yet(run):
    snapshot = RunReader(run.path).snapshot()
    assert snapshot.update == 0 and snapshot.seconds == 0 and not snapshot.is_finished
    assert snapshot.fingerprint is None and snapshot.forecast is None and snapshot.marks == ()
    assert snapshot.experts == ["RNN", "Transformer"] and snapshot.num_updates == 400


def test_everything_that_is_there(run):
    write_log(run, with_events(updates(calm_losses(100))))
    write_marks(run, [(40.0, 40), (90.0, 90), (300.0, 300)])
    write_checkpoint_state(run, 60, 400)
    write_checkpoint_state(run, 100, 400)
    snapshot = RunReader(run.path).snapshot()
    assert snapshot.update == 100 and snapshot.tokens == 102_400 and snapshot.seconds == 100.0
    assert snapshot.fingerprint == "ffffffff" and len(snapshot.evaluations) == len(snapshot.states) == 3
    assert [mark["update"] for mark in snapshot.marks] == [40, 90], "300 belongs to a time that was rewound"
    assert snapshot.is_saved and snapshot.silent_seconds < 60
    assert snapshot.forecast.training_seconds == pytest.approx(300, rel=0.05)
    assert snapshot.forecast.clock_low <= snapshot.forecast.clock_seconds <= snapshot.forecast.clock_high


def test_a_checkpoint_inside_an_update_or_before_the_last_is_not_the_last_moment(run):
    write_log(run, updates(calm_losses(100)))
    write_checkpoint_state(run, 90, 400)
    reader = RunReader(run.path)
    assert not reader.snapshot().is_saved
    write_checkpoint_state(run, 100, 400, micro_batch=2)
    assert not reader.snapshot().is_saved


def test_the_number_of_updates_from_the_log_or_the_checkpoint(tmp_path):
    run = make_run(tmp_path / "run", CONFIG.replace(num_updates=0, minutes=5))
    write_log(run, updates(calm_losses(50)))
    reader = RunReader(run.path)
    assert reader.snapshot().num_updates is None
    write_checkpoint_state(run, 40, 300)
    assert reader.snapshot().num_updates == 300
    write_log(run, with_events(updates(calm_losses(60)), num_updates=310))
    assert reader.snapshot().num_updates == 310


def test_a_damaged_checkpoint_is_passed_over(run):
    write_log(run, updates(calm_losses(50)))
    write_checkpoint_state(run, 40, 400)
    write_checkpoint_state(run, 50, 400)
    (run.checkpoints / "update-00000050" / "state.json").write_text("{", encoding="utf-8")
    assert not RunReader(run.path).snapshot().is_saved


def test_silence_is_that_of_the_files(run):
    write_log(run, updates(calm_losses(50)))
    before = time.time() - 1000
    for path in (run.path / "log.jsonl", run.path / "run.json"):
        os.utime(path, (before, before))
    assert RunReader(run.path).snapshot().silent_seconds == pytest.approx(1000, abs=60)


def test_a_forecast_of_a_long_run_leaves_out_its_middle(run, monkeypatch):
    monkeypatch.setattr(run_reader, "LAST_FORECAST_UPDATES", 50)
    write_log(run, with_events(updates(calm_losses(390)), every=10))
    reader = RunReader(run.path)
    entries = reader.snapshot() and reader._forecast_entries()
    numbers = [entry["update"] for entry in entries if "event" not in entry]
    assert numbers == [*range(1, 25), *range(341, 391)]
    assert [e["update"] for e in entries if "event" in e][0] == 350
    assert reader.snapshot().forecast.training_seconds == pytest.approx(10, rel=0.05)


def test_nothing_in_the_folder_is_touched(run):
    write_log(run, with_events(updates(calm_losses(100))))
    write_checkpoint_state(run, 100, 400)

    def state():
        return {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(run.path.rglob("*"))}

    before = state()
    reader = RunReader(run.path)
    reader.snapshot()
    with run.locked():  # a training holds the lock; the reader does not mind
        lock = run.path / "run.lock"
        reader.snapshot()
    after = state()
    after.pop(lock, None)
    before.pop(lock, None)
    assert after == before


def test_names_tell_runs_apart(tmp_path):
    paths = [tmp_path / "a" / "chat", tmp_path / "b" / "chat", tmp_path / "b" / "base"]
    for path in paths:
        make_run(path)
    assert [reader.name for reader in open_runs(paths[1:])] == ["chat", "base"]
    assert [reader.name for reader in open_runs(paths)] == ["a/chat", "b/chat", "b/base"]


def test_what_is_no_run_is_told(tmp_path):
    with pytest.raises(RunError, match="holds no run"):
        open_runs([tmp_path])
    with pytest.raises(RunError, match="name a folder"):
        open_runs([])


def test_no_backend_is_started(run):
    """A panel beside a training must not take the memory of a second TensorFlow."""
    write_log(run, with_events(updates(calm_losses(100))))
    code = f"""
import sys
from mof.panel import replay, watch
from mof.panel import notebook_panel, recorded_run
from mof.panel.run_reader import open_runs
from mof.panel.terminal_panel import watch_in_terminal
readers = open_runs([{str(run.path)!r}])
assert readers[0].snapshot().forecast is not None
notebook_panel.Look(readers[0]).html()
watch_in_terminal(readers, 1.0, once=True)
started = {{"tensorflow", "jax", "keras"}} & set(sys.modules)
assert not started, started
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, timeout=120)
    assert finished.returncode == 0, finished.stderr.decode("utf-8", "replace")


def test_a_folder_of_stages_stands_for_its_runs(tmp_path):
    for number, name in enumerate(("pretraining", "chat")):
        make_run(tmp_path / "plan" / name)
        os.utime(tmp_path / "plan" / name / "run.json", (1e9 + number, 1e9 + number))
    assert [reader.name for reader in open_runs([tmp_path / "plan"])] == ["pretraining", "chat"]


def test_both_recipes_in_a_folder_stand_for_their_runs_and_go_on_by_their_plan(tmp_path):
    for number, name in enumerate(("recipe-a", "recipe-b")):
        make_run(tmp_path / "four" / name / "pretraining")
        os.utime(tmp_path / "four" / name / "pretraining" / "run.json", (1e9 + number, 1e9 + number))
    readers = open_runs([tmp_path / "four"])
    assert [reader.name for reader in readers] == ["recipe-a/pretraining", "recipe-b/pretraining"]
    assert command_to_go_on(readers[0].path).endswith(f"train --resume --run {readers[0].path}")
    copy = tmp_path / "four" / "recipe-a" / "followed-plan.toml"
    copy.touch()
    assert command_to_go_on(readers[0].path).endswith(f"train --plan {copy}")


def test_what_befell_it_is_read(run):
    write_log(run, updates(calm_losses(50)))
    event = '{"event": "paused", "update": 50, "words": "No room."}\n'
    (run.path / "events.jsonl").write_text(event, encoding="utf-8")
    assert RunReader(run.path).snapshot().is_waiting


def test_a_process_that_died_in_a_pause_does_not_wait(run):
    write_log(run, updates(calm_losses(50)))
    event = '{"event": "paused", "update": 50, "words": "No room."}\n'
    (run.path / "events.jsonl").write_text(event, encoding="utf-8")
    an_hour_ago = time.time() - 3600
    for path in (run.path, *run.path.iterdir()):
        os.utime(path, (an_hour_ago, an_hour_ago))
    snapshot = RunReader(run.path).snapshot()
    assert not snapshot.is_waiting and not snapshot.is_finished and not snapshot.has_stopped
    [signal] = [signal for signal in signals_of(snapshot, "mof train --resume") if signal.kind == "stalled"]
    assert "the last updates are not saved" in signal.what


def test_a_last_update_that_no_checkpoint_holds_is_not_the_end(run):
    write_log(run, updates(calm_losses(400)))
    write_checkpoint_state(run, 390, 400)
    reader = RunReader(run.path)
    assert reader.snapshot().update == 400 and not reader.snapshot().is_finished
    write_checkpoint_state(run, 400, 400)
    assert reader.snapshot().is_finished
