"""A real training of a minute, from one line in a chapter: the same loop as the four days, on the text that
ships."""

import dataclasses
import html
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from mof.evaluation.held_out import HeldOutEvaluation
from mof.lessons.shipped_text import SHIPPED_TEXT, VALIDATION_FRACTION
from mof.presets import preset
from mof.training.assembly import begin_training, new_run
from mof.training.config import TrainingConfig
from mof.training.observer import Observer


class ShortRun(NamedTuple):
    """What came out.

    model: MixtureLanguageModel, trained. tokenizer: Tokenizer. losses: list of floats, nats a token, one for
    each update. held_out: HeldOutLoss. seconds: of training, without the making of the graphs. label: str.
    gradient_norms: list of floats, the length of each update's gradient before clipping.
    """

    model: object
    tokenizer: object
    losses: list
    held_out: object
    seconds: float
    label: str
    gradient_norms: list = ()


def short_run(
    label="",
    seconds=45.0,
    preset_name="nano",
    corpus=SHIPPED_TEXT,
    seed=0,
    training=None,
    tokenizer=None,
    make_model=None,
    **model,
):
    """Train a small model and judge it on held-out text.

    Args:
        label: name in figures.
        seconds: of training. preset_name: see `mof.presets`.
        corpus: files and folders of text.
        seed: of the weights and of the order of the text.
        training: dict of TrainingConfig fields to change, or None.
        tokenizer: "characters" or "bpe"; None is the one of the preset.
        make_model: from (ModelConfig, seed) to the model, where no config describes it; or None.
        model: ModelConfig fields to change.

    Returns:
        ShortRun.
    """
    settings = {"lengths": (128,), "tokens_per_update": 1024, "warmup_updates": 20, "minutes": seconds / 60}
    config = TrainingConfig(seed=seed, checkpoint_seconds=3600.0, **{**settings, **(training or {})})
    shape = preset(preset_name)
    shape = dataclasses.replace(shape, tokenizer=tokenizer or shape.tokenizer)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a scanner may hold a file of it
        prepared = new_run(
            Path(folder) / "run",
            shape,
            model,
            config,
            corpus,
            VALIDATION_FRACTION,
            report=_silent,
        )
        run, trained, cache = prepared
        if make_model is not None:
            trained = make_model(trained.config, seed)
        line = ProgressLine(label)
        with run.locked():
            begin_training(run, trained, cache, line, report=_silent).run_to_end()
        held_out = HeldOutEvaluation(trained, cache.validation)()
        updates = [entry for entry in run.read_log() if "loss" in entry]
        tokenizer = run.tokenizer()
    line.finish(held_out.bits_per_byte)
    losses, norms = ([entry[key] for entry in updates] for key in ("loss", "gradient_norm"))
    return ShortRun(trained, tokenizer, losses, held_out, line.seconds, label, norms)


class ProgressLine(Observer):
    """One line under a cell that counts down, and stays as the result; outside notebooks the result is
    printed."""

    def __init__(self, label):
        self.label, self.seconds = label, 0.0
        self._handle, self._shown_at = None, 0.0
        self._is_in_notebook = _is_in_notebook()
        if self._is_in_notebook:
            self.show("preparing the text and the graphs")

    def updated(self, training):
        self.seconds = training.seconds()
        if not self._is_in_notebook or time.monotonic() - self._shown_at < 0.5:
            return
        self._shown_at = time.monotonic()
        left = max(0.0, 60 * training.config.minutes - self.seconds)
        self.show(
            f"update {training.progress.update}, loss {training.last_entry['loss']:.3f}, {left:.0f} s left"
        )

    def finish(self, bits_per_byte):
        """Replace the countdown by the result."""
        words = f"{bits_per_byte:.3f} bits per byte on held-out text after {self.seconds:.0f} s of training"
        if self._is_in_notebook:
            self.show(words)
        else:
            print(f"{self.label}: {words}" if self.label else words, flush=True)

    def show(self, words):
        """Put words in place of those that stand there; outside notebooks nothing is shown."""
        if not self._is_in_notebook:
            return
        from IPython.display import HTML, display

        line = HTML(
            f'<p class="progress-line">{html.escape(f"{self.label}: " if self.label else "")}{words}</p>'
        )
        if self._handle is None:
            self._handle = display(line, display_id=True)
        else:
            self._handle.update(line)


def _is_in_notebook():
    """Whether IPython runs this with a front end that can change a line it has shown."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return bool(shell) and hasattr(shell, "kernel")


def _silent(sentence):
    """The lines that a terminal shows are no part of a chapter."""
