"""Bytes of what attention keeps, against the arrays themselves."""

import numpy as np
import pytest
from keras import ops

from mof.layers.linear_attention import LinearAttention
from mof.lessons.attention_memory import kept_bytes, memory_bytes
from mof.presets import PRESET_NAMES, preset


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_memory_bytes_are_those_of_the_layers_own_state(name):
    config = preset(name).model
    layer = LinearAttention(config.num_heads)
    layer.build((None, None, config.width))
    state = layer.initial_state(1)
    assert memory_bytes(config) == sum(ops.convert_to_numpy(part).nbytes for part in state.values())


def test_kept_bytes_are_those_of_keys_and_values():
    config = preset("nano").model
    keys = np.zeros((7, config.num_heads, config.width // config.num_heads), "float32")
    assert kept_bytes(config, 7) == 2 * keys.nbytes
