"""The progress of a training in a terminal and in a file, by a training that is made up."""

import contextlib
import io
import signal
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from mof.cli.terminal import TerminalObserver, format_seconds
from mof.training.config import TrainingConfig

RESULT = SimpleNamespace(bits_per_byte=1.5, nats_per_token=3.0, route_weights=np.array([0.25, 0.75]))


class MadeUpTraining:
    """Ten updates of 100 tokens, two seconds each."""

    def __init__(self, num_updates=10):
        self.progress = SimpleNamespace(update=0, num_tokens=0, num_updates=num_updates)
        self.last_entry, self.logged, self.num_pauses = {"loss": np.log(2) * 6}, [], 0
        self.run = SimpleNamespace(append_log=self.logged.append)

    def seconds(self):
        return 30.0 + 2.0 * self.progress.update  # the first update took the graphs' time

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


def make_observer(is_terminal=False, evaluation=None, **settings):
    console = Console(file=io.StringIO(), force_terminal=is_terminal, width=80)
    config = TrainingConfig(**settings)
    return TerminalObserver(config, evaluation, 1.5, 3.0, ["RNN", "Transformer"], console)


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
