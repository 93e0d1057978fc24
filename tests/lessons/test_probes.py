"""Probes on functions whose answer is known, and on the published model."""

import keras
import numpy as np
import pytest
from keras import ops

from mof.lessons.probes import change, effect_by_position, on_single_text, spread, spreads_by_block

X = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")


def test_a_layer_on_one_text_and_one_result_for_all_positions():
    np.testing.assert_allclose(on_single_text(lambda x: 2.0 * x)(X), 2 * X)
    whole = ops.convert_to_numpy(on_single_text(lambda x: ops.sum(x, axis=1))(X))
    np.testing.assert_allclose(whole, np.tile(X.sum(axis=0), (5, 1)), rtol=1e-5)


def test_spread_is_0_for_equal_positions_and_free_of_scale():
    assert spread(np.tile(X[:1], (5, 1))) == 0.0
    assert 0.3 < spread(X) < 3.0
    assert spread(7 * X) == pytest.approx(spread(X), rel=1e-5)


def test_change_is_relative():
    assert change(X, X) == 0.0
    assert change(X, 1.5 * X) == pytest.approx(0.5)


def test_an_effect_stands_where_the_weight_is_used_and_the_weight_is_put_back():
    kernel = keras.Variable(np.eye(4, dtype="float32"))

    def read():
        return ops.concatenate([ops.matmul(X[:2], kernel), X[2:]])

    effect = effect_by_position(read, kernel)
    assert (effect[:2] > 0.1).all() and (effect[2:] == 0).all()
    np.testing.assert_array_equal(kernel, np.eye(4))


def test_a_weight_of_zeros_is_replaced_too():
    bias = keras.Variable(np.zeros(4, "float32"))
    assert (effect_by_position(lambda: X + bias, bias) > 0.1).all()


def test_a_weight_is_put_back_where_reading_fails():
    kernel = keras.Variable(np.eye(2, dtype="float32"))
    outputs = iter([np.eye(2)])
    with pytest.raises(StopIteration):
        effect_by_position(lambda: next(outputs), kernel)
    np.testing.assert_array_equal(kernel, np.eye(2))


def test_spreads_block_by_block():
    def mean_half(x):
        return 0.5 * x + 0.5 * ops.mean(x, axis=1, keepdims=True)

    found, last = spreads_by_block([mean_half, mean_half], X)
    assert len(found) == 3 and found[0] > found[1] > found[2]
    np.testing.assert_allclose(last, 0.25 * X + 0.75 * X.mean(axis=0), atol=1e-5)
