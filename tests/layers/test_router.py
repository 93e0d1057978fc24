"""The router: weights over the experts from the past alone."""

import numpy as np
import pytest

from mof.layers.router import Router
from tests.layer_contract import WIDTH, MemoryContract
from tests.tensors import DEEP_TOLERANCE, FLOAT32_TOLERANCE, compute, random_array

NUM_EXPERTS, HIDDEN_WIDTH = 3, 6
COMMON = WIDTH * HIDDEN_WIDTH + HIDDEN_WIDTH**2 + HIDDEN_WIDTH + (HIDDEN_WIDTH + 1) * NUM_EXPERTS


class RouterContract(MemoryContract):
    tolerance = DEEP_TOLERANCE
    recurrence = "minimal_gru"

    def make(self):
        return Router(NUM_EXPERTS, HIDDEN_WIDTH, self.recurrence, temperature=0.5, seed=1, name="layer")

    def test_weights_sum_to_one(self):
        layer = self.built()
        weights, _ = compute(lambda x: layer(x), 10.0 * random_array((2, 9, WIDTH), 0))
        assert weights.shape == (2, 9, NUM_EXPERTS) and np.all(weights >= 0)
        np.testing.assert_allclose(weights.sum(axis=-1), 1.0, *FLOAT32_TOLERANCE)
        assert weights.std() > 0.01, "perturbed weights must choose"

    def test_weights_start_equal(self):
        layer = self.built(perturbed=False)
        weights, _ = compute(lambda x: layer(x), random_array((2, 9, WIDTH), 0))
        np.testing.assert_allclose(weights, 1 / NUM_EXPERTS, rtol=1e-6)


class TestRouter(RouterContract):
    num_weights = COMMON + HIDDEN_WIDTH * 2 * HIDDEN_WIDTH + HIDDEN_WIDTH


class TestRouterWithGRU(RouterContract):
    recurrence = "gru"
    num_weights = (
        COMMON + HIDDEN_WIDTH * 3 * HIDDEN_WIDTH + HIDDEN_WIDTH * 3 * HIDDEN_WIDTH + 6 * HIDDEN_WIDTH
    )


def test_the_temperature_divides_the_logits():
    x, logs = random_array((2, 5, WIDTH), 0), {}
    for temperature in (1.0, 0.25):
        layer = Router(NUM_EXPERTS, HIDDEN_WIDTH, temperature=temperature)
        layer.build((None, None, WIDTH))
        layer.choose.kernel.assign(random_array((HIDDEN_WIDTH, NUM_EXPERTS), 1, 0.3))
        weights, _ = compute(lambda x, layer=layer: layer(x), x)
        logs[temperature] = np.log(weights) - np.log(weights).mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(logs[0.25], 4.0 * logs[1.0], *DEEP_TOLERANCE)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_the_temperature_is_above_zero(temperature):
    with pytest.raises(ValueError, match=f"temperature is {temperature}, expected above 0"):
        Router(2, temperature=temperature)


def test_an_unknown_recurrence_names_the_known_ones():
    with pytest.raises(ValueError, match="recurrence is 'lstm', expected one of"):
        Router(2, recurrence="lstm").build((None, None, WIDTH))


def test_the_weights_at_a_token_know_the_token_itself():
    layer = Router(2, HIDDEN_WIDTH)
    layer.build((None, None, WIDTH))
    layer.choose.kernel.assign(np.tile(np.float32([1.0, -1.0]), (HIDDEN_WIDTH, 1)))
    x = random_array((1, 4, WIDTH), 0)
    changed = x.copy()
    changed[:, -1] = -x[:, -1]
    first, second = (compute(lambda x: layer(x)[0], inputs) for inputs in (x, changed))
    np.testing.assert_array_equal(first[:, :-1], second[:, :-1])
    assert np.abs(first[:, -1] - second[:, -1]).max() > 1e-3
