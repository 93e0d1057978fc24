"""Positions added to the input, restarted at each document."""

import numpy as np
import pytest
from keras import ops

from mof.layers.position import Position
from tests.layer_contract import WIDTH, MemoryContract
from tests.tensors import FLOAT32_TOLERANCE, compute, random_array


class TestLearnedPosition(MemoryContract):
    num_weights = 12 * WIDTH

    def make(self):
        return Position("learned", num_positions=12, seed=1, name="layer")

    def test_adds_the_row_of_the_position_and_stays_on_the_last_row(self):
        layer = self.built()
        table, x = ops.convert_to_numpy(layer.table), random_array((1, 17, WIDTH), 0)
        y, state = compute(lambda x: layer(x), x)
        np.testing.assert_allclose(y - x, table[np.minimum(np.arange(17), 11)][None], *FLOAT32_TOLERANCE)
        assert state["position"] == 17


class TestSinusoidalPosition(MemoryContract):
    num_weights = 1

    def make(self):
        return Position("sinusoidal", name="layer")

    def test_adds_the_sines_times_a_strength(self):
        layer = self.built()
        x = random_array((1, 3, WIDTH), 0)
        frequencies = 10_000.0 ** (-np.arange(WIDTH // 2) / (WIDTH // 2 - 1))
        angles = np.arange(3)[:, None] * frequencies
        expected = np.concatenate([np.sin(angles), np.cos(angles)], axis=-1) * ops.convert_to_numpy(
            layer.strength
        )
        np.testing.assert_allclose((compute(lambda x: layer(x)[0], x) - x)[0], expected, *FLOAT32_TOLERANCE)


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(
        ValueError, match=r"position is 'rotary', expected one of \('learned', 'sinusoidal'\)"
    ):
        Position("rotary")
