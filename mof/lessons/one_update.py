"""One update of a small model, laid open: its weights, its gradients, and what the package makes of them.
Chapter 10.

The reader writes an update in a few lines of NumPy; this is what it is compared with. Gradients and update
are those of the training's own engine, on either backend.
"""

from typing import NamedTuple

import numpy as np
from keras import ops

from mof.corpus.batch import Batch
from mof.corpus.conversation import encode_document
from mof.lessons.shipped_text import shipped_prose
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.training.config import TrainingConfig
from mof.training.loop import make_engine
from mof.training.parameters import plan_parameters, step_sizes


class OneUpdate(NamedTuple):
    """A model in front of a batch, before and after the package's update.

    Attributes:
        model: MixtureLanguageModel, with the weights after the update.
        batch: Batch, [B, T].
        plans: list of ParameterPlan, one for each parameter: which optimiser, which parts.
        before, after: lists of float32 arrays, the weights.
        sums: list of float32 arrays, the gradients of the summed loss.
        num_targets: how many tokens were to be foretold. nats: summed loss.
        length: of the mean gradient before clipping, as the package measured it.
        config: TrainingConfig: step sizes, decay, the length that it is clipped to.
    """

    model: object
    batch: object
    plans: list
    before: list
    after: list
    sums: list
    num_targets: float
    nats: float
    length: float
    config: object


def make_update(seed=0, num_rows=4, num_tokens=64, preset_name="nano", **training):
    """Read a few rows of the text that ships, and let the package update a new model once.

    Args:
        seed: of the weights.
        num_rows, num_tokens: B and T of the batch.
        preset_name: see `mof.presets`. training: TrainingConfig fields to change.

    Returns:
        OneUpdate. The schedule stands at its top.

    Raises:
        ValueError: too few texts are long enough.
    """
    model, batch = new_model_and_batch(seed, num_rows, num_tokens, preset_name)
    config = TrainingConfig(seed=seed, **training)
    plans = plan_parameters(model, config)
    engine = make_engine(model, plans, config)
    everything = (True,) * len(plans)
    nats, num_targets, _memory = engine.accumulate(batch, model.initial_state(num_rows), everything)
    tensors = engine.tensors(with_sums=True)
    before, sums = (_arrays(tensors[name].values()) for name in ("weights", "sums"))
    rates = step_sizes(plans, config, [1.0] * len(plans))
    length = engine.apply(float(num_targets), rates, np.ones(len(plans), "float32"), everything)
    after = _arrays(engine.tensors(with_sums=False)["weights"].values())
    return OneUpdate(
        model, batch, plans, before, after, sums, float(num_targets), float(nats), float(length), config
    )


def new_model_and_batch(seed=0, num_rows=4, num_tokens=64, preset_name="nano"):
    """A model that has learned nothing, and rows of the shipped prose, each the beginning of a text.

    Args: as `make_update`.

    Returns:
        (MixtureLanguageModel, Batch).

    Raises:
        ValueError: as `make_update`.
    """
    texts = shipped_prose()[0]
    shape = preset(preset_name).model
    tokenizer = train_character_tokenizer(texts, shape.vocabulary_size)
    rows = [ids for ids in (encode_document(text, tokenizer) for text in texts) if len(ids) > num_tokens]
    if not 1 <= num_rows <= len(rows):
        raise ValueError(
            f"{num_rows} rows of {num_tokens} tokens are asked for, and {len(rows)} texts of the shipped "
            "prose are as long as that: ask for fewer rows, one at least, or for fewer tokens."
        )
    model = MixtureLanguageModel(shape.replace(vocabulary_size=tokenizer.vocabulary_size), seed)
    ids = np.stack([row[: num_tokens + 1] for row in rows[:num_rows]]).astype("int32")
    resets = np.zeros((num_rows, num_tokens), bool)
    resets[:, 0] = True
    every = np.ones((num_rows, num_tokens), bool)
    return model, Batch(ids[:, :-1], ids[:, 1:], resets, every.astype("float32"), every)


def _arrays(tensors):
    return [np.array(ops.convert_to_numpy(tensor)) for tensor in tensors]
