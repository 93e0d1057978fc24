"""Where the time of one update goes: a real update, timed whole, and its parts, timed alone. Chapter 11.

    with prepared_update() as update:
        parts = measure_parts(update)

Whole are the engine's two graphs and the reading of the text, as the training loop calls them. Alone are the
products, at the model's shapes and as often as they stand in it; the attention's memory; the head with its
loss; the optimiser's products. What is left of the engine's time is everything between them: norms, gates,
convolutions, loops over time, sums of gradients, and waiting. Alone a part may take longer than inside, where
parts that do not need each other run side by side; so the remainder is a little too small rather than too
large, and on a busy machine it means nothing.
"""

import contextlib
import tempfile
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from mof.corpus.batch import Batch
from mof.execution import as_graph
from mof.lessons.gradients import gradients_of_sum
from mof.lessons.shipped_text import SHIPPED_TEXT, VALIDATION_FRACTION
from mof.lessons.turns import medians, time_in_turns
from mof.machine.element_counts import moved_bytes
from mof.machine.product_counts import (
    FORWARD_AND_BACKWARD,
    TOKENS,
    model_products,
    training_flops,
    update_operations,
)
from mof.ops.head_loss import head_cross_entropy
from mof.ops.linear_attention import ChunkOperands, chunk_products, linear_attention_memory
from mof.ops.products import project
from mof.presets import preset
from mof.training.assembly import begin_training, new_run
from mof.training.config import TrainingConfig
from mof.training.observer import Observer
from mof.training.optimizer import orthogonalize

NUM_STREAMS, ROW_LENGTH, NUM_BATCHES = 8, 256, 2  # 4,096 tokens an update, as `tiny` trains
PRODUCTS = "products of the layers"
MEMORY = "products of the attention's memory"
HEAD = "head and loss"
BETWEEN = "everything between them"
MUON = "optimiser: its products"
UPDATE = "optimiser: the rest"
READING = "reading the text"
PARTS = (PRODUCTS, MEMORY, HEAD, BETWEEN, MUON, UPDATE, READING)


class PreparedUpdate(NamedTuple):
    """A training that can be asked for single steps. training: `mof.training.loop.Training`. num_streams,
    row_length: B and T of a batch."""

    training: object
    num_streams: int
    row_length: int

    @property
    def config(self):
        """The model's ModelConfig."""
        return self.training.model.config

    @property
    def trainable(self):
        """All parameters are trained."""
        return (True,) * len(self.training.plans)

    def accumulate(self, batch, memory):
        """Forward and backward over one batch, until it is done."""
        loss, _, _ = self.training.engine.accumulate(batch, memory, self.trainable)
        return float(loss)

    def apply(self):
        """One update of the weights, with a step of size 0, until it is done."""
        sizes = np.zeros(len(self.trainable), "float32")
        weight = float(NUM_BATCHES * self.num_streams * self.row_length)
        return float(self.training.engine.apply(weight, sizes, sizes + 1, self.trainable))


@contextlib.contextmanager
def prepared_update(
    preset_name="tiny", num_streams=NUM_STREAMS, row_length=ROW_LENGTH, corpus=SHIPPED_TEXT, seed=0
):
    """A new training of a preset on the text that ships, ready for its first update.

    Args:
        preset_name: see `mof.presets`. num_streams, row_length: B and T of a batch.
        corpus: files and folders of text. seed: of the weights and of the order of the text.

    Yields:
        PreparedUpdate.
    """
    config = TrainingConfig(
        num_streams=num_streams,
        lengths=(row_length,),
        tokens_per_update=NUM_BATCHES * num_streams * row_length,
        seed=seed,
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a scanner may hold a file of it
        shape = preset(preset_name)
        run, model, cache = new_run(
            Path(folder) / "run", shape, {}, config, corpus, VALIDATION_FRACTION, report=_silent
        )
        with run.locked():
            training = begin_training(run, model, cache, Observer(), report=_silent)
            yield PreparedUpdate(training, num_streams, row_length)


def measure_parts(update, num_turns=5):
    """Seconds of an update by part.

    Args:
        update: PreparedUpdate. num_turns: of which the median counts.

    Returns:
        dict of JSON values: "seconds" by part, in the order of PARTS, none below 0; "whole" (seconds),
        "tokens" of the update, "product_operations" (of PRODUCTS), "flops" (what forward and backward
        ask for), "muon_operations", and "between_bytes" that what lies between the products moves at least.
    """
    training, config = update.training, update.config
    batch = training.batches.next_batch(update.row_length)
    num_tokens = update.num_streams * update.row_length
    actions = {
        "batch": lambda: update.accumulate(batch, training.memory),
        "apply": update.apply,
        READING: lambda: training.batches.next_batch(update.row_length),
        PRODUCTS: _products(config, num_tokens),
        MEMORY: _memory(config, update.num_streams, update.row_length),
        HEAD: _head(config, update.num_streams, update.row_length),
        MUON: _muon(config),
    }
    found = medians(time_in_turns(actions, num_turns))
    seconds = {name: NUM_BATCHES * found[name] for name in (PRODUCTS, MEMORY, HEAD, READING)}
    seconds[BETWEEN] = NUM_BATCHES * max(
        0.0, found["batch"] - sum(found[n] for n in (PRODUCTS, MEMORY, HEAD))
    )
    seconds[MUON] = min(found[MUON], found["apply"])
    seconds[UPDATE] = found["apply"] - seconds[MUON]
    tokens = NUM_BATCHES * num_tokens
    return {
        "seconds": {name: seconds[name] for name in PARTS},
        "whole": NUM_BATCHES * (found["batch"] + found[READING]) + found["apply"],
        "tokens": tokens,
        "product_operations": tokens * _product_operations(config),
        "flops": NUM_BATCHES * training_flops(config, update.num_streams, update.row_length),
        "muon_operations": update_operations(config),
        "between_bytes": tokens * moved_bytes(config),
    }


def measure_batches(update, streams=(1, 8), num_turns=3):
    """Tokens a second of forward and backward, by the rows of a batch.

    Args:
        update: PreparedUpdate. streams: numbers of rows. num_turns: of which the median counts.

    Returns:
        dict from the number of rows, as str, to tokens a second: JSON's own form.
    """
    random, actions = np.random.default_rng(0), {}
    for number in streams:
        shape = (number, update.row_length)
        ids = random.integers(0, update.config.vocabulary_size, (number, update.row_length + 1), "int32")
        ones, zeros = np.ones(shape, "float32"), np.zeros(shape, bool)
        batch = Batch(ids[:, :-1], ids[:, 1:], zeros, ones, ~zeros)
        memory = update.training.model.initial_state(number)
        actions[str(number)] = lambda batch=batch, memory=memory: update.accumulate(batch, memory)
    seconds = medians(time_in_turns(actions, num_turns))
    return {name: int(name) * update.row_length / each for name, each in seconds.items()}


def describe_parts(found, peak=None, bandwidth=None):
    """The parts as lines of a table, and what they say of the machine.

    Args:
        found: as `measure_parts` gives it. peak: operations a second that products reach at best here, or
            None. bandwidth: bytes a second of the memory, or None.

    Returns:
        list of str.
    """
    whole, tokens = found["whole"], found["tokens"]
    lines = [f"{'one update of ' + format(tokens, ',') + ' tokens':36} seconds  share"]
    for name, seconds in found["seconds"].items():
        lines.append(f"{name:36} {seconds:7.3f} {seconds / whole:6.0%}")
    lines.append(f"{'whole':36} {whole:7.3f}   {tokens / whole:,.0f} tokens a second")
    if peak:
        rate = found["product_operations"] / max(found["seconds"][PRODUCTS], 1e-9)
        lines.append(f"{'products of the layers, of the peak':36} {rate / peak:14.0%}")
        lines.append(f"{'model flops utilisation':36} {found['flops'] / whole / peak:14.0%}")
    if bandwidth:
        least = found["between_bytes"] / bandwidth
        lines.append(f"{'between: the least by its bytes':36} {least:7.3f} {least / whole:6.0%}")
    return lines


def _layer_products(config):
    """The products with weights, the head apart: those that all tokens of a batch go through at once."""
    return [p for p in model_products(config) if p.way == TOKENS and p.part != "head"]


def _product_operations(config):
    """Operations of a token in them, forward and backward; nothing is computed twice when they are timed."""
    return FORWARD_AND_BACKWARD * sum(p.forward_operations for p in _layer_products(config))


def _products(config, num_tokens):
    """All of them, as often as a batch computes them: each with both gradients."""
    cases = {}
    for p in _layer_products(config):
        key = (int(p.num_inputs), int(p.num_outputs))
        cases[key] = cases.get(key, 0) + p.count
    dtype = config.product_dtype
    return _repeated({_product_graph(num_tokens, *shape, dtype): number for shape, number in cases.items()})


def _product_graph(num_tokens, num_inputs, num_outputs, dtype):
    def product_and_gradients(x, kernel, slope):
        y = project(x, kernel, None, dtype, dtype)
        to_x = project(slope, ops.transpose(kernel), None, dtype)
        to_kernel = project(ops.transpose(x), slope, None, dtype)
        return ops.cast(y[0, 0], "float32") + to_x[0, 0] + to_kernel[0, 0]  # nothing large leaves the graph

    shapes = ((num_tokens, num_inputs), (num_inputs, num_outputs), (num_tokens, num_outputs))
    return _call(product_and_gradients, *map(_random, shapes))


def _memory(config, num_streams, row_length):
    """The products inside and between chunks of all blocks, with their gradients."""
    kinds = config.experts.count("transformer")
    if not kinds:
        return lambda: None
    heads, chunk = config.num_heads, min(config.chunk_length, row_length)
    width, num_chunks = config.width // heads, -(-row_length // chunk)
    q, k, v = (_random((num_streams, heads, num_chunks, chunk, width)) for _ in range(3))
    visible = _random((1, 1, num_chunks, chunk, chunk))
    carry = _random((1, heads, num_chunks + 1, num_chunks + 1))

    def attend(q, k, v):
        memory = linear_attention_memory(num_streams, heads, width, width)
        return chunk_products(ChunkOperands(q, k, q, k, v, visible, carry), memory)[0]

    return _repeated({_call(gradients_of_sum(attend), q, k, v): config.transformer_layers * kinds})


def _head(config, num_streams, row_length):
    hidden = _random((num_streams, row_length, config.width))
    embedding = _random((config.vocabulary_size, config.width))
    targets = np.random.default_rng(0).integers(0, config.vocabulary_size, (num_streams, row_length), "int32")

    def loss(hidden, embedding):
        return head_cross_entropy(hidden, embedding, ops.convert_to_tensor(targets), config.product_dtype)

    return _call(gradients_of_sum(loss), hidden, embedding)


def _muon(config):
    """Newton-Schulz steps of every matrix of an update, in one graph: there they run side by side."""
    random, matrices = np.random.default_rng(0), []
    for product in model_products(config):
        for columns in product.weight_parts * product.count:
            shape = (int(product.num_inputs), int(columns))
            matrices.append(ops.convert_to_tensor(random.standard_normal(shape, "float32")))

    def sums(*matrices):
        return [ops.sum(orthogonalize(matrix, config.product_dtype)) for matrix in matrices]

    return _call(sums, *matrices)


def _repeated(calls):
    """One call that makes each of them as often as its number says."""

    def action():
        for call, number in calls.items():
            for _ in range(number):
                call()

    return action


def _call(function, *tensors):
    graph = as_graph(None, function)
    return lambda: keras.tree.map_structure(ops.convert_to_numpy, graph(*tensors))


def _random(shape):
    return ops.convert_to_tensor(np.random.default_rng(0).standard_normal(shape, "float32"))


def _silent(sentence):
    """The lines that a terminal shows are no part of a chapter."""
