"""The small model, run and texts that the tests of this folder train."""

import json

import keras
import numpy as np

from mof.config import ModelConfig
from mof.corpus.batch import Batch
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.config import TrainingConfig
from tests.tensors import compute

LETTERS = "春夏秋冬花草树木山水日月，。"
TOKENIZER = CharacterTokenizer(LETTERS)
MODEL = ModelConfig(
    vocabulary_size=TOKENIZER.vocabulary_size,
    width=16,
    recurrent_layers=1,
    recurrent_width=16,
    transformer_layers=1,
    num_heads=2,
    feed_forward_width=16,
    thought_width=8,
    router_width=4,
    chunk_length=8,
)
SHORT, LONG, NUM_STREAMS = 8, 32, 2  # an update is four short batches or a long one
TRAINING = TrainingConfig(
    num_updates=6,
    lengths=(SHORT, LONG),
    num_streams=NUM_STREAMS,
    tokens_per_update=NUM_STREAMS * LONG,
    short_share=0.2,
    warmup_updates=2,
    thaw_updates=4,
    checkpoint_seconds=1e9,  # only when a test asks
)


def random_text(length, seed):
    """Characters drawn from LETTERS."""
    return "".join(np.random.default_rng(seed).choice(list(LETTERS), size=length))


def write_lines(path, values):
    """A .jsonl file of objects; strings stand there as they are."""
    lines = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")
    return path


def random_batch(num_tokens, seed, num_rows=NUM_STREAMS):
    """A Batch of random tokens; some documents start inside, and some targets do not count."""
    draw = np.random.default_rng(seed)
    ids = draw.integers(8, TOKENIZER.vocabulary_size, (num_rows, num_tokens + 1)).astype("int32")
    resets = draw.random((num_rows, num_tokens)) < 0.1
    resets[:, 0] = True
    weights = (draw.random((num_rows, num_tokens)) < 0.8).astype("float32")
    return Batch(ids[:, :-1], ids[:, 1:], resets, weights, np.ones((num_rows, num_tokens), bool))


def columns(batch, start, stop):
    """The tokens from `start` to `stop` of every row."""
    fields = (batch.token_ids, batch.targets, batch.resets, batch.loss_weights, batch.mask)
    return Batch(*(field[:, start:stop] for field in fields))


def all_trainable(engine):
    """Flags under which nothing is frozen."""
    return (True,) * len(engine.plans)


def plain_nats(model, batch):
    """The loss of every target [B, T] float64, from the logits of a plain call of the model."""
    logits = compute(lambda ids, resets: model(ids, None, resets)[0], batch.token_ids, batch.resets)
    logits = logits.astype("float64")
    return np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, batch.targets[..., None], -1)[..., 0]


def numbers(nested):
    """All numbers of nested tensors or arrays as bytes: equal only where every bit is."""
    return [np.asarray(keras.ops.convert_to_numpy(x)).tobytes() for x in keras.tree.flatten(nested)]


def arrays_of(engine, with_sums):
    """Copies of what a checkpoint would hold of an engine: nested dicts of NumPy arrays."""
    return keras.tree.map_structure(
        lambda x: np.array(keras.ops.convert_to_numpy(x)), engine.tensors(with_sums)
    )
