"""The panel of a terminal, and `mof watch`."""

import io

import pytest
from rich.console import Console

from mof.cli.app import main
from mof.panel.durations import duration, size
from mof.panel.run_reader import open_runs
from mof.panel.terminal_panel import loss_bars, watch_in_terminal
from tests.panel.made_runs import (
    calm_losses,
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
    assert ["█" * 18 + "░" * 42] in lines and ["state", "training"] in lines
    assert "! At update 101 the loss jumped" in text and "On track" in text


@pytest.mark.parametrize("is_terminal", [False, True])
def test_it_ends_with_the_run(run, is_terminal):
    write_log(run, with_events(updates(calm_losses(400))))
    write_checkpoint_state(run, 400, 400)
    assert "400 / 400" in shown(run, is_terminal)


@pytest.mark.parametrize("is_terminal", [False, True])
def test_it_looks_again_until_the_run_has_ended(run, is_terminal, monkeypatch):
    def finish(_seconds):
        write_log(run, with_events(updates(calm_losses(400))))
        write_checkpoint_state(run, 400, 400)

    monkeypatch.setattr("mof.panel.terminal_panel.time.sleep", finish)
    text = shown(run, is_terminal)
    assert "120 / 400" in text and "400 / 400" in text


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
