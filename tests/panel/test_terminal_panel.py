"""The panel of a terminal, and `mof watch`."""

import io
import json

import pytest
from rich.console import Console
from rich.live import Live

from mof.cli.app import main
from mof.panel.durations import duration, size
from mof.panel.run_reader import open_runs
from mof.panel.terminal_panel import loss_bars, render, watch_in_terminal
from tests.panel.made_runs import (
    calm_losses,
    fall_silent,
    finish,
    make_run,
    updates,
    with_events,
    write_checkpoint_state,
    write_log,
    write_marks,
)


@pytest.fixture
def run(tmp_path):
    run = make_run(tmp_path / "run")
    losses = calm_losses(120)
    losses[100:103] += 3.0
    write_log(run, with_events(updates(losses)))
    write_marks(run, [(90.0, 90)])
    return run


def shown(run, is_terminal, **changes):
    console = Console(file=io.StringIO(), force_terminal=is_terminal, width=100, highlight=False)
    watch_in_terminal(open_runs([run.path]), 0.01, console=console, **changes)
    return console.file.getvalue()


def test_one_look(run):
    text = shown(run, is_terminal=False, once=True)
    for expected in ("run  30%", "120 / 400", "1,024 tokens a second", "RNN 40%", "春天来了90", "█"):
        assert expected in text, expected
    lines = [line.split() for line in text.splitlines()]
    starts = [text.index(words) for words in ("run  30%", "! At update", "120 / 400", "On track", "春天来了")]
    assert starts == sorted(starts), "what presses comes first, samples last"
    assert ["█" * 18 + "░" * 42] in lines and ["state", "training"] in lines
    assert "! At update 101 the loss jumped" in text and "On track" in text


@pytest.mark.parametrize("is_terminal", [False, True])
def test_it_ends_with_the_run(run, is_terminal):
    finish(run)
    assert "400 / 400" in shown(run, is_terminal)


@pytest.mark.parametrize("is_terminal", [False, True])
def test_it_looks_again_until_the_run_has_ended(run, is_terminal, monkeypatch):
    monkeypatch.setattr("mof.panel.terminal_panel.time.sleep", lambda _seconds: finish(run))
    text = shown(run, is_terminal)
    assert "120 / 400" in text and "400 / 400" in text


def test_it_waits_for_the_last_look_at_held_out_text(run, monkeypatch):
    """The loop saves the last update before its last look, which may take minutes."""
    write_log(run, updates(calm_losses(400)))
    write_checkpoint_state(run, 400, 400)
    monkeypatch.setattr("mof.panel.terminal_panel.time.sleep", lambda _seconds: finish(run))
    first, *_, last = shown(run, is_terminal=False).split("run  100%")[1:]
    assert "bits per byte" not in first and "finished" not in first
    assert "bits per byte" in last and "finished" in last


def test_it_ends_where_events_and_checkpoints_are_gone(run, monkeypatch):
    write_log(run, updates(calm_losses(400)))
    fall_silent(run)
    monkeypatch.setattr("mof.panel.terminal_panel.time.sleep", lambda _seconds: pytest.fail("it looks again"))
    assert "Nothing has been written" in shown(run, is_terminal=False)


def test_signals_have_room_in_a_small_window(run):
    """rich cuts off what is below the edge of a window of 80 x 24."""
    mark = {"update": 90, "seconds": 90.0, "tokens": 92_160, "samples": [["春天", "来了" * 150]] * 3}
    (run.path / "samples.jsonl").write_text(json.dumps(mark) + "\n", encoding="utf-8")
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, height=24, highlight=False, color_system=None)
    readers = open_runs([run.path])
    with Live(render(readers, [readers[0].snapshot()]), console=console, auto_refresh=False) as live:
        live.refresh()
        text = " ".join(file.getvalue().split())
    assert "! At update 101 the loss jumped" in text and "Nothing to do." in text and "memory" in text


def test_of_several_runs_there_are_no_samples(run, tmp_path):
    write_log(make_run(tmp_path / "two"), updates(calm_losses(60)))
    readers = open_runs([run.path, tmp_path / "two"])
    console = Console(file=io.StringIO(), width=100, highlight=False)
    console.print(render(readers, [reader.snapshot() for reader in readers]))
    text = console.file.getvalue()
    assert "60 / 400" in text and "春天" not in text


def test_an_interrupt_ends_the_watching_alone(run, monkeypatch):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("mof.panel.terminal_panel.time.sleep", interrupt)
    assert "the training goes on" in shown(run, is_terminal=False)


def test_bars_by_hand():
    assert loss_bars([1.0, 2.0, 8.0]) == "▁▂█" and loss_bars([3.0, 3.0]) == "▁▁" and loss_bars([]) == ""
    assert len(loss_bars(list(range(1000)), 10)) == 10 and loss_bars([1.0, float("nan"), 2.0]) == "▁█"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (4.4, "4 s"),
        (130, "2.2 min"),
        (1300, "22 min"),
        (7000, "1.9 h"),
        (90_000, "25 h"),
        (345_600, "4.0 days"),
    ],
)
def test_durations(seconds, words):
    assert duration(seconds) == words


def test_sizes():
    assert size(310.4e6) == "310 MB" and size(2.88e9) == "2.9 GB"


def test_the_command(run, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["watch", str(run.path), "--once"])
    assert ended.value.code == 0 and "120 / 400" in capsys.readouterr().out


def test_the_command_says_what_is_no_run(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["watch", str(tmp_path)])
    assert ended.value.code == 1 and "holds no run" in capsys.readouterr().err
