"""Bits per byte on held-out text, and the loss by position in the document. Book: chapters 02 and 21."""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from mof.corpus.evaluation_batches import count_batches, evaluation_batches, sample_documents
from mof.evaluation.reader_loss import stepped_nats
from mof.execution import as_graph
from mof.ops.head_loss import head_cross_entropy
from mof.ops.losses import bits_per_byte
from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS

EVALUATION_STREAMS, EVALUATION_LENGTH = 8, 256  # one shape for all evaluations: one graph
READER_STREAMS = 32  # a step of so many rows takes little longer than one of a few


class HeldOutLoss(NamedTuple):
    """What a model scores on some documents.

    bits_per_byte: all targets' bits (the document's end among them) over the bytes that they write.
    nats_per_token: mean over the targets. num_tokens: targets. num_bytes: UTF-8 bytes of the text; of
    conversations the assistant's turns alone.
    nats_by_position: [P] float64, mean loss of the targets in each block of positions; NaN where a block has
    none. position_block: tokens in a block.
    route_weights: [E] float64, mean weight of each expert; None where a reader judged, which tells none.
    """

    bits_per_byte: float
    nats_per_token: float
    num_tokens: int
    num_bytes: int
    nats_by_position: np.ndarray
    position_block: int
    route_weights: np.ndarray


class HeldOutEvaluation:
    """Evaluates a model on documents that it was not trained on, again and again, with one graph.

    Args:
        model: MixtureLanguageModel, or None where a reader judges alone.
        split: the validation part of a token cache.
        max_tokens: how much to read; the documents are drawn by `seed`, the same each time. None reads all.
        seed: int.
        reader: `mof.inference.onnx_reader.OnnxReader` of an exported model, in place of a model.
        byte_lengths: [W] int, the tokenizer's. With it no more is read of a document than a stream's share
            of `max_tokens` (a row at least): a look then takes as long whether the texts are novels or notes.
    """

    def __init__(self, model, split, max_tokens=None, seed=0, reader=None, byte_lengths=None):
        self.model, self.split, self.reader, self.most_of_each = model, split, reader, None
        if max_tokens is None:
            self.documents = np.arange(split.num_documents)
        else:
            if byte_lengths is not None:
                self.most_of_each = max(EVALUATION_LENGTH, max_tokens // EVALUATION_STREAMS)
            self.documents = sample_documents(split, max_tokens, seed, self.most_of_each)
        self.num_bytes = self._count_bytes(byte_lengths)
        if self.most_of_each and not self.num_bytes:  # conversations that begin with long questions
            self.most_of_each = None
            self.documents = sample_documents(split, max_tokens, seed)
            self.num_bytes = self._count_bytes(byte_lengths)
        self._score = None if model is None else as_graph(model, self._score_batch)

    def __call__(self, position_block=64, num_blocks=64, on_batch=None):
        """Score all chosen documents with the weights as they are now.

        Args:
            position_block: tokens of the document in each block of `nats_by_position`.
            num_blocks: blocks; the last one takes all positions beyond.
            on_batch: called after each batch with the number of those done and of all; or None.

        Returns:
            HeldOutLoss.
        """
        total, count, routes, routed = 0.0, 0.0, 0.0, 0.0
        sums, counts = np.zeros(num_blocks), np.zeros(num_blocks)
        judge, num_streams = self.model, EVALUATION_STREAMS
        if judge is None:
            judge, num_streams = self.reader, READER_STREAMS
        state = judge.initial_state(num_streams)
        positions = np.zeros(num_streams, dtype=np.int64)
        shape = (num_streams, EVALUATION_LENGTH)
        arguments = (self.split, *shape, self.documents, self.most_of_each)
        batches = evaluation_batches(*arguments)
        num_batches = count_batches(*arguments) if on_batch is not None else 0
        for done, batch in enumerate(batches, start=1):
            nats, route_weights, state = self._score_of(batch, state)
            nats = nats.astype(np.float64) * batch.loss_weights
            total += nats.sum()
            count += batch.loss_weights.sum()
            if route_weights is not None:
                routes = routes + (route_weights * batch.mask[..., None]).sum((0, 1), dtype=np.float64)
                routed += batch.mask.sum()
            place, positions = _positions(batch.resets, positions)
            blocks = np.minimum(place // position_block, num_blocks - 1)
            sums += np.bincount(blocks.ravel(), nats.ravel(), num_blocks)
            counts += np.bincount(blocks.ravel(), batch.loss_weights.ravel(), num_blocks)
            if on_batch is not None:
                on_batch(done, num_batches)
        with np.errstate(invalid="ignore"):
            by_position = sums / counts
        return HeldOutLoss(
            bits_per_byte=bits_per_byte(total, self.num_bytes),
            nats_per_token=float(total / max(count, 1.0)),
            num_tokens=int(count),
            num_bytes=self.num_bytes,
            nats_by_position=by_position,
            position_block=position_block,
            route_weights=None if self.model is None else routes / max(routed, 1.0),
        )

    def _count_bytes(self, byte_lengths):
        """Bytes that the scored targets of the chosen documents write."""
        split = self.split
        sizes = np.array(split.document_scored_bytes.read(0, split.num_documents))[self.documents]
        if self.most_of_each:
            lengths = np.diff(split.offsets.read(0, split.num_documents + 1))[self.documents]
            for place in np.flatnonzero(lengths > self.most_of_each):
                sizes[place] = self._bytes_of_beginning(self.documents[place], byte_lengths)
        return int(sizes.sum(dtype=np.int64))

    def _bytes_of_beginning(self, document, byte_lengths):
        """Bytes that the scored targets of a document's first tokens write."""
        start = self.split.offsets.read(document, document + 1)[0]
        places = np.arange(start, start + self.most_of_each)
        targets = self.split.tokens.take(places + 1).astype(np.int64)
        counts = targets >= NUM_SPECIAL_TOKENS
        if self.split.loss_flags is not None:
            counts &= self.split.loss_flags.take(places).astype(bool)
        return int(byte_lengths[targets[counts]].sum())

    def _score_of(self, batch, state):
        """(nats [B, T], route_weights [B, T, E] or None, state) of a batch, the first two NumPy arrays."""
        if self.model is None:
            nats, state = stepped_nats(self.reader, batch.token_ids, batch.targets, state, batch.resets)
            return nats, None, state
        inputs = (batch.token_ids, batch.targets, batch.resets, batch.mask, state)
        nats, route_weights, state = self._score(*inputs)
        return ops.convert_to_numpy(nats), ops.convert_to_numpy(route_weights), state

    def _score_batch(self, token_ids, targets, resets, mask, state):
        output, state = self.model.features(token_ids, state, resets, mask)
        table = self.model.embedding.value
        nats = head_cross_entropy(output.hidden, table, targets, self.model.head_dtype)
        return nats, output.route_weights, keras.tree.map_structure(ops.stop_gradient, state)


def _positions(resets, before):
    """Place of each token in its document, and where the next row goes on; resets [B, T] bool, before [B]."""
    steps = np.arange(resets.shape[1])
    last_start = np.maximum.accumulate(np.where(resets, steps, -1), axis=1)
    place = np.where(last_start >= 0, steps - last_start, before[:, None] + steps)
    return place, place[:, -1] + 1
