"""Compilation on TensorFlow: the same numbers, one trace for each shape, no gradient of its own."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests.tensors import FLOAT32_TOLERANCE, random_array

if keras.backend.backend() != "tensorflow":
    pytest.skip("a form of TensorFlow's own", allow_module_level=True)

import tensorflow as tf

from mof.ops.compilation_tensorflow import YNNPACK_SWITCH, compiled, xla_is_available


def test_the_same_numbers_with_one_trace_for_each_shape():
    num_traces = []

    def function(x, y):
        num_traces.append(x.shape)
        return tf.tanh(x) * y, x + y

    fast = compiled(function)
    for shape in [(3,), (3,), (4,), (3,)]:
        x, y = random_array(shape, 0), random_array(shape, 1)
        product, total = fast(tf.constant(x), tf.constant(y))
        np.testing.assert_allclose(product, np.tanh(x) * y, *FLOAT32_TOLERANCE)
        np.testing.assert_allclose(total, x + y, *FLOAT32_TOLERANCE)
    assert len(num_traces) == 2


def test_no_gradient_passes_through():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = compiled(lambda x: x * x)(x)
    assert tape.gradient(y, x) is None


def test_without_xla_the_plain_graph_gives_the_same(monkeypatch):
    monkeypatch.setattr("mof.ops.compilation_tensorflow.xla_is_available", lambda: False)
    x = random_array((3,), 0)
    np.testing.assert_allclose(compiled(tf.tanh)(tf.constant(x)), np.tanh(x), *FLOAT32_TOLERANCE)


@pytest.mark.skipif(sys.platform != "linux", reason="builds for other systems may come without it")
def test_xla_is_there():
    xla_is_available.cache_clear()
    assert xla_is_available() is True


@pytest.mark.parametrize(
    "error", [tf.errors.UnimplementedError(None, None, "no XLA"), ValueError("no XLA in this build")]
)
def test_a_build_that_cannot_compile_is_noticed(error, monkeypatch):
    def refuse(*arguments, **options):
        raise error

    monkeypatch.setattr(tf, "function", refuse)
    xla_is_available.cache_clear()
    try:
        assert xla_is_available() is False
    finally:
        xla_is_available.cache_clear()


HANDED_ON = """
import os
from mof.ops.compilation_tensorflow import compiled
import tensorflow as tf
sums = tf.function(lambda x: tf.reduce_sum(tf.exp(x), axis=1), jit_compile=True, autograph=False)
program = sums.experimental_get_compiler_ir(tf.zeros((512, 2048)))(stage="optimized_hlo")
print(os.environ["XLA_FLAGS"], "|", "__ynn_fusion" in program)
"""


@pytest.mark.skipif(not tf.__version__.startswith("2.21."), reason="a fault of TensorFlow 2.21")
@pytest.mark.parametrize(
    ("before", "flags", "is_handed_on"),
    [
        ("", f"{YNNPACK_SWITCH}=", False),
        pytest.param(
            "--xla_cpu_max_isa=AVX2",
            f"--xla_cpu_max_isa=AVX2 {YNNPACK_SWITCH}=",
            False,
            marks=pytest.mark.slow,
        ),
        pytest.param(  # as TensorFlow does by itself
            *[f"{YNNPACK_SWITCH}=LIBRARY_FUSION_TYPE_REDUCE"] * 2, True, marks=pytest.mark.slow
        ),
    ],
)
def test_sums_are_not_handed_to_a_library_that_may_crash(before, flags, is_handed_on):
    environment = {**os.environ, "XLA_FLAGS": before}
    done = subprocess.run(
        [sys.executable, "-c", HANDED_ON], env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.strip() == f"{flags} | {is_handed_on}", done.stderr
