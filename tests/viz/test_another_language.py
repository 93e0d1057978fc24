"""Words of all figures: each goes through the catalogue of translations, and none lies on another."""

import re

import numpy as np
import pytest

from mof.course import translation
from mof.planning.scaling_law import FittedLaw, Law, Point
from mof.training.config import TrainingConfig
from mof.viz.ability_figure import accuracy_figure, router_figure
from mof.viz.attention_figure import attention_figure
from mof.viz.block_figure import block_figure
from mof.viz.budget_figure import budget_figure
from mof.viz.chapter_time_figure import chapter_time_figure
from mof.viz.chunk_figure import chunk_figure
from mof.viz.clip_figure import clip_figure
from mof.viz.comparison_figure import comparison_figure
from mof.viz.compression_figure import compression_figure
from mof.viz.coordinate_figure import coordinate_figure
from mof.viz.crop_figure import crop_figure
from mof.viz.decay_figure import decay_figure
from mof.viz.difference_figure import difference_figure
from mof.viz.forecast_figure import equal_work_figure, forecast_figure
from mof.viz.forms_figure import forms_figure
from mof.viz.gap_figure import gap_figure
from mof.viz.half_life_figure import half_life_figure
from mof.viz.influence_figure import influence_figure
from mof.viz.interval_figure import interval_figure
from mof.viz.leak_figure import leak_figure, ripple_figure
from mof.viz.length_figure import length_figure
from mof.viz.loss_figure import loss_figure
from mof.viz.memory_figure import needle_figure, position_figure
from mof.viz.operations_figure import operations_figure
from mof.viz.place_figure import place_figure
from mof.viz.reach_figure import reach_figure
from mof.viz.replay_figure import Moment, replay_figure
from mof.viz.roofline_figure import roofline_figure
from mof.viz.route_figure import route_figure
from mof.viz.run_figure import Line, Quantity, run_figure, run_grid_figure
from mof.viz.scan_figure import scan_figure
from mof.viz.schedule_figure import schedule_figure
from mof.viz.share_figure import share_figure
from mof.viz.singular_figure import singular_figure
from mof.viz.speed_figure import cache_block_figure, thread_figure
from mof.viz.step_grid_figure import step_grid_figure
from mof.viz.temperature_figure import temperature_figure
from mof.viz.token_figure import token_figure
from mof.viz.unit_figure import unit_figure
from mof.viz.vocabulary_cost_figure import vocabulary_cost_figure
from mof.viz.watched_figure import watched_figure

ROW = {"form": "1", "tokenizer": "1", "seed": 0, "nats_per_token": 2.0, "bits_per_byte": 1.0}
FAMILY = {"family": "1", "kind": "reasoning", "split": "value", "num_right": 1, "num_questions": 2}
FAMILY |= {"low": 0.1, "high": 0.9, "majority": 0.0, "nearest": 0.0}
NEEDLE = {"distance": 4, "num_right": 1, "num_trials": 2, "low": 0.1, "high": 0.9, "nats": 1.0}
MEMORY = {"trained_length": 8, "needle": [{**NEEDLE, "nats_without": 2.0}]}
MEMORY["positions"] = {"block": 4, "nats": [1.0, 2.0], "half": [0.1, 0.1]}
LOOK = {"update": 1, "passes": 1.0, "training": 2.0, "held_out": 2.0, "sample": "1"}
POINT = {"rows": 2, "intensity": 0.5, "rate": 1e9}
COMPARED = {"form": "1", "seed": 0, "bits_per_byte": 1.0, "tokens": 1, "seconds": 1.0}
COMPARED |= {"bits_by_text": {"1": 1.0}}
FITTED_LAW = FittedLaw(Law(1.0, 0.5, 0.4, 1.0, 0.3), (), 0.01, (1e5, 1e6), (1e5, 1e6))
RUN_QUANTITY = Quantity("1", "2", "3", [Line("4", 0, 0, [1.0], [2.0])], [], ".1f")
MOMENT = Moment("2", 0.0, 1.0, "3", ["4"])
# what is given has no letters here, so that every letter is a label of the figure's own
FIGURES = {
    "accuracy": lambda: accuracy_figure({"families": [FAMILY]}),
    "router": lambda: router_figure({"router": {"reasoning": {"mean": [0.5], "half": [0.1]}}}, ["1"]),
    "attention": lambda: attention_figure(np.ones((2, 2, 2)), ["1", "2"]),
    "cache": lambda: cache_block_figure({"64": 1.0, "128": 2.0}),
    "clipping": lambda: clip_figure([2.0, 1.0], [1, 3], "1"),
    "blocks": lambda: block_figure(np.ones((3, 2)), ["1", "2", "3"], ["4", "5"], [1]),
    "budget": lambda: budget_figure(1e10, {"1": 1e7}, (1, 96)),
    "chapter times": lambda: chapter_time_figure({"1": 60.0}, 100.0, (50.0, 200.0), 100.0),
    "chunks": lambda: chunk_figure(["1", "2", "3"], [1, 2, 3]),
    "comparison": lambda: comparison_figure([{**ROW, "bits_per_byte": {"1": 2.0}}]),
    "compression": lambda: compression_figure({"1": ({264: 1.0, 300: 1.5}, 3.0)}),
    "coordinates": lambda: coordinate_figure(
        [{"width": 2, "rule": rule, "change": {"1": 1.0}} for rule in "34"], "5"
    ),
    "crop": lambda: crop_figure(["1", "2"], 1),
    "decay": lambda: decay_figure({"1": 1.0, "2": 0.9}),
    "differences": lambda: difference_figure([COMPARED, {**COMPARED, "form": "2"}], "1"),
    "equal work": lambda: equal_work_figure(FITTED_LAW, {"1": 1e15}),
    "forecast": lambda: forecast_figure(FITTED_LAW, {"1": 1e6}, {"2": Point(1e6, 1e6, 2.0)}, "3"),
    "forms": lambda: forms_figure([ROW, {**ROW, "seed": 1}]),
    "gap": lambda: gap_figure([{**ROW, "whole_bits": 1.0, "stepwise_bits": 2.0}]),
    "half-lives": lambda: half_life_figure(np.ones((1, 2, 3)), np.ones((1, 3)), ["1", "2"]),
    "influence": lambda: influence_figure({"1": np.array([1.0, 0.5])}),
    "intervals": lambda: interval_figure(
        [{"row": "1", "values": [1.0], "mean": 1.0, "half": 0.1}], "2", "3", {"4": (0, 1)}, percent=True
    ),
    "leaks": lambda: leak_figure({"1": np.ones((2, 2))}, ["1", "2"]),
    "lengths": lambda: length_figure({"1": {64: 0.1}}),
    "losses": lambda: loss_figure({"1": [2.0, 1.0]}),
    "needle": lambda: needle_figure(MEMORY),
    "operations": lambda: operations_figure({"peak": 1e10, "bandwidth": 1e9, "points": {"1": [POINT]}}),
    "places": lambda: place_figure(4, 2),
    "positions": lambda: position_figure(MEMORY),
    "reach": lambda: reach_figure(["1", "2"], 2, {"1": 1}),
    "replay": lambda: replay_figure(
        ([0.0], [1.0]), {"1": ([0.0], [0.5])}, [Moment("2", 0.0, 1.0, "3", ["4"])]
    ),
    "ripples": lambda: ripple_figure({"1": np.ones((2, 2))}, ["1", "2"]),
    "roofline": lambda: roofline_figure({128: 1e10}, 1e9, 1e10),
    "routes": lambda: route_figure(np.full((2, 2), 0.5), ["1", "2"], ["3", "4"], (0.5, 1.0)),
    "runs": lambda: run_figure([RUN_QUANTITY, RUN_QUANTITY]),
    "runs side by side": lambda: run_grid_figure([RUN_QUANTITY, RUN_QUANTITY]),
    "scan": lambda: scan_figure(["1", "2"], [[0.5, 0.5]] * 2, [[1.0, 1.0]] * 2),
    "shares": lambda: share_figure({"1": 1.0, "2": 0.5}, "1"),
    "schedules": lambda: schedule_figure({"1": TrainingConfig()}, num_updates=10),
    "singular values": lambda: singular_figure([0.5, 1.0], {"1": [[0.5, 1.0], [1.0, 0.7]]}),
    "step sizes": lambda: step_grid_figure({rule: {2: {0: 1.0, 1: 2.0}} for rule in "34"}, "5"),
    "temperature": lambda: temperature_figure([0.5, 0.5], ["1", "2"], [1.0]),
    "threads": lambda: thread_figure({"1": {"1": 1e9}, "2": {"1": 2e9}}),
    "tokens": lambda: token_figure({"1": [[(b"a", 9), (b"\xe5\xa4", 8), (b"bc", 7)]]}),
    "units": lambda: unit_figure([ROW]),
    "vocabulary": lambda: vocabulary_cost_figure({"1": {264: (1.0, 1.0), 300: (0.5, 1.5)}}),
    "watched": lambda: watched_figure([LOOK, {**LOOK, "update": 2}]),
}
NOT_WORDS = {"BPE", "C = "}  # a name and a letter of mathematics


class Brackets:
    """A catalogue whose sentences are the English ones in brackets."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, singular, plural, number):
        return f"⟦{plural}⟧"


def labels(figure):
    """Everything that a figure shows as words, its own and the caller's."""
    layouts = [figure.layout, *(frame.layout for frame in figure.frames)]
    yield from (layout.title.text for layout in layouts)
    yield from (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text)
    yield from (slider.currentvalue.prefix for slider in figure.layout.sliders)
    yield from (note.text for note in figure.layout.annotations)
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        yield from axis.ticktext or ()
    for trace in [*figure.data, *(trace for frame in figure.frames for trace in frame.data)]:
        yield from (trace.name, trace.hovertemplate)
        if trace.hovertemplate and "%{customdata}<" in trace.hovertemplate:
            yield from (words for part in trace.customdata for words in np.ravel(part))


def untranslated(text):
    """The words of a label outside the brackets; plotly's own marks and units in braces are none."""
    text, inner = re.sub(r"%\{[^}]*\}|<[^>]*>", "", text or ""), r"⟦[^⟦⟧]*⟧"
    while re.search(inner, text):  # a translated part may stand in a translated sentence
        text = re.sub(inner, "", text)
    return "" if text in NOT_WORDS else "".join(re.findall(r"[A-Za-z]{2,}", text))


@pytest.mark.parametrize("name", FIGURES)
def test_every_label_goes_through_the_catalogue(name, monkeypatch):
    monkeypatch.setattr(translation, "_catalogue", lambda language, folder: Brackets())
    found = list(labels(FIGURES[name]()))
    assert any("⟦" in (text or "") for text in found)
    assert [text for text in found if untranslated(text)] == []


@pytest.mark.parametrize("name", FIGURES)
def test_in_english_every_gap_is_filled(name):
    for text in labels(FIGURES[name]()):
        assert not re.search(r"(?<!%)\{[a-z_]+\}", text or ""), text


@pytest.mark.parametrize("name", FIGURES)
def test_no_legend_lies_on_the_slider(name):
    """The slider stands below the axis with its label above it: a legend there is written over."""
    figure = FIGURES[name]()
    if figure.layout.sliders and figure.layout.showlegend is not False and len(figure.data) > 1:
        assert figure.layout.legend.y is None or figure.layout.legend.y >= 0
