"""What an update's gradients cost: everything trained, groups frozen, another number format. Chapter 10."""

import statistics
import time

import numpy as np

from mof.corpus.batch import Batch
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.training.config import TrainingConfig
from mof.training.freezing import trainable_flags
from mof.training.loop import make_engine
from mof.training.parameters import plan_parameters

# two blocks of the widths of `tiny`, and a vocabulary so small that the head is not most of the work
SHAPE = {"experts": ("transformer",), "transformer_layers": 2, "vocabulary_size": 1024}
NOTHING, UPPER, BLOCKS, BELOW = (
    "nothing frozen",
    "the upper block frozen",
    "both blocks frozen",
    "both, and the embedding",
)
FROZEN = {
    NOTHING: (),
    UPPER: ("transformer.deep",),
    BLOCKS: ("transformer",),
    BELOW: ("transformer", "embedding"),
}
BFLOAT16 = "products in bfloat16"


def time_gradients(frozen=None, num_rows=8, num_tokens=256, num_times=5, seed=0, preset_name="tiny", **model):
    """Seconds of forward and backward over one batch, with some groups frozen.

    Args:
        frozen: dict from a name to the groups that are fixed; FROZEN by default.
        num_rows, num_tokens: B and T. num_times: the median of so many is taken, in turns, after one that
            makes the graph.
        seed: of weights and tokens. preset_name: see `mof.presets`.
        model: ModelConfig fields to change in SHAPE.

    Returns:
        dict from each name to seconds.
    """
    frozen = FROZEN if frozen is None else frozen
    config = preset(preset_name).model.replace(**{**SHAPE, **model})
    untrained = MixtureLanguageModel(config, seed)
    training = TrainingConfig(seed=seed)
    engine = make_engine(untrained, plan_parameters(untrained, training), training)
    batch = random_batch(num_rows, num_tokens, config.vocabulary_size, seed)
    memory = untrained.initial_state(num_rows)
    flags = {name: tuple(trainable_flags(untrained, groups)) for name, groups in frozen.items()}
    times = {name: [] for name in frozen}
    for number in range(num_times + 1):
        for name, trainable in flags.items():
            start = time.perf_counter()
            loss, _weight, _memory = engine.accumulate(batch, memory, trainable)
            float(loss)  # wait for it
            if number:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def random_batch(num_rows, num_tokens, vocabulary_size, seed=0):
    """A Batch of random tokens in which every row starts a document and every target counts."""
    ids = np.random.default_rng(seed).integers(8, vocabulary_size, (num_rows, num_tokens + 1)).astype("int32")
    resets = np.zeros((num_rows, num_tokens), bool)
    resets[:, 0] = True
    every = np.ones((num_rows, num_tokens), bool)
    return Batch(ids[:, :-1], ids[:, 1:], resets, every.astype("float32"), every)


def counted_share(frozen, blocks, below_learns):
    """Share of a block stack's work that is left, by counting products.

    A matrix costs one product forwards, one to hand the gradient down, one for the gradient of its own
    weights. A frozen block is spared the last; and the one before too, if nothing below it learns.

    Args:
        frozen: number of blocks that are fixed, the uppermost. blocks: number of all.
        below_learns: whether anything under the frozen ones still learns.

    Returns:
        float in (0, 1].
    """
    spared = 1 if below_learns or frozen < blocks else 2
    return 1.0 - spared * frozen / (3.0 * blocks)
