"""What is read of a folder that another process writes."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mof.panel import run_reader
from mof.panel.run_reader import RunReader, command_to_go_on, open_runs
from mof.panel.signal_words import signals_of
from mof.panel.summary import state_of, summary_of
from mof.training.run_folder import RunError
from tests.panel.made_runs import (
    CONFIG,
    calm_losses,
    fall_silent,
    finish,
    make_run,
    updates,
    with_events,
    write_checkpoint_state,
    write_events,
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
    paths = [tmp_path / day / "recipe-b" / "pretraining" for day in ("monday", "tuesday")]
    for path in paths:
        make_run(path)
    names = [f"{day}/recipe-b/pretraining" for day in ("monday", "tuesday")]
    assert [reader.name for reader in open_runs(paths)] == names
    assert [reader.name for reader in open_runs([paths[0], paths[0]])] == ["pretraining"], "named twice"


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
    fall_silent(run)
    snapshot = RunReader(run.path).snapshot()
    assert not snapshot.is_waiting and not snapshot.is_finished and not snapshot.was_stopped
    [signal] = [signal for signal in signals_of(snapshot, "mof train --resume") if signal.kind == "stalled"]
    assert "the last updates are not saved" in signal.what


def test_a_last_update_that_no_checkpoint_holds_is_not_the_end(run):
    write_log(run, updates(calm_losses(400)))
    write_checkpoint_state(run, 390, 400)
    reader = RunReader(run.path)
    assert reader.snapshot().update == 400 and not reader.snapshot().is_finished
    write_checkpoint_state(run, 400, 400)
    fall_silent(run)
    assert reader.snapshot().is_finished


def test_the_end_is_the_last_look_and_not_the_last_checkpoint(run):
    """The loop saves before its last look at held-out text; then the run says that it has finished."""
    write_log(run, updates(calm_losses(400)))
    write_checkpoint_state(run, 400, 400)
    write_events(run, "started")
    reader = RunReader(run.path)
    snapshot = reader.snapshot()
    assert snapshot.is_saved and not snapshot.is_finished and not snapshot.is_over and snapshot.is_training
    finish(run)
    assert reader.snapshot().is_finished


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_run_without_events_is_over_once_it_is_silent(run, is_saved):
    write_log(run, updates(calm_losses(400)))
    if is_saved:
        write_checkpoint_state(run, 400, 400)
    assert not RunReader(run.path).snapshot().is_over
    fall_silent(run)
    snapshot = RunReader(run.path).snapshot()
    assert snapshot.is_over and snapshot.is_finished is is_saved


@pytest.mark.parametrize("kind", ["stopped", "restored"])
def test_a_run_that_was_stopped_is_stopped_at_once(run, kind):
    write_log(run, updates(calm_losses(50)))
    write_checkpoint_state(run, 50, 400)
    write_events(run, "started", kind, update=50)
    reader = RunReader(run.path)
    snapshot = reader.snapshot()
    assert snapshot.was_stopped and not snapshot.is_training and state_of(snapshot) == "stopped and saved"
    write_log(run, updates(calm_losses(51)))  # somebody goes on without events
    assert reader.snapshot().is_training and state_of(reader.snapshot()) == "training"


def test_a_folder_that_has_gone_is_told_until_it_is_back(run):
    write_log(run, updates(calm_losses(50)))
    reader = RunReader(run.path)
    assert reader.snapshot().is_there
    away = run.path.rename(run.path.with_name("elsewhere"))
    snapshot = reader.snapshot()
    assert not snapshot.is_there and not snapshot.is_training and not snapshot.is_finished
    assert snapshot.update == 50, "what was read stands"
    assert state_of(snapshot) == "its folder is not there"
    assert [signal.kind for signal in signals_of(snapshot, "")] == ["gone"]
    away.rename(run.path)
    assert reader.snapshot().is_there and reader.snapshot().is_training


def test_a_run_that_was_made_anew_in_the_same_folder_is_another(tmp_path):
    old = make_run(tmp_path / "run")
    write_log(old, updates(calm_losses(50)))
    reader = RunReader(old.path)
    assert reader.snapshot().update == 50
    shutil.rmtree(old.path)
    new = make_run(tmp_path / "run", CONFIG.replace(num_updates=900), preset="tiny")
    os.utime(new.path / "run.json", (2e9, 2e9))  # two within one tick of the file system's clock are alike
    snapshot = reader.snapshot()
    assert (snapshot.update, snapshot.num_updates, snapshot.facts["preset"]) == (0, 900, "tiny")


def test_a_disk_that_is_out_of_reach_for_a_moment_ends_nothing(run, monkeypatch):
    write_log(run, updates(calm_losses(50)))
    write_checkpoint_state(run, 50, 400)
    reader = RunReader(run.path)
    assert reader.snapshot().is_saved

    def fail(_folder):
        raise OSError(121, "the semaphore timeout period has expired")

    monkeypatch.setattr(run_reader, "list_checkpoints", fail)
    assert reader.snapshot().is_saved, "as it was known"


def test_a_line_without_a_length_or_tokens_ends_nothing(run):
    entries = updates(calm_losses(100))
    for entry, name in zip(entries[40:], ("length", "tokens", "seconds", "loss"), strict=False):
        del entry[name]
    del entries[-1]["tokens"], entries[-1]["length"]
    write_log(run, entries)
    reader = RunReader(run.path)
    snapshot = reader.snapshot()
    assert snapshot.forecast.training_seconds == pytest.approx(300, rel=0.05)
    numbers = [entry["update"] for entry in reader._forecast_entries()]
    assert numbers == [n for n in range(1, 100) if n not in (41, 43)], "those without length or seconds"
    assert snapshot.tokens == 99 * 1024
    assert dict(summary_of(snapshot))["update"] == "100 / 400" and signals_of(snapshot, "") == []


def test_a_line_whose_update_is_no_number_is_passed_over(run):
    write_log(run, [*updates(calm_losses(50)), {"update": float("nan"), "loss": 3.0}])
    snapshot = RunReader(run.path).snapshot()
    assert snapshot.update == 50 and snapshot.num_bad_lines == 1
