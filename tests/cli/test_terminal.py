"""The progress of a training in a terminal and in a file, by a training that is made up."""

import contextlib
import errno
import io
import os
import signal
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from mof.cli import terminal
from mof.cli.terminal import TerminalObserver, format_seconds
from mof.planning.gate import Refusal
from mof.training import clock, disk_space
from mof.training.config import TrainingConfig

RESULT = SimpleNamespace(bits_per_byte=1.5, nats_per_token=3.0, route_weights=np.array([0.25, 0.75]))


class MadeUpTraining:
    """Ten updates of 100 tokens, two seconds each."""

    def __init__(self, num_updates=10):
        self.progress = SimpleNamespace(update=0, num_tokens=0, num_updates=num_updates)
        self.last_entry, self.logged, self.num_pauses = {"loss": np.log(2) * 6}, [], 0
        self.log, self.saves = self.logged.append, []

    def seconds(self):
        return 30.0 + 2.0 * self.progress.update  # the first update took the graphs' time

    def save_unless_saved(self):
        self.saves.append(self.progress.update)

    def is_finished(self):
        return self.progress.update == self.progress.num_updates

    @contextlib.contextmanager
    def paused(self):
        self.num_pauses += 1
        yield

    def take_update(self, observer):
        self.progress.update += 1
        self.progress.num_tokens += 100
        observer.updated(self)


def make_observer(is_terminal=False, evaluation=None, more=None, **settings):
    console = Console(file=io.StringIO(), force_terminal=is_terminal, width=80)
    config = TrainingConfig(**settings)
    return TerminalObserver(config, evaluation, 1.5, 3.0, ["RNN", "Transformer"], console, **(more or {}))


def text_of(observer):
    return observer.console.file.getvalue()


def test_lines_of_a_file_come_now_and_then_with_all_figures():
    observer, training = make_observer(), MadeUpTraining()
    with observer.watching():
        for _ in range(10):
            training.take_update(observer)
    first, last = text_of(observer).splitlines()  # the updates between came within seconds
    assert first == " 10%  update 1  loss 4.159  ~2.000 bits/byte  measuring the speed"
    assert last == "100%  update 10  loss 4.159  ~2.000 bits/byte  75 characters/s  0:00 left"


def test_time_left_is_that_of_the_last_updates():
    observer, training = make_observer(), MadeUpTraining(num_updates=103)
    for _ in range(3):
        training.take_update(observer)
    assert observer.seconds_left(training) == pytest.approx(200.0)
    assert observer.characters_per_second() == pytest.approx(100 * 1.5 / 2)


def test_time_left_is_that_of_the_minutes_until_the_speed_is_known():
    observer, training = make_observer(minutes=2.0), MadeUpTraining(num_updates=None)
    training.take_update(observer)
    assert observer.seconds_left(training) == pytest.approx(120 - 32)
    assert text_of(observer).startswith(" 27%") and "1:28 left" in text_of(observer)


def test_bar_of_a_terminal_fits_80_columns():
    observer, training = make_observer(is_terminal=True), MadeUpTraining(num_updates=40_000)
    with observer.watching():
        for _ in range(3):
            training.take_update(observer)
    shown = text_of(observer)
    assert "━" in shown and "22:13:14 left" in shown and "characters/s" in shown and "…" not in shown


def test_held_out_text_is_read_at_its_times_and_at_the_end():
    observer = make_observer(evaluation=lambda: RESULT, evaluate_seconds=5.0)
    training = MadeUpTraining()
    for _ in range(10):
        training.take_update(observer)
    assert [entry["update"] for entry in training.logged] == [4, 7, 10] and training.num_pauses == 3
    assert training.logged[0]["event"] == "evaluation" and training.logged[0]["route_weights"] == [0.25, 0.75]
    said = "update 4: 1.500 bits per byte on held-out text; the router gives RNN 25%, Transformer 75%\n"
    assert said in text_of(observer)  # in one line, though longer than 80 columns


@pytest.mark.parametrize("is_terminal", [False, True])
def test_interrupt_asks_for_a_stop_and_a_second_one_stops(is_terminal):
    observer = make_observer(is_terminal=is_terminal)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), observer.watching():
        assert not observer.wants_stop()
        signal.raise_signal(signal.SIGINT)
        assert observer.wants_stop() and "Stopping after this update" in text_of(observer)
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (59.6, "1:00"), (245, "4:05"), (3723, "1:02:03"), (360000, "100:00:00")],
)
def test_durations(seconds, shown):
    assert format_seconds(seconds) == shown


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_system_that_goes_down_and_a_closed_terminal_stop_it_too(name):
    if not hasattr(signal, name):
        pytest.skip("this system has no such signal")
    observer, number = make_observer(), getattr(signal, name)
    found = signal.signal(number, signal.SIG_DFL)
    try:
        with observer.watching():
            signal.raise_signal(number)
            assert observer.wants_stop()
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, found)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no such signal")
def test_several_signals_of_a_system_that_goes_down_end_nothing_unsaved():
    observer = make_observer()
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGHUP, signal.SIGINT)
    found = {number: signal.signal(number, signal.SIG_DFL) for number in set(numbers)}
    try:
        with pytest.raises(KeyboardInterrupt), observer.watching():
            for number in numbers:
                signal.raise_signal(number)
            assert observer.wants_stop() and text_of(observer).count("Stopping after this update") == 1
            signal.raise_signal(signal.SIGINT)  # the second of a person's
    finally:
        for number, handler in found.items():
            signal.signal(number, handler)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no such signal")
def test_who_ignores_a_closed_terminal_goes_on():
    observer = make_observer()
    found = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with observer.watching():
            signal.raise_signal(signal.SIGHUP)
            assert not observer.wants_stop()
    finally:
        signal.signal(signal.SIGHUP, found)


def test_a_file_asks_for_a_stop(tmp_path):
    observer = make_observer(more={"stop_files": (tmp_path / "a", tmp_path / "b")})
    assert not observer.wants_stop()
    (tmp_path / "b").touch()
    assert observer.wants_stop() and "as was asked from outside" in text_of(observer)


class Closed:
    """A gate that is closed for some looks."""

    is_always_open = False

    def __init__(self, num_looks):
        self.num_looks = num_looks

    def refusal(self):
        self.num_looks -= 1
        return Refusal("heat", "Too hot.") if self.num_looks >= 0 else None


def test_at_a_closed_gate_it_saves_and_waits_and_goes_on(monkeypatch):
    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LOOKS", 0.0)
    observer, training = make_observer(more={"gate": Closed(3)}), MadeUpTraining()
    training.take_update(observer)
    assert training.saves == [1] and training.num_pauses == 1
    shown = text_of(observer)
    assert "Too hot. Saved;" in shown and "Going on after a pause of" in shown
    training.take_update(observer)
    assert training.saves == [1]


def test_the_gate_is_not_asked_at_every_update():
    gate = Closed(0)
    observer, training = make_observer(more={"gate": gate}), MadeUpTraining()
    for _ in range(5):
        training.take_update(observer)
    assert gate.num_looks == -1


def test_sleep_is_told_and_noted(monkeypatch):
    noted = []
    run = SimpleNamespace(append_event=lambda event, update, words, **more: noted.append((event, update)))
    observer, training = make_observer(more={"run": run}), MadeUpTraining()
    now = {"wall": 1e9}
    monkeypatch.setattr(clock.time, "time", lambda: now["wall"])
    observer._jumps.jump()
    training.take_update(observer)
    assert noted == []
    now["wall"] += 3 * 3600
    training.take_update(observer)
    now["wall"] -= 3600
    training.take_update(observer)
    assert noted == [("slept", 2), ("clock", 3)]
    assert "went 3:00:0" in text_of(observer) and "set back by 1:00:0" in text_of(observer)


def test_a_terminal_that_is_gone_ends_no_training(monkeypatch):
    observer, training = make_observer(), MadeUpTraining()

    def gone(*_, **__):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(observer.console, "print", gone)
    training.take_update(observer)


def test_a_pipe_whose_reader_is_gone_ends_no_training():
    """As behind `| tee`, which Ctrl-C ends too: the console answers with the end of the program."""
    reader, writer = os.pipe()
    os.close(reader)
    observer, training = make_observer(), MadeUpTraining()
    observer.console.file = open(writer, "w", encoding="utf-8")  # noqa: SIM115
    observer._say("春天")
    training.take_update(observer)
    with contextlib.suppress(OSError):
        observer.console.file.close()


def test_writing_waits_for_room(monkeypatch):
    monkeypatch.setattr(disk_space, "SECONDS_BETWEEN_TRIES", 0.0)
    observer, training = make_observer(), MadeUpTraining()
    tries = []

    def action():
        tries.append(1)
        if len(tries) < 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return "done"

    assert observer.write(training, action, 10) == "done"
    assert training.num_pauses == 2 and text_of(observer).count("is full") == 2
