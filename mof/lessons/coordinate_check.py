"""The coordinate check: how far a few updates move what a model computes, by its width. Chapter 17.

A model is read before and after some updates of full step size, on the same held-out tokens. What counts is
the root mean square of the change, part by part. Where a rule of step sizes fits all widths, it is the same
at every width: a line without slope. Source: Yang et al. 2022, "Tensor Programs V", in the README of their
package mup, which draws the size of the parts themselves; here most parts go through a norm, so that their
size says nothing and their change says it all.
"""

import math

import numpy as np
from keras import ops

from mof.lessons.shipped_text import SHIPPED_TEXT
from mof.lessons.width_rules import ONE_STEP, WIDTHS
from mof.lessons.width_trainer import width_trainer

EMBEDDING, RNN, TRANSFORMER = "embedding", "RNN expert", "Transformer expert"
ROUTER, LOGITS = "router", "logits"
PARTS = (EMBEDDING, RNN, TRANSFORMER, ROUTER, LOGITS)
NUM_UPDATES = 4
PROBE_ROWS, PROBE_TOKENS = 4, 64
FLAT = 0.2  # a slope within this is called flat: over eight times the width it makes half as much again


def measure_coordinates(
    widths=WIDTHS, rules=(ONE_STEP,), num_updates=NUM_UPDATES, seed=0, corpus=SHIPPED_TEXT
):
    """The check at several widths.

    Args:
        widths: of the models. rules: names in `width_rules.POWERS`.
        num_updates: between the two readings. seed: of the weights and of the order of the text.
        corpus: files and folders of text.

    Returns:
        list of dicts, as `coordinate_row` gives, width by width.
    """
    rows = []
    for width in widths:
        with width_trainer(width, corpus) as trainer:
            rows += [coordinate_row(trainer, rule, num_updates, seed) for rule in rules]
    return rows


def coordinate_row(trainer, rule, num_updates=NUM_UPDATES, seed=0):
    """The check of one rule at one width.

    Args:
        trainer: WidthTrainer. rule, num_updates, seed: see `measure_coordinates`.

    Returns:
        dict: "width", "rule", "seed", "updates", and "change", a dict from PARTS to numbers.
    """
    training = trainer.begin(rule, 0, seed, num_updates, is_whole=False)
    ids = probe_tokens(trainer.cache.validation)
    before = trainer.read(read_parts, ids)
    while not training.is_finished():
        training.update()
    after = trainer.read(read_parts, ids)
    change = {name: root_mean_square(after[name] - before[name]) for name in PARTS}
    return {
        "width": trainer.width,
        "rule": rule,
        "seed": seed,
        "updates": num_updates,
        "change": change,
    }


def read_parts(model, ids):
    """What a model with both experts computes: a dict from PARTS to tensors [B, T, ...].

    Logits are taken less their mean over the vocabulary, and the router's weights as logarithms: what is left
    out changes no probability.
    """
    x = model.embed(ids)
    rnn, transformer = (expert(x, expert.initial_state(ids.shape[0]))[0] for expert in model.experts)
    output, _ = model.features(ids)
    logits = model.logits(output.hidden)
    return {
        EMBEDDING: x,
        RNN: rnn,
        TRANSFORMER: transformer,
        ROUTER: ops.log(output.route_weights),
        LOGITS: logits - ops.mean(logits, axis=-1, keepdims=True),
    }


def probe_tokens(split, num_rows=PROBE_ROWS, num_tokens=PROBE_TOKENS):
    """Beginnings of held-out documents: [B, T] int32.

    Raises:
        ValueError: no document is long enough.
    """
    rows = []
    for index in range(split.num_documents):
        ids = split.document_tokens(index)[:num_tokens]
        if len(ids) == num_tokens:
            rows.append(ids)
        if len(rows) == num_rows:
            break
    if not rows:
        raise ValueError(f"no held-out document has {num_tokens} tokens: give more text.")
    return np.stack(rows).astype("int32")


def root_mean_square(array):
    """Root of the mean of the squares, a float."""
    return float(np.sqrt(np.mean(np.square(array, dtype="float64"))))


def slope(widths, values):
    """The exponent b of values = a widths^b: the slope of a straight line in a doubly logarithmic picture, by
    least squares.

    Args:
        widths, values: sequences of numbers above 0, at least two different widths.

    Raises:
        ValueError: they are not so.
    """
    widths, values = np.asarray(widths, "float64"), np.asarray(values, "float64")
    if widths.shape != values.shape or len(set(widths)) < 2 or min(widths.min(), values.min()) <= 0:
        raise ValueError(f"widths {widths} and values {values}: expected as many of each, above 0.")
    return float(np.polyfit(np.log(widths), np.log(values), 1)[0])


def slopes(rows, rule):
    """The slope of each part's change over the width, for one rule: dict from PARTS to floats."""
    own = [row for row in rows if row["rule"] == rule]
    return {
        part: slope([row["width"] for row in own], [row["change"][part] for row in own]) for part in PARTS
    }


def describe_slopes(rows):
    """What the check says: a table as lines of text, a row for each part, a column for each rule."""
    rules = list(dict.fromkeys(row["rule"] for row in rows))
    found = {rule: slopes(rows, rule) for rule in rules}
    span = max(row["width"] for row in rows) / min(row["width"] for row in rows)
    lines = [f"{'slope':19}" + "".join(f"{rule:>19}" for rule in rules)]
    for part in PARTS:
        cells = []
        for rule in rules:
            value = found[rule][part]
            word = "flat" if abs(value) <= FLAT else f"{math.exp(value * math.log(span)):.1f} times"
            cells.append(f"{value:+.2f}, {word}")
        lines.append(f"{part:19}" + "".join(f"{cell:>19}" for cell in cells))
    return [*lines, f"Flat: a slope within {FLAT}. Else: what it makes of {span:g} times the width."]
