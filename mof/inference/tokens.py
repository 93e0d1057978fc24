"""The tokens that one run of a graph reads, and what all its parts ask about them, computed once.

The step reads one token of each row: values are [B, D], without a time axis. The piece reads T tokens, of
which each row has the first few and the rest is padding: values are [B, T, D].
"""

import functools

import numpy as np

from mof.inference.graph_builder import BEFORE

NUM_TOKENS = "num_tokens"  # the part of the memory that counts, [B] int64


class StepTokens:
    """One token of each row.

    Args:
        b: GraphBuilder.
    """

    is_step = True

    def __init__(self, b):
        self._b = b
        self.token_ids = b.input("token_ids", "int64", ["B"])
        self.num_before = b.input(f"{BEFORE}{NUM_TOKENS}", "int64", ["B"])
        self.num_after = b.node("Add", self.num_before, np.array(1))

    @property
    def places(self):
        """[B] int64: how many tokens came before each."""
        return self.num_before

    @functools.cached_property
    def num_read(self):
        """[B, 1] float32: tokens up to and with each."""
        return self._b.node("Unsqueeze", self._b.cast(self.num_after, "float32"), np.array([1]))


class PieceTokens:
    """T tokens, the first `counts` of each row real.

    Args:
        b: GraphBuilder.
    """

    is_step = False

    def __init__(self, b):
        self._b = b
        self.token_ids = b.input("token_ids", "int64", ["B", "T"])
        self.counts = b.input("counts", "int64", ["B"])
        self.num_before = b.input(f"{BEFORE}{NUM_TOKENS}", "int64", ["B"])
        self.num_after = b.node("Add", self.num_before, self.counts)
        self._kept_places = {}

    @functools.cached_property
    def length(self):
        """[1] int64: T."""
        return self._b.node("Shape", self.token_ids, start=1, end=2)

    @functools.cached_property
    def offsets(self):
        """[T] int64: 0, 1, ..., T - 1."""
        length = self._b.node("Squeeze", self.length, np.array([0]))
        return self._b.node("Range", np.array(0), length, np.array(1))

    @functools.cached_property
    def places(self):
        """[B, T] int64: how many tokens came before each."""
        return self._b.node("Add", self._column(self.num_before), self.offsets)

    @functools.cached_property
    def num_read(self):
        """[B, T, 1] float32: tokens up to and with each."""
        count = self._b.cast(self._b.node("Add", self.places, np.array(1)), "float32")
        return self._b.node("Unsqueeze", count, np.array([2]))

    @functools.cached_property
    def real(self):
        """[B, T, 1] float32: 1 for a token, 0 for padding."""
        is_real = self._b.node("Less", self.offsets, self._column(self.counts))
        return self._b.node("Unsqueeze", self._b.cast(is_real, "float32"), np.array([2]))

    @functools.cached_property
    def padding(self):
        """[B, T, 1] float32: 1 - real."""
        return self._b.node("Sub", 1.0, self.real)

    @functools.cached_property
    def lower(self):
        """[T, T] float32: 1 in row i and column j for j <= i, else 0."""
        earlier = self._b.node(
            "LessOrEqual", self.offsets, self._b.node("Unsqueeze", self.offsets, np.array([1]))
        )
        return self._b.cast(earlier, "float32")

    @functools.cached_property
    def last_places(self):
        """[B, 1] int64: the place of each row's last token, 0 for a row without any."""
        last = self._b.node("Max", self._b.node("Sub", self.counts, np.array(1)), np.array(0))
        return self._column(last)

    def kept_places(self, num_kept):
        """[B, P, 1] int64: in P tokens of the past followed by the T new ones, the last P that are real."""
        if num_kept not in self._kept_places:
            places = self._b.node("Add", self._column(self.counts), np.arange(num_kept))
            self._kept_places[num_kept] = self._b.node("Unsqueeze", places, np.array([2]))
        return self._kept_places[num_kept]

    def _column(self, x):
        return self._b.node("Unsqueeze", x, np.array([1]))
