"""Trains the published mixture, faults and all, on the text that ships, and judges it by what it could know
when it writes. Chapter 09.

Rows of 32 characters and a crop of 19 have the proportions of the article's package, 220 and 130. The loss
is taken at every position, as the course's own models learn; how the package's author took it is not known.
"""

import math
import time
from types import SimpleNamespace
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from mof.corpus.conversation import encode_document
from mof.lessons.mended_mixture import FAULTS, MendedMixture, make_mixture
from mof.lessons.prose_parts import prose_tokenizer
from mof.lessons.shipped_text import shipped_prose
from mof.lessons.short_run import ProgressLine

ROW_TOKENS, NUM_ROWS = 32, 32
SIZES = {
    "width": 64,
    "recurrent_width": 96,
    "num_blocks": 3,
    "num_heads": 4,
    "trans_window": 19,
    "router_width": 16,
    "num_positions": ROW_TOKENS,
}
UNCROPPED = {"trans_window": ROW_TOKENS}  # sizes to change so that the crop stays out of the way
LEARNING_RATE = 2e-3
NUM_UPDATES = 300
PRINTED, MENDED = "as printed", "mended"


class MixtureRun(NamedTuple):
    """What came out.

    model: MendedMixture, trained. tokenizer: Tokenizer. losses: list of floats, nats a token, one for each
    update. seconds: of training, without the making of the graph. label: str. seed: int.
    """

    model: MendedMixture
    tokenizer: object
    losses: list
    seconds: float
    label: str
    seed: int


class Readings(NamedTuple):
    """Bits per byte of the same targets. training_bits: with the rows there as a whole and the model in the
    mode in which it trains. whole_bits: the same in the mode in which it is used. stepwise_bits: each token
    from nothing but the tokens before it."""

    training_bits: float
    whole_bits: float
    stepwise_bits: float


def text_rows(texts, tokenizer, num_tokens=ROW_TOKENS):
    """Texts, one behind the other, cut into rows; each row's last token is the next one's first.

    Args:
        texts: list of str. tokenizer: Tokenizer. num_tokens: T.

    Returns:
        [N, T + 1] int32: inputs and, one place further, targets.

    Raises:
        ValueError: the texts are shorter than a row.
    """
    ids = np.concatenate([np.zeros(0, "int32"), *(encode_document(text, tokenizer) for text in texts)])
    num_rows = (len(ids) - 1) // num_tokens
    if num_rows < 1:
        raise ValueError(f"the texts have {len(ids)} tokens, expected {num_tokens + 1} at least: give more.")
    places = np.arange(num_rows)[:, None] * num_tokens + np.arange(num_tokens + 1)
    return ids[places].astype("int32")


def train_mixture(label, faults=FAULTS, num_updates=NUM_UPDATES, seed=0, sizes=None):
    """Train a small mixture with some faults, with Adam and a loss at every position.

    Args:
        label: name in figures. faults: those left in, of `mof.lessons.mended_mixture.FAULTS`.
        num_updates: of NUM_ROWS rows each. seed: of the weights and of the order of the rows.
        sizes: dict of sizes to change, or None.

    Returns:
        MixtureRun.
    """
    texts, _held_out = shipped_prose()
    tokenizer = prose_tokenizer(texts)
    rows = text_rows(texts, tokenizer)
    model = make_mixture(tokenizer.vocabulary_size, faults, seed, **{**SIZES, **(sizes or {})})
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # one graph; XLA would take longer to compile three GRUs than the updates take
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss, jit_compile=False)
    line, losses, order = ProgressLine(label), [], row_order(len(rows), num_updates, seed)
    start = time.perf_counter()
    for update, chosen in enumerate(order):
        model.reset_metrics()
        batch = rows[chosen]
        losses.append(float(model.train_on_batch(batch[:, :-1], batch[:, 1:])))
        if update == 0:
            start = time.perf_counter()
        line.updated(_progress(start, len(losses), num_updates, losses[-1]))
    settle_batch_norm(model, rows[order[0]][:, :-1])
    run = MixtureRun(model, tokenizer, losses, line.seconds, label, seed)
    line.finish(whole_bits(run))
    return run


def settle_batch_norm(model, rows):
    """Give batch norm, in use, the averages of some rows as the weights are now.

    Its own averages start from a variance of 1 and keep 99% at each update: after 300 updates a twentieth of
    that 1 is left, many times the variance that there is. A long training has forgotten it.

    Args:
        model: MendedMixture. rows: [N, T] int array.
    """
    front = model.published.front
    momentum, front.batch_norm.momentum = front.batch_norm.momentum, 0.0
    front(rows, training=True)
    front.batch_norm.momentum = momentum


def row_order(num_rows, num_updates, seed):
    """Which rows each update reads: all of them in a new order, again and again; [updates, NUM_ROWS] int."""
    random = np.random.default_rng(seed)
    num_epochs = math.ceil(num_updates * NUM_ROWS / num_rows)
    order = np.concatenate([random.permutation(num_rows) for _ in range(num_epochs)])
    return order[: num_updates * NUM_ROWS].reshape(num_updates, NUM_ROWS)


def held_out_rows(tokenizer, num_rows=None):
    """Rows of the prose that no training here reads, [N, T + 1]; num_rows: spread over it, None for all."""
    rows = text_rows(shipped_prose()[1], tokenizer)
    if num_rows is None or num_rows >= len(rows):
        return rows
    return rows[np.linspace(0, len(rows) - 1, num_rows).round().astype(int)]


def whole_bits(run, num_rows=None):
    """Bits per byte on held-out rows, each there as a whole; run: MixtureRun."""
    rows = held_out_rows(run.tokenizer, num_rows)
    return _bits(_nats(run.model.predict_on_batch(rows[:, :-1]), rows[:, 1:]), rows, run.tokenizer)


def read_thrice(run, num_rows=64):
    """Held-out rows read as in training, as a whole in use, and so that each token is predicted from a text
    that ends before it.

    The last reading cuts the row: T calls of the model, on the first token, on two tokens, and so on. So
    it needs no padding and no second form of the model.

    What the first changes in the model, the averages of a batch norm, is put back.

    Args:
        run: MixtureRun.
        num_rows: of the held-out text.

    Returns:
        Readings.
    """
    rows = held_out_rows(run.tokenizer, num_rows)
    inputs, targets = rows[:, :-1], rows[:, 1:]
    whole = _nats(run.model(inputs, training=False), targets)
    kept = [ops.convert_to_numpy(variable) for variable in run.model.non_trainable_variables]
    training = _nats(run.model(inputs, training=True), targets)
    for variable, values in zip(run.model.non_trainable_variables, kept, strict=True):
        variable.assign(values)
    stepwise = np.zeros_like(whole)
    for end in range(1, inputs.shape[1] + 1):
        logits = run.model(inputs[:, :end], training=False)[:, -1]
        stepwise[:, end - 1] = _nats(logits, targets[:, end - 1])
    return Readings(*(_bits(nats, rows, run.tokenizer) for nats in (training, whole, stepwise)))


def reading_row(run, num_rows=64):
    """One training's result, as `mof.viz.gap_figure` draws it and a record stores it; see `read_thrice`."""
    readings = read_thrice(run, num_rows)
    return {"form": run.label, "seed": run.seed, "seconds": run.seconds, **readings._asdict()}


def write_with_window(run, beginnings, num_tokens=30, seed=0):
    """Continue texts as the article's package does: each token from a fresh reading of the last T tokens.

    Args:
        run: MixtureRun. beginnings: list of [T] int arrays. num_tokens: written after each.
        seed: int, of the draws, at temperature 1.

    Returns:
        list of str: what was written, without the beginnings; line ends as "↵".
    """
    random = np.random.default_rng(seed)
    texts = np.stack(beginnings).astype("int32")
    length = texts.shape[1]
    for _ in range(num_tokens):
        logits = run.model.predict_on_batch(texts[:, -length:])[:, -1].astype("float64")
        noise = random.gumbel(size=logits.shape)  # its argmax is a draw from softmax
        texts = np.concatenate([texts, np.argmax(logits + noise, axis=1)[:, None].astype("int32")], axis=1)
    return [run.tokenizer.decode(ids.tolist()).replace("\n", "↵") for ids in texts[:, length:]]


def _nats(logits, targets):
    """-log p of each target: logits [..., W], targets [...] int; float64 array [...]."""
    logits = ops.convert_to_numpy(logits).astype("float64")
    top = logits.max(axis=-1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=-1)) + top[..., 0]
    return total - np.take_along_axis(logits, targets[..., None].astype("int64"), axis=-1)[..., 0]


def _bits(nats, rows, tokenizer):
    num_bytes = sum(len(tokenizer.token_bytes(int(token_id))) for token_id in rows[:, 1:].ravel())
    return float(nats.sum()) / math.log(2) / num_bytes


def _progress(start, num_done, num_updates, loss):
    """What `ProgressLine.updated` reads; the minutes are a forecast from the pace so far."""
    seconds = time.perf_counter() - start
    minutes = seconds / 60 * num_updates / num_done
    return SimpleNamespace(
        seconds=lambda: seconds,
        config=SimpleNamespace(minutes=minutes),
        progress=SimpleNamespace(update=num_done),
        last_entry={"loss": loss},
    )
