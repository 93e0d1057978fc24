"""The panel of a notebook: live with widgets, or once without; what is shown is caught, not drawn."""

import re
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import mof.panel
from mof.panel import notebook_panel
from mof.panel.notebook_panel import LivePanel, Look
from mof.panel.panel_html import run_html, signals_html
from mof.panel.run_reader import RunReader, open_runs
from mof.panel.signal_words import DANGER, NOTE, Signal
from mof.panel.track import Track, band_of_seeds
from mof.panel.track_records import OnTrack
from mof.training.run_folder import RunError
from tests.panel.made_runs import (
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

# .ci/run runs what is slow after the book's packages are there; elsewhere they need not be
needs_widgets = pytest.mark.slow


def words(panel):
    """All that a panel says now."""
    return "".join(widget.value for parts in panel._words for widget in parts)


def drawn(panel):
    """The traces of the figure that a panel shows now."""
    return panel._figure.outputs[0]["data"][notebook_panel.PLOTLY_TYPE]["data"]


def last_x(panel):
    """Where the loss that is drawn ends."""
    return max(drawn(panel)[0]["x"])


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
    finish(run)
    assert mof.panel.watch(run.path) is None
    said, figure, caption = shown
    assert "finished" in said.data and "400 / 400" in said.data
    assert figure.layout.updatemenus and figure.layout.meta["description"] in caption.data


def test_the_caption_tells_what_is_drawn_and_nothing_else(run, shown, monkeypatch):
    finish(run)
    mof.panel.watch(run.path)
    said = "loss, held-out text, speed, router, gradient, thought alphas, memory"
    assert shown[-2].layout.meta["description"] == f"A training as its log tells it: {said}."
    band = band_of_seeds([calm_losses(100, seed) for seed in range(5)], np.ones(100), np.full(100, 128))
    on_track = OnTrack(band, Track("within", 100, None, None), "", False)
    monkeypatch.setattr(notebook_panel, "judge_track", lambda _snapshot: on_track)
    write_log(run, updates(calm_losses(400)))
    mof.panel.watch(run.path)
    said = "loss with the expected band, speed, gradient"
    assert shown[-2].layout.meta["description"] == f"A training as its log tells it: {said}."


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


def test_what_stands_there_already_is_not_announced_again():
    signals = [Signal(DANGER, "stalled", "Nothing for 3 min.", ""), Signal(NOTE, "spike", "A jump.", "")]
    html = signals_html(signals, "", False, told={(DANGER, "stalled")})
    assert "Nothing for 3 min." in html and 'role="alert"' not in html and html.count("role=") == 1
    assert 'role="alert"' in signals_html(signals, "", False, told={(NOTE, "stalled")})


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
    assert "150 / 400" in words(panel)
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
    assert panel._figure.outputs is first and "130 / 400" in words(panel), "it was drawn just now"
    panel._drawn_at, panel._hold.value = -1e9, True
    write_log(run, with_events(updates(calm_losses(140))))
    panel.refresh()
    assert panel._figure.outputs is first
    panel._hold.value = False
    assert last_x(panel) == pytest.approx(140 * 1024 / 1e6, rel=1e-3), "what has come while it was held"
    again = panel._figure.outputs
    panel._hold.value = True
    panel._hold.value = False
    assert panel._figure.outputs is again, "a figure without news keeps its zoom"


@needs_widgets
def test_a_look_that_came_too_early_is_drawn_later(run, shown):
    pytest.importorskip("ipywidgets")
    readers = open_runs([run.path])
    panel = LivePanel(readers, 1.0)
    panel.show([Look(reader) for reader in readers])
    write_log(run, with_events(updates(calm_losses(130))))
    panel.refresh()
    assert last_x(panel) == pytest.approx(120 * 1024 / 1e6, rel=1e-3)
    panel._drawn_at = -1e9  # time has passed, and nothing more has come
    panel.refresh()
    assert last_x(panel) == pytest.approx(130 * 1024 / 1e6, rel=1e-3)
    before = panel._figure.outputs
    place = {"update": 130, "seconds": 130.0, "tokens": 130 * 1024}
    run.append_log({"event": "evaluation", **place, "bits_per_byte": 1.0})
    panel._drawn_at = -1e9
    panel.refresh()
    assert panel._figure.outputs is not before, "a look at held-out text after the last update"
    write_log(run, with_events(updates(calm_losses(140))))
    panel.refresh()
    panel.stop()
    assert last_x(panel) == pytest.approx(140 * 1024 / 1e6, rel=1e-3), "the end is drawn"


@needs_widgets
def test_only_what_has_changed_is_set_anew(run, shown):
    """Samples that a reader has unfolded would be folded again, and an alarm said again."""
    pytest.importorskip("ipywidgets")
    write_log(run, with_state_of_a_full_disk(with_events(updates(calm_losses(120)))))
    readers = open_runs([run.path])
    panel = LivePanel(readers, 1.0)
    panel.show([Look(reader) for reader in readers])
    assert 'role="alert"' in words(panel)
    panel.refresh()
    assert 'role="alert"' not in words(panel) and "The disk has" in words(panel)
    changed = []
    for widget in panel._words[0]:
        widget.observe(lambda change: changed.append(change["owner"]), "value")
    write_log(run, with_state_of_a_full_disk(with_events(updates(calm_losses(140)))))
    panel.refresh()
    assert changed == [panel._words[0][0]], "the figures alone"
    write_marks(run, [(90.0, 90), (130.0, 130)])
    panel.refresh()
    assert changed[1:] == [panel._words[0][2]] and "来了130" in words(panel)


def with_state_of_a_full_disk(log):
    return [{**e, "free_disk_bytes": 1e6} if e.get("event") == "state" else e for e in log]


@needs_widgets
def test_runs_can_be_left_out(tmp_path, shown):
    pytest.importorskip("ipywidgets")
    for name in ("one", "two"):
        write_log(make_run(tmp_path / name), updates(calm_losses(60)))
    readers = open_runs([tmp_path / "one", tmp_path / "two"])
    panel = LivePanel(readers, 1.0)
    panel.show([Look(reader) for reader in readers])
    assert {trace["name"] for trace in drawn(panel)} == {"one", "two"}
    before = {trace["line"]["color"] for trace in drawn(panel) if trace["name"] == "two"}
    panel._shown.value = ("two",)
    assert {trace["name"] for trace in drawn(panel)} == {"two"}
    assert {trace["line"]["color"] for trace in drawn(panel)} == before, "a run keeps its colour"
    panel._shown.value = ()
    assert panel._figure.outputs == ()


@needs_widgets
def test_the_thread_ends_when_the_run_has(run, shown):
    pytest.importorskip("ipywidgets")
    panel = mof.panel.watch(run.path, seconds=0.01)
    assert panel in notebook_panel._panels
    finish(run)
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


def test_a_saved_run_that_is_silent_is_no_training(run, shown):
    write_checkpoint_state(run, 120, 400)
    fall_silent(run)
    look = Look(RunReader(run.path))
    assert not look.snapshot.is_training and look.signals[0].kind == "stopped"
    assert mof.panel.watch(run.path) is None


def test_a_run_that_says_it_was_stopped_is_no_training(run, shown):
    write_checkpoint_state(run, 120, 400)
    write_events(run, "started", "stopped", update=120)
    assert mof.panel.watch(run.path) is None


def test_what_cannot_be_watched_is_told(tmp_path):
    with pytest.raises(RunError, match="holds no run"):
        mof.panel.watch(tmp_path)
    with pytest.raises(ValueError, match="seconds is 0"):
        mof.panel.watch(tmp_path, seconds=0)
