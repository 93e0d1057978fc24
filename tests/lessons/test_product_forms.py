"""The forms of one product: the same numbers where they should be. No test of speed."""

import numpy as np
import pytest
from keras import ops

from mof.lessons import product_forms
from mof.lessons.product_forms import (
    BFLOAT16,
    COMPILED,
    FLAT,
    HALF,
    PIECES,
    THREE_AXES,
    ZERO_SHARE,
    ZEROS,
    bfloat16_error,
    describe_forms,
    time_forms,
)

SHAPE = {"streams": 2, "tokens": 64, "inner": 48, "columns": 40}


@pytest.fixture(scope="module")
def results():
    x = np.random.default_rng(1).normal(size=(2, 64, 48)).astype("float32")
    forms = product_forms.product_forms(**SHAPE)
    found = {
        name: (
            ops.convert_to_numpy(function(ops.convert_to_tensor(x), ops.convert_to_tensor(kernel))),
            kernel,
        )
        for name, (function, kernel) in forms.items()
    }
    return x, found


@pytest.mark.parametrize("name", [FLAT, THREE_AXES, PIECES, COMPILED, ZEROS, HALF])
def test_each_form_multiplies_by_its_matrix(results, name):
    x, found = results
    y, kernel = found[name]
    np.testing.assert_allclose(y.reshape(128, -1), x.reshape(128, 48) @ kernel, rtol=1e-4, atol=1e-4)


def test_four_forms_are_one_product_and_two_are_smaller(results):
    kernels = {name: kernel for name, (_y, kernel) in results[1].items()}
    for name in (THREE_AXES, PIECES, COMPILED, BFLOAT16):
        assert np.array_equal(kernels[name], kernels[FLAT])
    assert np.array_equal(kernels[HALF], kernels[FLAT][:, :20])
    is_zero = kernels[ZEROS] == 0
    assert abs(is_zero.mean() - ZERO_SHARE) < 0.03
    assert np.array_equal(kernels[ZEROS][~is_zero], kernels[FLAT][~is_zero])


def test_bfloat16_is_close_and_not_equal():
    assert 1e-4 < bfloat16_error(**SHAPE) < 0.1


def test_every_form_is_timed_beside_the_first():
    found = time_forms(num_turns=1, **SHAPE)
    assert list(found["seconds"]) == list(found["times_as_long"])
    assert len(found["seconds"]) == 7 and found["times_as_long"][FLAT] == 1.0


def test_the_table():
    lines = describe_forms(
        {"seconds": {FLAT: 0.0125, ZEROS: 0.013}, "times_as_long": {FLAT: 1.0, ZEROS: 1.04}}
    )
    assert [line.split()[-2:] for line in lines[1:]] == [["12.50", "1.00"], ["13.00", "1.04"]]
    assert len({len(line) for line in lines}) == 1
