"""The line under a short real run, and such a run from end to end."""

import sys
import tempfile
from types import ModuleType, SimpleNamespace

import pytest

from mof.lessons import short_run as module
from mof.lessons import watched_run
from mof.lessons.attention_forms import form_settings
from mof.lessons.prose_parts import ProseParts
from mof.lessons.short_run import ProgressLine, short_run


class FakeDisplay:
    """Stands for IPython in a notebook: remembers what one line showed."""

    def __init__(self, monkeypatch):
        self.shown = []
        ipython, display = ModuleType("IPython"), ModuleType("IPython.display")
        ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
        display.HTML = lambda text: text
        display.display = self.show
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "IPython.display", display)

    def show(self, text, display_id):
        self.shown.append(text)
        return SimpleNamespace(update=self.shown.append)


def training(seconds, update=3):
    return SimpleNamespace(
        seconds=lambda: seconds,
        config=SimpleNamespace(minutes=0.5),
        progress=SimpleNamespace(update=update),
        last_entry={"loss": 4.5},
    )


def test_in_a_notebook_one_line_counts_down_and_stays_as_the_result(monkeypatch):
    display = FakeDisplay(monkeypatch)
    line = ProgressLine("a < b")
    line.updated(training(12.0))
    line.finish(2.5)
    assert [text.split("</p>")[0].split(">", 1)[1] for text in display.shown] == [
        "a &lt; b: preparing the text and the graphs",
        "a &lt; b: update 3, loss 4.500, 18 s left",
        "a &lt; b: 2.500 bits per byte on held-out text after 12 s of training",
    ]


def test_elsewhere_the_result_is_printed(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    line = ProgressLine("ours")
    line.updated(training(12.0))
    line.finish(2.5)
    assert capsys.readouterr().out == "ours: 2.500 bits per byte on held-out text after 12 s of training\n"


@pytest.mark.parametrize(
    ("trainer", "train"),
    [(module, short_run), (watched_run, lambda: watched_run.watched_run(ProseParts(*[("春天来了。",)] * 3)))],
)
def test_a_file_that_windows_does_not_delete_costs_no_run(trainer, train, monkeypatch):
    asked = []

    class Folder(tempfile.TemporaryDirectory):
        def __init__(self, **settings):
            asked.append(settings)
            super().__init__(**settings)

    def stop(*arguments, **settings):
        raise InterruptedError

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Folder)
    monkeypatch.setattr(trainer, "new_run", stop)
    with pytest.raises(InterruptedError):
        train()
    assert asked == [{"ignore_cleanup_errors": True}]


@pytest.mark.slow
def test_a_short_run_learns():
    run = short_run("ours", seconds=2, **form_settings("ours (+ gate)"))
    assert run.label == "ours" and run.seconds > 1 and run.losses[-1] < run.losses[0]
    assert 1 < run.held_out.bits_per_byte < 8 and len(run.model.experts) == 1
    assert len(run.gradient_norms) == len(run.losses) and min(run.gradient_norms) > 0
