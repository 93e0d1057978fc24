"""What is said of a run, and what to do: one sentence for each thing that can go wrong, the worst first."""

import dataclasses

import numpy as np
import pytest

from mof.panel.log_tail import COLUMNS
from mof.panel.run_snapshot import RunSnapshot, empty_columns
from mof.panel.signal_words import DANGER, NOTE, WARNING, signals_of
from tests.panel.made_runs import calm_losses, updates, with_events

COMMAND = "mof train --resume --run runs/a"


def snapshot_of(entries, **changes):
    lines = [entry for entry in entries if "event" not in entry]
    columns = {name: np.array([line[name] for line in lines], dtype=float) for name in COLUMNS}
    events = {}
    for entry in entries:
        if "event" in entry:
            events.setdefault(entry["event"], []).append(entry)
    facts = {"model": {"experts": ["recurrent"]}, "training": {"minutes": 5}}
    fields = {"num_updates": 10_000, "silent_seconds": 1.0, "events": events, **changes}
    return RunSnapshot("a", facts, columns, **fields)


def kinds(snapshot):
    return [signal.kind for signal in signals_of(snapshot, COMMAND)]


def test_a_calm_run_is_left_in_peace():
    assert kinds(snapshot_of(with_events(updates(calm_losses(500))))) == []
    assert kinds(RunSnapshot("a", {}, empty_columns())) == []


def test_a_jump_and_its_return():
    losses = calm_losses(500)
    losses[400:403] += 2.0
    (signal,) = signals_of(snapshot_of(updates(losses)), COMMAND)
    assert signal.level == NOTE and "update 401" in signal.what and "It is back" in signal.what
    losses[-3:] += 2.0
    assert "Wait for" in signals_of(snapshot_of(updates(losses)), COMMAND)[0].to_do
    losses[[430, 470]] = 9.0
    losses[[350]] = 9.0
    (signal,) = signals_of(snapshot_of(updates(losses)), COMMAND)
    assert signal.level == WARNING and "learning rates" in signal.to_do


def test_divergence_comes_first_and_says_what_to_do():
    losses = calm_losses(500)
    losses[400:] += 2.0
    first = signals_of(snapshot_of(updates(losses), silent_seconds=1e5), COMMAND)[0]
    assert first.level == DANGER and first.kind == "divergence"
    assert "half the learning rates" in first.to_do
    losses[-1] = np.nan
    assert "no number" in signals_of(snapshot_of(updates(losses)), COMMAND)[0].what


@pytest.mark.parametrize("silent", [None, 1e5])
def test_what_does_not_run_any_more_is_not_to_be_stopped_or_waited_for(silent):
    losses = calm_losses(500)
    losses[-3:] += 2.0
    signals = signals_of(snapshot_of(updates(losses), silent_seconds=silent), COMMAND)
    (spike,) = [signal for signal in signals if signal.kind == "spike"]
    assert spike.to_do == "" and "The log ends before it is back" in spike.what
    losses[400:] += 2.0
    first = signals_of(snapshot_of(updates(losses), silent_seconds=silent), COMMAND)[0]
    assert first.kind == "divergence" and "Ctrl-C" not in first.to_do and "Start again" in first.to_do
    first = signals_of(snapshot_of(updates(losses)), COMMAND)[0]
    assert first.to_do.startswith("Stop it (Ctrl-C).")


def test_text_that_is_turned_into_tokens_is_no_danger():
    """It may take an hour, before the run says that it has started."""
    (signal,) = signals_of(snapshot_of([], silent_seconds=3600.0), COMMAND)
    assert signal.level == NOTE and "look into its window" in signal.to_do and "60 min" in signal.what
    started = ({"event": "started", "update": 0, "words": ""},)
    (signal,) = signals_of(snapshot_of([], silent_seconds=3600.0, befell=started), COMMAND)
    assert signal.level == DANGER and signal.kind == "stalled"


def test_a_run_that_says_it_was_stopped_needs_no_silence():
    befell = tuple({"event": kind, "update": 100, "words": ""} for kind in ("started", "stopped"))
    (signal,) = signals_of(snapshot_of(updates(calm_losses(100)), befell=befell), COMMAND)
    assert signal.kind == "stopped" and COMMAND in signal.to_do
    resumed = (*befell, {"event": "resumed", "update": 100, "words": ""})
    assert kinds(snapshot_of(updates(calm_losses(100)), befell=resumed)) == []


@pytest.mark.parametrize("count", [0, 40, 500])
def test_a_run_that_ended_without_a_number_is_not_called_dead(count):
    """The loop raises before it logs such a loss: what is left is an event."""
    befell = ({"event": "diverged", "update": count, "words": "the loss is nan"},)
    snapshot = snapshot_of(updates(calm_losses(count)), silent_seconds=6000.0, befell=befell)
    (signal,) = signals_of(snapshot, COMMAND)
    assert signal.kind == "divergence" and signal.level == DANGER and "no number" in signal.what
    assert "half the learning rates" in signal.to_do and COMMAND not in signal.to_do


def test_silence_of_a_run_that_was_saved_and_of_one_that_was_not():
    entries = updates(calm_losses(100))
    (signal,) = signals_of(snapshot_of(entries, silent_seconds=7200.0), COMMAND)
    assert signal.level == DANGER and signal.kind == "stalled" and "2.0 h" in signal.what
    assert COMMAND in signal.to_do
    (signal,) = signals_of(snapshot_of(entries, silent_seconds=7200.0, is_saved=True), COMMAND)
    assert signal.level == NOTE and signal.kind == "stopped" and COMMAND in signal.to_do
    ended = {"silent_seconds": 7200.0, "num_updates": 100}
    assert kinds(snapshot_of(entries, **ended, is_saved=True)) == [], "it has finished"
    assert kinds(snapshot_of(entries, **ended)) == ["stalled"], "its last update was not saved"
    assert kinds(snapshot_of(entries, silent_seconds=None)) == [], "a record"


def test_lost_speed_says_who_has_the_processor():
    steps = np.where(np.arange(500) < 350, 1.0, 2.5)
    entries = with_events(updates(calm_losses(500), step_seconds=steps), every=20)
    (signal,) = signals_of(snapshot_of(entries), COMMAND)
    assert signal.level == WARNING and "2.5 times" in signal.what and "heat" in signal.to_do
    for entry in entries:  # after update 350 a second of training gets half a second of the processor
        if "processor_seconds" in entry:
            entry["processor_seconds"] = 1.9 * min(entry["seconds"], 350) + 0.5 * max(
                entry["seconds"] - 350, 0
            )
    (signal,) = signals_of(snapshot_of(entries), COMMAND)
    assert "another program takes it" in signal.to_do
    entries = [entry for entry in entries if entry.get("event") != "state"]
    (signal,) = signals_of(snapshot_of(entries), COMMAND)
    assert "Either other programs" in signal.to_do


def test_a_thaw_is_no_lost_speed():
    steps = np.where(np.arange(500) < 350, 1.0, 2.5)
    entries = with_events(updates(calm_losses(500), step_seconds=steps), every=20)
    snapshot = snapshot_of(entries, num_updates=1000)
    thawed = {**snapshot.facts, "training": {"freeze": ["rnn@0-0.35"]}}
    assert kinds(snapshot) == ["lost speed"]
    assert kinds(dataclasses.replace(snapshot, facts=thawed)) == []


def with_state(entries, kind, **changes):
    return [{**entry, **changes} if entry.get("event") == kind else entry for entry in entries]


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("state", {"free_disk_bytes": 1e8}, "full disk"),
        ("state", {"free_memory_bytes": 1e8}, "full memory"),
        ("checkpoint", {"save_seconds": 6.0}, "slow disk"),
    ],
)
def test_disk_and_memory(kind, changes, expected):
    entries = with_state(with_events(updates(calm_losses(300))), kind, **changes)
    (signal,) = signals_of(snapshot_of(entries), COMMAND)
    assert signal.kind == expected and signal.to_do
    assert kinds(snapshot_of(entries, num_updates=300, is_saved=True)) == []


def test_a_machine_of_long_ago_gives_no_alarm():
    entries = with_events(updates(calm_losses(100)), every=20)
    entries = with_state(entries, "state", free_disk_bytes=1e6, free_memory_bytes=1e6)
    assert kinds(snapshot_of(entries)) == ["full disk"], "while it trains"
    assert kinds(snapshot_of(entries, silent_seconds=30 * 86400.0, is_saved=True)) == ["stopped"]
    assert kinds(snapshot_of(entries, silent_seconds=None)) == [], "a record"


def test_a_sleep_is_told_and_a_stop_is_not():
    entries = with_events(updates(calm_losses(300)))
    slept = [
        {**entry, "time": entry["time"] + 5000.0 * (entry["update"] > 150)}
        if entry.get("event") == "state"
        else entry
        for entry in entries
    ]
    (signal,) = signals_of(snapshot_of(slept), COMMAND)
    assert signal.kind == "standstill" and "update 150" in signal.what and "sleep" in signal.to_do
    session = {"event": "session", "update": 151, "seconds": 151.0, "tokens": 0, "time": 1.8e9 + 5151.0}
    assert kinds(snapshot_of([*slept, session])) == []


def test_bad_lines_are_told():
    snapshot = dataclasses.replace(snapshot_of(updates(calm_losses(100))), num_bad_lines=2)
    (signal,) = signals_of(snapshot, COMMAND)
    assert signal.what.startswith("2 lines")


def test_a_run_that_waits_is_not_called_dead():
    entries = with_events(updates(calm_losses(100)))
    paused = {"event": "paused", "update": 100, "words": "Too hot."}
    snapshot = snapshot_of(entries, silent_seconds=20.0, befell=(paused,))
    (signal,) = signals_of(snapshot, COMMAND)
    assert signal.level == NOTE and signal.kind == "waiting" and "Too hot." in signal.what
    stopped = {"event": "stopped", "update": 100, "words": ""}
    assert kinds(snapshot_of(entries, silent_seconds=1e5, befell=(paused, stopped))) == ["stopped"]


def test_a_pause_that_was_told_is_no_standstill():
    entries = with_events(updates(calm_losses(300)))
    waited = [
        {**entry, "time": entry["time"] + 5000.0 * (entry["update"] > 150)}
        if entry.get("event") == "state"
        else entry
        for entry in entries
    ]
    befell = (
        {"event": "paused", "update": 160, "words": ""},
        {"event": "continued", "update": 160, "words": ""},
    )
    assert kinds(snapshot_of(waited, befell=befell)) == []
