"""The panel of a notebook: live with widgets, or once without; what is shown is caught, not drawn."""

import re
import sys
from types import ModuleType, SimpleNamespace

import pytest

import mof.panel
from mof.panel import notebook_panel
from mof.panel.notebook_panel import LivePanel, Look
from mof.panel.panel_html import run_html
from mof.panel.run_reader import RunReader, open_runs
from mof.panel.signal_words import DANGER, Signal
from mof.training.run_folder import RunError
from tests.panel.made_runs import (
    calm_losses,
    make_run,
    updates,
    with_events,
    write_checkpoint_state,
    write_log,
    write_marks,
)

# .ci/run runs what is slow after the book's packages are there; elsewhere they need not be
needs_widgets = pytest.mark.slow


def drawn(panel):
    """The traces of the figure that a panel shows now."""
    return panel._figure.outputs[0]["data"][notebook_panel.PLOTLY_TYPE]["data"]


@pytest.fixture
def shown(monkeypatch):
    """Everything that is displayed, in order."""
    things = []

    try:
        import IPython.display as module
    except ImportError:  # what is shown once needs no notebook
        module = ModuleType("IPython.display")
        module.HTML = lambda data: SimpleNamespace(data=data)
        monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
        monkeypatch.setitem(sys.modules, "IPython.display", module)
    monkeypatch.setattr(module, "display", lambda *shown: things.extend(shown), raising=False)
    return things


@pytest.fixture
def run(tmp_path):
    run = make_run(tmp_path / "run")
    write_log(run, with_events(updates(calm_losses(120))))
    write_marks(run, [(90.0, 90)])
    return run


def test_a_run_that_has_ended_is_shown_once_without_widgets(run, shown):
    write_log(run, with_events(updates(calm_losses(400))))
    write_checkpoint_state(run, 400, 400)
    assert mof.panel.watch(run.path) is None
    words, figure, caption = shown
    assert "finished" in words.data and "400 / 400" in words.data
    assert figure.layout.updatemenus and figure.layout.meta["description"] in caption.data


def test_the_words_of_a_run(run):
    text = re.sub("<[^>]+>", " ", Look(RunReader(run.path)).html())
    for expected in (
        "training",
        "120 / 400",
        "0.12 M",
        "nats a token",
        "bits per byte",
        "1,024 tokens a second",
    ):
        assert expected in text, expected
    for expected in ("RNN 40%, Transformer 60%", "0.30, 0.31", "500 MB, 2.0 GB free", "80%:", "来了90"):
        assert expected in text, expected


def test_nothing_of_a_run_can_become_html():
    evil = "<script>x</script>"
    signals = [Signal(DANGER, "x", evil, evil)]
    html = run_html([(evil, evil)], 0.5, evil, signals, evil, True, [(evil, evil)])
    assert "<script>" not in html and html.count("&lt;script&gt;") == 8
    assert 'role="alert"' in html and 'value="0.5000"' in html


@needs_widgets
def test_a_live_panel_goes_on_looking(run, shown):
    ipywidgets = pytest.importorskip("ipywidgets")
    readers = open_runs([run.path])
    panel = LivePanel(readers, 1.0)
    panel.show([Look(reader) for reader in readers])
    (box,) = shown
    assert isinstance(box, ipywidgets.VBox) and len(drawn(panel)) >= 7
    first = panel._figure.outputs
    panel._drawn_at = -1e9
    panel.refresh()
    assert panel._figure.outputs is first, "nothing has come: the figure stays as it is"
    write_log(run, with_events(updates(calm_losses(150))))
    panel.refresh()
    assert max(drawn(panel)[0]["x"]) == pytest.approx(150 * 1024 / 1e6, rel=1e-3)
    assert "150 / 400" in box.children[0].value
    panel._axis.value = "updates"
    assert max(drawn(panel)[0]["x"]) == 150


@needs_widgets
def test_a_figure_is_drawn_now_and_then_and_not_while_it_is_held(run, shown):
    pytest.importorskip("ipywidgets")
    readers = open_runs([run.path])
    panel = LivePanel(readers, 1.0)
    panel.show([Look(reader) for reader in readers])
    first = panel._figure.outputs
    write_log(run, with_events(updates(calm_losses(130))))
    panel.refresh()
    assert panel._figure.outputs is first and "130 / 400" in panel._words.value, "it was drawn just now"
    panel._drawn_at, panel._hold.value = -1e9, True
    write_log(run, with_events(updates(calm_losses(140))))
    panel.refresh()
    assert panel._figure.outputs is first
    panel._hold.value = False
    write_log(run, with_events(updates(calm_losses(150))))
    panel.refresh()
    assert panel._figure.outputs is not first


@needs_widgets
def test_runs_can_be_left_out(tmp_path, shown):
    pytest.importorskip("ipywidgets")
    for name in ("one", "two"):
        write_log(make_run(tmp_path / name), updates(calm_losses(60)))
    readers = open_runs([tmp_path / "one", tmp_path / "two"])
    panel = LivePanel(readers, 1.0)
    panel.show([Look(reader) for reader in readers])
    assert {trace["name"] for trace in drawn(panel)} == {"one", "two"}
    panel._shown.value = ("two",)
    assert {trace["name"] for trace in drawn(panel)} == {"two"}


@needs_widgets
def test_the_thread_ends_when_the_run_has(run, shown):
    pytest.importorskip("ipywidgets")
    panel = mof.panel.watch(run.path, seconds=0.01)
    assert panel in notebook_panel._panels
    write_log(run, with_events(updates(calm_losses(400))))
    write_checkpoint_state(run, 400, 400)
    assert panel._is_over.wait(20.0) and panel._stop.disabled
    assert panel not in notebook_panel._panels


@needs_widgets
def test_a_cell_that_is_run_again_takes_over(run, shown):
    pytest.importorskip("ipywidgets")
    first = mof.panel.watch(run.path, seconds=100.0)
    second = mof.panel.watch(run.path, seconds=100.0)
    assert first._is_over.is_set() and not second._is_over.is_set()
    second.stop()
    assert notebook_panel._panels == []


def test_a_saved_run_that_is_silent_is_no_training(run, shown, monkeypatch):
    write_checkpoint_state(run, 120, 400)
    monkeypatch.setattr("mof.panel.run_reader.time.time", lambda: 2e9 + 1e9)
    look = Look(RunReader(run.path))
    assert not look.is_training and look.signals[0].kind == "stopped"
    assert mof.panel.watch(run.path) is None


def test_what_cannot_be_watched_is_told(tmp_path):
    with pytest.raises(RunError, match="holds no run"):
        mof.panel.watch(tmp_path)
    with pytest.raises(ValueError, match="seconds is 0"):
        mof.panel.watch(tmp_path, seconds=0)
