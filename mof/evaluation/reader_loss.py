"""Bits per byte of texts by a reader, whatever engine it runs on: what int8 weights cost."""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.ops.losses import bits_per_byte


def reader_bits_per_byte(reader, tokenizer, texts, max_tokens=256):
    """The mean loss over the beginnings of some texts, token by token.

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
        logits = logits.astype(np.float64)
        largest = logits.max(axis=-1)
        log_sum = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=-1))
        nats += float((log_sum - logits[np.arange(len(rows)), targets])[is_there].sum())
        num_bytes += int(tokenizer.byte_lengths[targets[is_there]].sum())
        logits, state = reader.step(targets, state)
    return bits_per_byte(nats, num_bytes)
