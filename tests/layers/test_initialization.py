"""Initial weights are a function of seed and name: the same numbers on every backend, stored here."""

import numpy as np
from keras import ops

from mof.layers.initialization import SeededNormal


def test_draws_are_those_of_philox():
    expected = np.random.Generator(np.random.Philox(5)).standard_normal((3, 4), dtype=np.float32)
    drawn = ops.convert_to_numpy(SeededNormal(0.5, 5)((3, 4), dtype="float32"))
    np.testing.assert_array_equal(drawn, np.float32(0.5) * expected)
    # stored, so that a change of the generator between versions of NumPy cannot pass unseen
    np.testing.assert_array_equal(drawn.ravel()[:3], np.float32(STORED_DRAWS))


STORED_DRAWS = (-0.37735766, -0.56048322, 0.16018842)


def test_config_round_trip():
    start = SeededNormal(0.5, 5)
    again = SeededNormal.from_config(start.get_config())
    np.testing.assert_array_equal(ops.convert_to_numpy(again((2, 3))), ops.convert_to_numpy(start((2, 3))))
