"""How many tokens are read, against cases that can be told by hand."""

import numpy as np
import pytest
from keras import ops

from mof.lessons.sharpness import (
    linear_weights,
    num_tokens_read,
    sharpness_by_loudness,
    softmax_weights,
    undo_features,
)
from mof.ops.linear_attention import positive_features


def draw(seed, num_tokens=6, num_heads=2, width=3):
    return np.random.default_rng(seed).normal(size=(2, num_tokens, num_heads, width))


def test_equal_weights_read_all_and_one_weight_reads_one():
    assert num_tokens_read(np.full(8, 1 / 8)) == pytest.approx(8.0)
    assert num_tokens_read(np.array([0.0, 1.0, 0.0])) == pytest.approx(1.0)
    assert num_tokens_read(np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])) == pytest.approx([2.0, 1.0])


@pytest.mark.parametrize(("form", "scale"), [("linear", 1.0), ("softmax", 3.0**-0.5)])
def test_weights_equal_a_loop_over_pairs(form, scale):
    queries, keys = draw(seed=0)
    found = {"linear": linear_weights, "softmax": softmax_weights}[form](queries, keys)
    for head in range(2):
        for i in range(6):
            row = []
            for j in range(i + 1):
                q, k = queries[i, head], keys[j, head]
                if form == "linear":
                    q, k = (np.array([u + 1 if u > 0 else np.exp(u) for u in x]) for x in (q, k))
                    row.append(q @ k)
                else:
                    row.append(np.exp(scale * (q @ k)))
            expected = np.array(row + [0.0] * (5 - i)) / sum(row)
            np.testing.assert_allclose(found[head, i], expected, rtol=1e-12)


def test_softmax_of_large_scores_stays_finite():
    queries, keys = 100.0 * draw(seed=1)
    assert np.isfinite(softmax_weights(queries, keys)).all()


def test_features_are_undone():
    u = np.array([-60.0, -3.0, -1e-3, 0.0, 1e-3, 2.0], "float32")
    features = ops.convert_to_numpy(positive_features(ops.convert_to_tensor(u)))
    np.testing.assert_allclose(undo_features(features), u, rtol=1e-4, atol=1e-6)
    assert np.isfinite(undo_features(np.zeros(2, "float32"))).all()


def test_loudness_sharpens_softmax_and_not_linear_attention():
    reads = {loudness: sharpness_by_loudness(loudness) for loudness in (0.5, 8.0)}
    assert reads[0.5]["softmax"][0] > 60 and reads[8.0]["softmax"][0] < 1.1
    assert all(row["linear"][0] > 59 for row in reads.values())
    assert reads[8.0]["softmax"][1] > 0.98 and reads[8.0]["linear"][1] < 0.04
    assert sharpness_by_loudness(1.0) == sharpness_by_loudness(1.0) != sharpness_by_loudness(1.0, seed=1)
