"""The element-wise chain: what it computes, and that both ways are timed. No test of speed."""

import numpy as np
from keras import ops

from mof.lessons.chain_speed import FUSED, PLAIN, gated_norm, time_chain


def test_the_chain_by_its_formula():
    x, gate = np.random.default_rng(0).normal(size=(2, 5, 8)).astype("float32")
    scale = np.linspace(0.5, 2, 8, dtype="float32")
    y = ops.convert_to_numpy(gated_norm(*map(ops.convert_to_tensor, (x, scale, gate))))
    expected = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-6) * scale * gate / (1 + np.exp(-gate))
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)


def test_both_ways_are_timed():
    found = time_chain(num_rows=4, width=8, num_turns=1)
    assert set(found["seconds"]) == {PLAIN, FUSED} and found["times_as_long"][FUSED] == 1.0
