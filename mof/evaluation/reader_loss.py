"""The loss by a reader, whatever engine it runs on: token by token, for a reader tells no more than that."""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.ops.losses import bits_per_byte


def token_nats(logits, targets):
    """Loss of each row's token.

    Args:
        logits: [B, W] float32 NumPy array, as a reader gives them. targets: [B] int array.

    Returns:
        [B] float64, -log of the targets' shares.
    """
    wide = logits.astype(np.float64)
    largest = wide.max(axis=-1)
    log_sum = largest + np.log(np.exp(wide - largest[:, None]).sum(axis=-1))
    return log_sum - np.take_along_axis(wide, np.asarray(targets)[:, None], axis=-1)[:, 0]


def stepped_nats(reader, token_ids, targets, state=None, resets=None):
    """Loss of every token of some texts that are read side by side.

    Args:
        reader: `mof.inference.onnx_reader.OnnxReader`.
        token_ids, targets: [B, T] int arrays, what is read and what follows each token.
        state: the memory before, B rows; None for an empty one.
        resets: [B, T] bool, True where a token starts a document; or None.

    Returns:
        (nats [B, T] float64, state).
    """
    state = reader.initial_state(len(token_ids)) if state is None else state
    nats = np.zeros(token_ids.shape)
    for t in range(token_ids.shape[1]):
        if resets is not None and resets[:, t].any():
            state = reader.restarted(state, resets[:, t])
        logits, state = reader.step(token_ids[:, t], state)
        nats[:, t] = token_nats(logits, targets[:, t])
    return nats, state


def reader_bits_per_byte(reader, tokenizer, texts, max_tokens=256):
    """The mean loss over the beginnings of some texts, token by token: what int8 weights cost.

    Args:
        reader: `mof.inference.onnx_reader.OnnxReader` or `mof.generation.reading.StateReader`.
        tokenizer: Tokenizer of its model.
        texts: list of str, read together.
        max_tokens: tokens of each that are scored at most.

    Returns:
        float, bits per byte of the tokens scored.

    Raises:
        ValueError: for texts without a token to score.
    """
    rows = [encode_document(text, tokenizer)[: max_tokens + 1] for text in texts]
    logits, state = reader.read([row[:1] for row in rows])
    nats, num_bytes = 0.0, 0
    for t in range(1, max((len(row) for row in rows), default=0)):
        is_there = np.array([len(row) > t for row in rows])
        targets = np.array([row[t] if len(row) > t else 0 for row in rows])
        nats += float(token_nats(logits, targets)[is_there].sum())
        num_bytes += int(tokenizer.byte_lengths[targets[is_there]].sum())
        logits, state = reader.step(targets, state)
    return bits_per_byte(nats, num_bytes)
