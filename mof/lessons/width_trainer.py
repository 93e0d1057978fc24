"""Many short trainings of one shape at one width, with one set of graphs. Chapter 17.

    with width_trainer(64) as trainer:
        training = trainer.begin(rule, exponent=-1, seed=0, num_updates=100)

Step sizes are arguments of the engine's graphs, so that trainings which differ in them alone, and in their
first weights, need no graphs of their own. Everything else is the package's training loop.
"""

import contextlib
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import ops

from mof.evaluation.held_out import HeldOutEvaluation
from mof.execution import as_graph
from mof.lessons.shipped_text import SHIPPED_TEXT, VALIDATION_FRACTION
from mof.lessons.width_rules import PRESET, shape_at, with_rule
from mof.presets import preset
from mof.training.assembly import begin_training, new_run
from mof.training.config import TrainingConfig
from mof.training.loop import TrainingDiverged
from mof.training.observer import Observer

TOKENS_PER_UPDATE, ROW_LENGTH, WARMUP_SHARE = 1024, 128, 0.1
STEPS = {name: getattr(TrainingConfig(), name) for name in ("learning_rate", "muon_learning_rate")}


class WidthTrainer:
    """Makes trainings at one width; `width_trainer` opens it.

    Attributes:
        width: D. model: the MixtureLanguageModel that all of them train, one after the other. cache:
        TokenCache.
    """

    def __init__(self, width, folder, corpus):
        self.width, self.folder, self.corpus = width, Path(folder), corpus
        self.model = self.cache = self._engine = self._evaluation = None
        self._num_begun, self._graphs = 0, {}

    def begin(self, rule, exponent=0, seed=0, num_updates=100, is_whole=True):
        """A training at its beginning.

        Args:
            rule: one of `width_rules.POWERS`. exponent: all step sizes are 2^exponent times the usual ones.
            seed: of the weights and of the order of the text. num_updates: of its schedule.
            is_whole: with warm-up and fall; else every step is of full size.

        Returns:
            `mof.training.loop.Training`.
        """
        shape = {"warmup_updates": round(WARMUP_SHARE * num_updates)} if is_whole else {}
        config = TrainingConfig(
            **{name: 2.0**exponent * size for name, size in STEPS.items()},
            **(shape or {"warmup_updates": 0, "final_share": 1.0}),
            num_updates=num_updates,
            tokens_per_update=TOKENS_PER_UPDATE,
            lengths=(ROW_LENGTH,),
            seed=seed,
            checkpoint_seconds=1e9,  # they are short, and begun anew after a stop
        )
        self._num_begun += 1
        place = self.folder / f"width_{self.width}_{self._num_begun}"
        prepared = new_run(
            place,
            preset(PRESET),
            shape_at(self.width),
            config,
            self.corpus,
            VALIDATION_FRACTION,
            report=_silent,
        )
        run, model, self.cache = prepared
        with run.locked():
            training = begin_training(run, model, self.cache, Observer(), report=_silent)
        if self._engine is None:
            self.model, self._engine = model, training.engine
        else:
            share_graphs(training, self._engine)
        training.plans = with_rule(training.plans, rule, self.width)
        return training

    def read(self, form, ids):
        """What the model computes with the weights as they are now.

        Args:
            form: function of (model, ids) to a dict of tensors; its graph is made once. ids: [B, T] int32.

        Returns:
            dict of arrays.
        """
        if form not in self._graphs:
            self._graphs[form] = as_graph(self.model, lambda ids: form(self.model, ids))
        return {name: ops.convert_to_numpy(part) for name, part in self._graphs[form](ids).items()}

    def held_out(self):
        """The HeldOutLoss of the weights as they are now."""
        if self._evaluation is None:
            self._evaluation = HeldOutEvaluation(self.model, self.cache.validation)
        return self._evaluation()

    def train(self, *arguments, **options):
        """`begin`, all updates, then `held_out`; None where the training diverged. Arguments as `begin`."""
        training = self.begin(*arguments, **options)
        try:
            while not training.is_finished():
                training.update()
        except TrainingDiverged:
            return None
        return self.held_out()


@contextlib.contextmanager
def width_trainer(width, corpus=SHIPPED_TEXT):
    """A WidthTrainer in a folder that is gone afterwards.

    Args:
        width: D. corpus: files and folders of text.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a scanner may hold a file of it
        yield WidthTrainer(width, folder, corpus)


def share_graphs(training, engine):
    """Let a training go on in the engine of an earlier one, which has its graphs already.

    Args:
        training: `mof.training.loop.Training`, at its beginning or just resumed, between two updates.
        engine: of a training whose config differs in step sizes, schedule and seed alone.
    """
    engine.load(keras.tree.map_structure(_as_array, training.engine.tensors(with_sums=False)))
    training.engine = engine


def _as_array(tensor):
    return np.array(ops.convert_to_numpy(tensor))


def _silent(sentence):
    """What the assembly tells is no part of a study."""
