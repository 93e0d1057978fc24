"""How far back a model remembers, and how it does beyond the length that it was trained at.

Loss by position: held-out documents are joined into long texts without a break, so that there is a token at
every position up to four times the trained length. A state that spills over shows as a loss that rises. The
needle: `mof.evaluation.needle`. Book: chapters 07 and 16.
"""

import math

import keras
import numpy as np
from keras import ops

from mof.evaluation.needle import needle_results
from mof.evaluation.reader_loss import stepped_nats
from mof.evaluation.student_t import t_quantile
from mof.execution import as_graph
from mof.generation.reading import StateReader
from mof.ops.head_loss import head_cross_entropy
from mof.tokenizer.special_tokens import DOCUMENT, NUM_SPECIAL_TOKENS

LONGEST_MULTIPLE = 4  # of the trained length
NUM_ROWS, PIECE_LENGTH = 8, 128  # long texts read side by side; tokens of each at once


def judge_memory(model, tokenizer, split, trained_length, num_trials=32, seed=0, reader=None):
    """Loss by position and the needle, up to four times the trained length.

    Args:
        model: MixtureLanguageModel, or None where a reader judges alone. tokenizer: its Tokenizer.
        split: CacheSplit of held-out text; conversations in it are left out.
        trained_length: tokens of the longest row in training.
        num_trials: needles for each distance. seed: int.
        reader: `mof.inference.onnx_reader.OnnxReader`; None makes a StateReader of the model.

    Returns:
        A JSON value: {"trained_length": int, "needle": [NeedleResult as a dict for each distance],
        "positions": as `loss_by_position`, or None where the held-out text is too short for one length}.
    """
    stream = text_stream(split, NUM_ROWS * LONGEST_MULTIPLE * trained_length)
    reader = StateReader(model) if reader is None else reader
    distances = [d for d in _distances(trained_length) if d < len(stream)]
    num_pieces = min(LONGEST_MULTIPLE * trained_length, len(stream) // NUM_ROWS) // PIECE_LENGTH
    return {
        "trained_length": trained_length,
        "needle": [
            result._asdict()
            for result in needle_results(reader, tokenizer, stream, distances, num_trials, seed)
        ]
        if distances
        else [],
        "positions": loss_by_position(model, stream, num_pieces * PIECE_LENGTH, reader)
        if num_pieces
        else None,
    }


def text_stream(split, num_tokens):
    """The tokens of held-out texts, one after the other, without the marks between them.

    Args:
        split: CacheSplit. num_tokens: enough.

    Returns:
        1-D int32 array, of num_tokens or fewer.
    """
    pieces, found = [np.zeros(0, "int32")], 0
    for index in range(split.num_documents):
        ids = split.document_tokens(index)[1:]
        if len(ids) and ids.min() >= NUM_SPECIAL_TOKENS:  # a conversation has marks inside
            pieces.append(ids)
            found += len(ids)
        if found >= num_tokens:
            break
    return np.concatenate(pieces)[:num_tokens]


def held_out_texts(split, tokenizer):
    """The held-out texts, without the conversations.

    Args:
        split: CacheSplit. tokenizer: its Tokenizer.

    Yields:
        str.
    """
    for index in range(split.num_documents):
        ids = split.document_tokens(index)[1:]
        if len(ids) and ids.min() >= NUM_SPECIAL_TOKENS:
            yield tokenizer.decode(ids)


def loss_by_position(model, stream, num_positions, reader=None):
    """Mean loss of the tokens in each piece of positions, over NUM_ROWS long texts cut from a stream.

    Args:
        model: MixtureLanguageModel, or None to step through the texts by the reader.
        stream: 1-D int array of at least NUM_ROWS * num_positions tokens.
        num_positions: length of each text, a multiple of PIECE_LENGTH.
        reader: `mof.inference.onnx_reader.OnnxReader`, used where there is no model.

    Returns:
        {"block": PIECE_LENGTH, "nats": [mean for each piece], "half": [half of its 95% interval's width, over
        the texts]}.

    Raises:
        ValueError: the stream is too short, or num_positions no multiple of PIECE_LENGTH.
    """
    if num_positions < 1 or num_positions % PIECE_LENGTH or len(stream) < NUM_ROWS * num_positions:
        raise ValueError(
            f"num_positions is {num_positions} and the stream has {len(stream)} tokens, expected a multiple "
            f"of {PIECE_LENGTH} and at least {NUM_ROWS} times as many tokens."
        )
    targets = np.asarray(stream[: NUM_ROWS * num_positions], "int32").reshape(NUM_ROWS, num_positions)
    inputs = np.concatenate([np.full((NUM_ROWS, 1), DOCUMENT, "int32"), targets[:, :-1]], axis=1)
    if model is None:
        nats, _ = stepped_nats(reader, inputs, targets)
    else:
        nats = _model_nats(model, inputs, targets)
    pieces = nats.reshape(NUM_ROWS, -1, PIECE_LENGTH).transpose(1, 0, 2)
    by_row = pieces.mean(axis=2, dtype=np.float64)  # [pieces, rows]
    half = t_quantile(NUM_ROWS - 1) * by_row.std(axis=1, ddof=1) / math.sqrt(NUM_ROWS)
    return {"block": PIECE_LENGTH, "nats": by_row.mean(axis=1).tolist(), "half": half.tolist()}


def _model_nats(model, token_ids, targets):
    score = as_graph(model, lambda *arrays: _nats(model, *arrays))
    state, nats = model.initial_state(len(token_ids)), []
    for start in range(0, token_ids.shape[1], PIECE_LENGTH):
        piece = slice(start, start + PIECE_LENGTH)
        of_piece, state = score(token_ids[:, piece], targets[:, piece], state)
        nats.append(ops.convert_to_numpy(of_piece))
    return np.concatenate(nats, axis=1)


def _nats(model, token_ids, targets, state):
    output, state = model.features(token_ids, state)
    nats = head_cross_entropy(output.hidden, model.embedding.value, targets, model.head_dtype)
    return nats, keras.tree.map_structure(ops.stop_gradient, state)


def _distances(trained_length):
    """An eighth of the trained length, a quarter, ... up to four times."""
    return sorted({max(1, trained_length * 2**power // 8) for power in range(6)})
