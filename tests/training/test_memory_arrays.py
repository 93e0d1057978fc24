"""Nested memory as flat arrays and back."""

import re

import keras
import numpy as np
import pytest

from mof.training.memory_arrays import flatten_state, unflatten_state
from tests.tensors import random_array
from tests.training.small_run import numbers

STATE = {
    "expert_0": {"hidden": random_array((2, 3), 0), "layers": {"0": random_array((2, 4, 5), 1)}},
    "router": np.arange(2, dtype="int32"),
}


def test_names_are_paths():
    flat = flatten_state(STATE)
    assert list(flat) == ["expert_0/hidden", "expert_0/layers/0", "router"]
    assert flat["router"].dtype == np.int32


def test_goes_there_and_back():
    like = keras.tree.map_structure(lambda x: keras.ops.zeros(x.shape, x.dtype), STATE)
    back = unflatten_state(flatten_state(STATE), like)
    keras.tree.assert_same_structure(back, STATE)
    assert numbers(back) == numbers(STATE)
    assert [x.dtype for x in flatten_state(back).values()] == [x.dtype for x in flatten_state(STATE).values()]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"router": np.zeros(3, "int32")},
            "the stored memory router has shape (3,), this model expects (2,)",
        ),
        ({"router": None}, "the stored memory router has shape nothing, this model expects (2,)"),
    ],
)
def test_refuses_the_memory_of_another_model(change, message):
    flat = {name: x for name, x in {**flatten_state(STATE), **change}.items() if x is not None}
    with pytest.raises(ValueError, match=re.escape(message)):
        unflatten_state(flat, STATE)
