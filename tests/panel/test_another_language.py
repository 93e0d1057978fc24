"""Everything that the panel says goes through the catalogue."""

import html
import re

import numpy as np
import pytest

from mof.course import translation
from mof.panel.panel_html import run_html
from mof.panel.quantities import AXES, quantities_of
from mof.panel.recorded_run import replay_of, replay_words, samples_html
from mof.panel.run_reader import RunReader
from mof.panel.signal_words import signals_of
from mof.panel.summary import summary_of
from mof.panel.track import Track, band_of_seeds
from mof.panel.track_records import judge_track, track_words
from tests.panel.made_runs import calm_losses, make_run, updates, with_events, write_log, write_marks
from tests.viz.test_another_language import Brackets, untranslated

NAMES = {"RNN", "Transformer", "M"}  # of experts, which are the same in every language; millions


def left_over(text):
    """Words outside the brackets that are no names."""
    for name in NAMES:
        text = re.sub(rf"\b{name}\b", "", text)
    return untranslated(text)


@pytest.fixture
def snapshot(tmp_path, monkeypatch):
    run = make_run(tmp_path / "1")
    losses = calm_losses(300)
    losses[200:202] += 3.0
    steps = np.where(np.arange(300) < 200, 1.0, 3.0)
    write_log(run, with_events(updates(losses, step_seconds=steps)))
    write_marks(run, [(150.0, 150), (250.0, 250)])
    monkeypatch.setattr(translation, "_catalogue", lambda language, folder: Brackets())
    return RunReader(run.path).snapshot()


def test_summary_signals_and_track(snapshot, tmp_path):
    said = [text for row in summary_of(snapshot) for text in row]
    signals = signals_of(snapshot, "")
    assert {signal.kind for signal in signals} >= {"spike", "lost speed"}
    said += [text for signal in signals for text in (signal.what, signal.to_do)]
    said.append(judge_track(snapshot, tmp_path).words)
    band = band_of_seeds([calm_losses(100, seed) for seed in range(5)], np.ones(100), np.full(100, 128))
    for place in ("within", "above", "below", "early"):
        for end in (None, 60):
            said.append(track_words(Track(place, 100, 60, end), band))
    assert [text for text in said if left_over(text)] == []


def test_figures_and_captions(snapshot):
    for axis in AXES:
        for quantity in quantities_of([snapshot], axis):
            said = (
                quantity.title,
                quantity.x_title,
                quantity.y_title,
                *(line.name for line in quantity.lines),
            )
            assert [text for text in said if left_over(text)] == [], quantity.title
    assert left_over(replay_words(snapshot)) == ""
    titles = [html.unescape(frame.layout.title.text) for frame in replay_of(snapshot).frames]
    assert [title for title in titles if left_over(title)] == []
    for page in (samples_html(snapshot), run_html([], 0.5, "1", [], "", False, [("2", "3")])):
        assert left_over(html.unescape(re.sub(r"<[^>]+>", " ", page))) == ""
