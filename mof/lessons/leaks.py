"""Does an output see its future? Two tests for a function of a sequence, and one for a whole language model.
Chapter 06.

- `moves_by_changes` changes one token and looks which outputs move.
- `moves_by_gradients` asks for the gradient of each output by each token.
- `bits_in_both_readings` scores texts that lie there as a whole, and again so that each token is predicted
  from a row that ends before it. A model that does not leak gives the same number twice.
"""

import math
from typing import NamedTuple

import numpy as np

from mof.corpus.conversation import encode_document
from mof.tokenizer.special_tokens import PADDING

ROUNDING = 1e-6  # of sums of some dozens of float32 numbers near 1


class Readings(NamedTuple):
    """Bits per byte of the same targets. whole_bits: with each text there as a whole. stepwise_bits: each
    token from nothing but the tokens before it. num_tokens: targets."""

    whole_bits: float
    stepwise_bits: float
    num_tokens: int


def moves_by_changes(function, x, seed=0):
    """How far each output moves when one token is changed.

    Args:
        function: from an array [T, ...] to an array or tensor [T, ...].
        x: [T, D] float array.
        seed: of the changes.

    Returns:
        [T, T] float64: at (i, t), the largest change in output i when token t has been changed.
    """
    before = np.asarray(function(x))
    changes = np.random.default_rng(seed).normal(size=x.shape).astype(x.dtype)
    columns = []
    for t in range(len(x)):
        changed = x.copy()
        changed[t] += changes[t]
        gap = np.abs(np.asarray(function(changed)) - before).reshape(len(before), -1)
        columns.append(gap.max(axis=1))
    return np.stack(columns, axis=1).astype("float64")


def moves_by_gradients(function, x):
    """The gradient of each output by each token.

    Args:
        function: from a tensor [T, D] to a tensor [T, ...], in `keras.ops`.
        x: [T, D] float array.

    Returns:
        [T, T] float64: at (i, t), the length of the gradient of a fixed random mixture of output i's numbers
        by token t.
    """
    from mof.lessons.gradients import outputs_and_gradients

    rows = []
    for i in range(len(x)):
        _output, gradient = outputs_and_gradients(lambda tokens, i=i: function(tokens)[i], x)
        rows.append(np.linalg.norm(gradient.reshape(len(x), -1), axis=1))
    return np.stack(rows).astype("float64")


def future_part(moves):
    """The largest entry of [T, T] moves that belongs to a token after the output: 0 without a leak."""
    return float(np.triu(moves, k=1).max())


def probability_moves(model, tokenizer, text, replacement="的"):
    """How far a model's expectations move when one character of a text becomes another.

    Args:
        model: MixtureLanguageModel. tokenizer: its Tokenizer.
        text: str, the beginning of a document. replacement: str of one token, put in for each in turn.

    Returns:
        ([T, T] float64: at (i, t), the share of probability that moves elsewhere in what the model expects
        after token i, 0 to 1, when token t is replaced; tokens, list of T str). Token 0 is the document's
        start; it is not replaced.

    Raises:
        ValueError: the replacement is not one token.
    """
    from keras import ops

    ids = encode_document(text, tokenizer)
    other = tokenizer.encode(replacement)
    if len(other) != 1:
        raise ValueError(f"replacement is {replacement!r}, {len(other)} tokens: expected one.")
    rows = np.tile(ids, (len(ids), 1))  # row 0 stays as it is, row t has token t replaced
    places = np.arange(1, len(ids))
    rows[places, places] = other[0]
    shares = ops.convert_to_numpy(ops.softmax(model(ops.convert_to_tensor(rows))[0], axis=-1))
    moves = np.abs(shares - shares[:1]).sum(axis=-1).astype("float64") / 2  # [t, i]
    return moves.T, [tokenizer.decode([token_id]) or "·" for token_id in ids]


def bits_in_both_readings(model, tokenizer, texts, num_tokens=128, max_texts=8):
    """Bits per byte with the text there as a whole, and from prefixes alone.

    The second reading makes a row of each prefix, padded at its end, and scores the prediction after its last
    token: T rows of T tokens for a text, so no state, no cache and no second form of the model is trusted.

    Args:
        model: MixtureLanguageModel. tokenizer: its Tokenizer.
        texts: list of str. num_tokens: T; shorter texts are left out, of longer ones the beginning is read.
        max_texts: how many are read.

    Returns:
        Readings.

    Raises:
        ValueError: no text is long enough.
    """
    from keras import ops

    from mof.execution import as_graph
    from mof.ops.losses import token_cross_entropy

    long_enough = (
        ids for ids in (encode_document(text, tokenizer) for text in texts) if len(ids) > num_tokens
    )
    rows = np.array([ids[: num_tokens + 1] for ids, _ in zip(long_enough, range(max_texts), strict=False)])
    if not len(rows):
        raise ValueError(f"no text has more than {num_tokens} tokens: give longer texts or a smaller number.")
    past = np.tril(np.ones((num_tokens, num_tokens), dtype=bool))

    def read_prefixes(token_ids, mask, targets):
        output, _ = model.features(token_ids, None, None, mask)
        places = ops.arange(num_tokens)[:, None, None]
        last = ops.take_along_axis(output.hidden, places, axis=1)[:, 0]  # [T, D]
        return token_cross_entropy(model.logits(last), targets)

    read_whole = as_graph(
        model, lambda inputs, targets: model.token_nats(inputs, targets)[0], is_compiled=False
    )
    read_prefixes = as_graph(model, read_prefixes, is_compiled=False)
    whole = ops.convert_to_numpy(read_whole(rows[:, :-1], rows[:, 1:])).astype("float64").sum()
    stepwise = 0.0
    for ids in rows:
        prefixes = np.where(past, ids[None, :-1], PADDING).astype("int32")
        nats = ops.convert_to_numpy(read_prefixes(prefixes, past, ids[1:]))
        stepwise += float(nats.astype("float64").sum())
    num_bytes = sum(len(tokenizer.token_bytes(int(token_id))) for token_id in rows[:, 1:].ravel())
    in_bits = 1 / math.log(2) / num_bytes
    return Readings(float(whole * in_bits), stepwise * in_bits, rows[:, 1:].size)
