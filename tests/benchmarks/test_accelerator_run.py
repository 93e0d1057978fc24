"""Weights that come home rounded are those of an int8 export, whatever their shape."""

import numpy as np
from accelerator_run import int8_and_halves, whole_weights

from mof.inference.export import EMBEDDING, rounded
from mof.inference.int8 import dequantize


def weights():
    draws = np.random.default_rng(0)
    shapes = {
        EMBEDDING: (70, 256),
        "expert/a/kernel": (256, 33),
        "expert/thin/kernel": (96, 40),
        "router/kernel": (256, 4),
        "expert/norm/scale": (256,),
    }
    return {name: draws.normal(size=shape).astype("float32") for name, shape in shapes.items()}


def test_matrices_come_home_as_an_export_would_round_them():
    before = weights()
    after = whole_weights(int8_and_halves(before))
    assert {name: array.shape for name, array in after.items()} == {n: a.shape for n, a in before.items()}
    exported = rounded({"expert/a/kernel": before["expert/a/kernel"]})
    expected = dequantize(
        exported["expert/a/kernel/int8"],
        exported["expert/a/kernel/scales"].astype("float16").astype("float32"),
        256,
    )
    np.testing.assert_allclose(after["expert/a/kernel"], expected, rtol=1e-6)
    for name in (EMBEDDING, "expert/a/kernel"):
        error = np.abs(after[name] - before[name]).max()
        assert 0 < error < 0.02, name


def test_what_does_not_fill_its_blocks_comes_home_in_half_precision():
    before = weights()
    kept = int8_and_halves(before)
    for name in ("expert/thin/kernel", "router/kernel", "expert/norm/scale"):
        assert kept[name].dtype == "float16" and f"{name}/int8" not in kept
        np.testing.assert_allclose(whole_weights(kept)[name], before[name], rtol=1e-3, atol=1e-6)
