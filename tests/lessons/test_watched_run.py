"""A watched training: when it looks, which weights it keeps; and a short one from end to end."""

import contextlib
from types import SimpleNamespace

import numpy as np
import pytest

from mof.lessons import watched_run as module
from mof.lessons.prose_parts import ProseParts, prose_parts, vocabulary_size
from mof.lessons.watched_run import LOOK_EVERY, NUM_UPDATES, ONE_GRU, TRAINING, watched_run
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.training.config import TrainingConfig
from mof.training.schedule import schedule_factor
from tests.lessons.test_short_run import FakeDisplay


class FakeVariable:
    def __init__(self):
        self.values = np.zeros(2)

    def numpy(self):
        return self.values

    def assign(self, values):
        self.values[:] = values


@pytest.fixture
def watcher(monkeypatch):
    """A watcher of a model with one variable, whose loss on both texts is given by a list."""
    given = {"training": iter([4.0, 3.0, 2.0, 1.0, 0.5]), "held_out": iter([4.0, 3.0, 2.5, 2.75, 2.5])}
    splits = SimpleNamespace(train=SimpleNamespace(num_tokens=100), validation=SimpleNamespace())

    def judge(model, split, max_tokens=None):
        name = "training" if split is splits.train else "held_out"
        return lambda: SimpleNamespace(bits_per_byte=next(given[name]))

    def generate(prompts, config):
        return [SimpleNamespace(text="天")]

    monkeypatch.setattr(module, "HeldOutEvaluation", judge)
    monkeypatch.setattr(module, "StateReader", lambda model: None)
    monkeypatch.setattr(module, "TextGenerator", lambda reader, tokenizer: SimpleNamespace(generate=generate))
    model = SimpleNamespace(trainable_variables=[FakeVariable()])
    return module._Watcher("a", model, None, splits, 2, "早"), model.trainable_variables[0]


def at(update, num_updates=8):
    return SimpleNamespace(
        progress=SimpleNamespace(update=update, num_updates=num_updates, num_tokens=50 * update),
        seconds=lambda: float(update),
        is_finished=lambda: update == num_updates,
        paused=contextlib.nullcontext,
    )


def test_it_looks_before_during_and_at_the_end(watcher):
    watching, variable = watcher
    watching.look(at(0, 7))
    for update in range(1, 8):
        variable.values += 1
        watching.updated(at(update, 7))
    assert [look["update"] for look in watching.looks] == [0, 2, 4, 6, 7]
    assert [look["passes"] for look in watching.looks] == [0.0, 1.0, 2.0, 3.0, 3.5]
    assert watching.looks[1] == {
        "update": 2,
        "passes": 1.0,
        "training": 3.0,
        "held_out": 3.0,
        "sample": "早天",
    }


def test_the_weights_of_the_first_best_look_come_back(watcher):
    watching, variable = watcher
    watching.look(at(0, 7))
    for update in range(1, 8):
        variable.values += 1
        watching.updated(at(update, 7))
    assert watching.best == 2, "held-out 2.5 at update 4; an equal one later is not better"
    watching.go_back()
    assert variable.values.tolist() == [4.0, 4.0]


def test_the_line_in_a_notebook_counts_updates(watcher, monkeypatch):
    display = FakeDisplay(monkeypatch)
    watching, _ = watcher
    watching._is_in_notebook = True
    watching.look(at(0))
    watching.updated(at(1))
    watching.finish(2.5)
    lines = [text.split("</p>")[0].split(">", 1)[1] for text in display.shown]
    assert lines == [
        "a: update 1 of 8, 4.000 bits per byte on held-out text",
        "a: 2.500 bits per byte on held-out text after 1 s of training",
    ]


def test_the_step_size_stays_the_same_so_that_stopping_is_planning():
    config = TrainingConfig(**{**TRAINING, "num_updates": NUM_UPDATES})
    factors = [schedule_factor(config, update, NUM_UPDATES) for update in range(NUM_UPDATES)]
    assert set(factors[config.warmup_updates :]) == {1.0} and factors[0] < 1.0
    assert LOOK_EVERY < NUM_UPDATES


def test_one_gru_and_nothing_else_is_left():
    config = preset("nano").model.replace(**ONE_GRU)
    model = MixtureLanguageModel(config)
    (expert,) = model.experts
    (recurrence,) = expert.recurrences
    assert type(recurrence).__name__ == "GRU" and not recurrence.output_gate and model.router is None
    assert expert.convolutions[0].kernel_length == 1


def tiny_parts():
    parts = prose_parts(0.1)
    return ProseParts(parts.training, parts.held_out[:4], parts.test[:4])


@pytest.mark.slow
def test_a_watched_run_learns():
    parts = tiny_parts()
    small = {"width": 32, "recurrent_width": 32}
    run = watched_run(parts, "tiny", num_updates=30, look_every=10, prompt="早上，", **small)
    assert [look["update"] for look in run.looks] == [0, 10, 20, 30]
    assert run.looks[-1]["training"] < run.looks[0]["training"] - 0.5
    assert all(look["sample"].startswith("早上，") for look in run.looks)
    held_out = [look["held_out"] for look in run.looks]
    assert run.best == held_out.index(min(held_out)) and run.seconds > 0
    assert 1 < run.test_best < 8 and (run.best != 3 or run.test_best == run.test_last)
    assert run.tokenizer.vocabulary_size == vocabulary_size(parts.training)
    again = watched_run(parts, num_updates=30, look_every=10, prompt="早上，", **small)
    assert [look["sample"] for look in again.looks] == [look["sample"] for look in run.looks]
