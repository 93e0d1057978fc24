"""A real training that is watched: looked at on the text it learns from, on text it does not, and asked for a
sample, again and again, until it has long learnt too much. Chapter 03.

The loop is that of the four days. The step size stays the same after the warm-up, so a run that is stopped at
some update is what a run planned for that many updates would have been.
"""

import copy
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from mof.corpus.token_cache_building import build_token_cache
from mof.evaluation.held_out import HeldOutEvaluation
from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.generation.reading import StateReader
from mof.lessons.prose_parts import HELD_OUT_FRACTION, vocabulary_size, write_texts
from mof.lessons.short_run import ProgressLine
from mof.presets import preset
from mof.training.assembly import begin_training, new_run
from mof.training.config import TrainingConfig

# the package's recurrent expert with one true GRU, and all that can be turned off turned off
ONE_GRU = {
    "experts": ("recurrent",),
    "recurrence": "gru",
    "recurrent_layers": 1,
    "recurrent_output_gate": False,
    "embedding_residual": 0.0,
    "convolution_length": 1,
    "width": 128,
    "recurrent_width": 256,
}
TRAINING = {
    "lengths": (32,),
    "num_streams": 32,
    "tokens_per_update": 1024,
    "warmup_updates": 20,
    "schedule": "warmup_stable_decay",
    "decay_share": 0.0,
    "optimizer": "adamw",
    "learning_rate": 4e-3,
    "weight_decay": 0.0,  # nothing here shall keep it from learning by heart
    "checkpoint_seconds": 3600.0,
}
NUM_UPDATES, LOOK_EVERY = 600, 50
TRAINING_LOOK_TOKENS = 8192  # of the training text, about as much as is held out
SAMPLE = GenerationConfig(max_tokens=50, temperature=0.8, top_p=0.95, seed=0)


class WatchedRun(NamedTuple):
    """What came out.

    Attributes:
        model: MixtureLanguageModel with the weights of the best look.
        tokenizer: Tokenizer.
        looks: list of dicts: "update", "passes" over the training text, "training" and "held_out" (bits per
            byte), "sample" (str). The first is from before any update.
        best: index of the look with the fewest bits on held-out text.
        test_best, test_last: bits per byte on the test part, with the best weights and with the last.
        seconds: of training, looks left out.
    """

    model: object
    tokenizer: object
    looks: list
    best: int
    test_best: float
    test_last: float
    seconds: float


def watched_run(
    parts, label="", num_updates=NUM_UPDATES, look_every=LOOK_EVERY, seed=0, prompt="", training=None, **model
):
    """Train one GRU and look at it as it learns.

    Args:
        parts: ProseParts.
        label: name in the progress line.
        num_updates: of the weights. look_every: updates between two looks.
        seed: of the weights and of the order of the text.
        prompt: str that every sample goes on from.
        training: dict of TrainingConfig fields to change, or None.
        model: ModelConfig fields to change in ONE_GRU.

    Returns:
        WatchedRun.
    """
    settings = {**TRAINING, "num_updates": num_updates, "seed": seed, **(training or {})}
    shape = {**ONE_GRU, "vocabulary_size": vocabulary_size(parts.training), **model}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:  # a scanner may hold a file of it
        folder = Path(name)
        write_texts(folder / "corpus.jsonl", parts.training + parts.held_out)
        write_texts(folder / "test.jsonl", parts.test)
        corpus = [folder / "corpus.jsonl"]
        run, trained, cache = new_run(
            folder / "run",
            preset("nano"),
            shape,
            TrainingConfig(**settings),
            corpus,
            HELD_OUT_FRACTION,
            report=_silent,
        )
        tokenizer = run.tokenizer()
        watcher = _Watcher(label, trained, tokenizer, cache, look_every, prompt)
        with run.locked():
            going = begin_training(run, trained, cache, watcher, report=_silent)
            watcher.look(going)
            going.run_to_end()
        test = build_token_cache(folder / "test.jsonl", tokenizer, folder / "test", 0.0).train
        judge = HeldOutEvaluation(trained, test)
        test_last = judge().bits_per_byte
        watcher.go_back()
        test_best = judge().bits_per_byte
    watcher.finish(watcher.looks[watcher.best]["held_out"])
    return WatchedRun(trained, tokenizer, watcher.looks, watcher.best, test_best, test_last, watcher.seconds)


class _Watcher(ProgressLine):
    """The progress line, and a look every few updates; keeps the weights of the best one."""

    def __init__(self, label, model, tokenizer, cache, look_every, prompt):
        super().__init__(label)
        self.model, self.look_every, self.prompt = model, look_every, prompt
        self.looks, self.best = [], 0
        self._best_weights = None
        self._num_training_tokens = cache.train.num_tokens
        self._judges = {
            "training": HeldOutEvaluation(model, cache.train, TRAINING_LOOK_TOKENS),
            "held_out": HeldOutEvaluation(model, cache.validation),
        }
        self._generator = TextGenerator(StateReader(model), tokenizer)

    def updated(self, training):
        self.seconds = training.seconds()
        progress = training.progress
        if progress.update % self.look_every == 0 or training.is_finished():
            with training.paused():
                self.look(training)
        if self._is_in_notebook and time.monotonic() - self._shown_at >= 0.5:
            self._shown_at = time.monotonic()
            held_out = self.looks[-1]["held_out"]
            self.show(
                f"update {progress.update} of {progress.num_updates}, "
                f"{held_out:.3f} bits per byte on held-out text"
            )

    def look(self, training):
        """Judge the weights as they are, write a sample, and keep them if they are the best so far."""
        bits = {name: judge().bits_per_byte for name, judge in self._judges.items()}
        (written,) = self._generator.generate([self.prompt], SAMPLE)
        progress = training.progress
        self.looks.append(
            {
                "update": progress.update,
                "passes": progress.num_tokens / self._num_training_tokens,
                **bits,
                "sample": self.prompt + written.text,
            }
        )
        if self._best_weights is None or bits["held_out"] < self.looks[self.best]["held_out"]:
            self.best = len(self.looks) - 1
            self._best_weights = [copy.deepcopy(v.numpy()) for v in self.model.trainable_variables]

    def go_back(self):
        """Give the model the weights of its best look."""
        for variable, values in zip(self.model.trainable_variables, self._best_weights, strict=True):
            variable.assign(values)


def _silent(sentence):
    """The lines that a terminal shows are no part of a chapter."""
