"""Counted products against those that a model really computes, naive loops, and numbers worked by hand."""

import dataclasses
import math

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.config import ModelConfig
from mof.machine.product_counts import (
    NEWTON_SCHULZ_STEPS,
    BatchProduct,
    forward_operations,
    forward_products,
    model_products,
    orthogonalization_operations,
    training_flops,
    training_operations,
    update_operations,
)
from mof.model import MixtureLanguageModel
from mof.presets import PRESET_NAMES, preset

NANO = preset("nano").model
BATCH_SIZE, NUM_TOKENS = 2, 12
SMALL = ModelConfig(
    vocabulary_size=40,
    width=8,
    recurrent_width=6,
    transformer_layers=2,
    num_heads=2,
    feed_forward_width=10,
    thought_width=3,
    router_width=5,
    chunk_length=3,
)


def computed_flops(config, monkeypatch):
    """Run a forward pass operation by operation and add up all products that are no running sums.

    A product by a square of chunks + 1 (the carried memories), with inner or outer width 1 (the mean's
    attention, in which keys are 1), by a triangle of ones (running sums) or by a row or column of one number
    (a norm's mean, and its way back to the row) is not the model's.
    """
    model = MixtureLanguageModel(config)
    plain_matmul, total = keras.ops.matmul, []
    num_chunks = -(-NUM_TOKENS // config.chunk_length)

    def matmul(left, right):
        (*batch, rows, inner), columns = left.shape, right.shape[-1]
        is_triangle = inner == columns and np.array_equal(right, np.triu(np.ones_like(right)))
        is_carry = rows == inner == num_chunks + 1
        is_mean = len(left.shape) == 5 and left.shape[1] == 1
        is_row_mean = 1 in (inner, columns) and len(np.unique(right)) == 1
        if not (is_triangle or is_carry or is_mean or is_row_mean):
            total.append(2 * int(np.prod(batch or [1])) * rows * inner * columns)
        return plain_matmul(left, right)

    monkeypatch.setattr(keras.ops, "matmul", matmul)
    model(np.ones((BATCH_SIZE, NUM_TOKENS), "int32"))
    return sum(total)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"experts": ("recurrent",), "recurrent_layers": 3},
        {"experts": ("transformer",), "thought_width": 0, "attention_decay": "none"},
        {"recurrence": "gru", "router_recurrence": "gru", "recurrent_output_gate": False},
        {"attention_output_gate": False, "chunk_length": 5},
        {"experts": ("recurrent", "transformer", "transformer"), "chunk_length": 64},
    ],
    ids=str,
)
def test_the_count_is_what_a_model_computes(changes, monkeypatch):
    config = SMALL.replace(**changes)
    counted = sum(product.flops for product in forward_products(config, BATCH_SIZE, NUM_TOKENS))
    assert counted == computed_flops(config, monkeypatch)


def test_a_step_by_hand():
    config = SMALL.replace(experts=("recurrent",), recurrent_layers=1)
    # per token: 8 x 18 in, 6 x 8 out, 8 x 8 projection, 8 x 40 head; twice for an addition, thrice for a step
    assert training_flops(config, 1, 1) == 6 * (8 * 18 + 6 * 8 + 8 * 8 + 8 * 40)


def test_a_product_counts_multiplications_and_additions():
    assert BatchProduct("x", 5, 2, 3, 4).flops == 240


def test_a_window_is_refused():
    with pytest.raises(ValueError, match="window is 4, expected 0"):
        forward_products(SMALL.replace(window=4), 1, 8)


@pytest.mark.parametrize("recompute", [False, True])
def test_a_batch_is_its_tokens_without_running_sums_and_what_is_done_again(recompute):
    config = SMALL.replace(recompute=recompute, recurrence="gru")
    shared = [p for p in model_products(config, NUM_TOKENS) if not p.is_running_sum]
    a_token = 3 * sum(p.forward_operations for p in shared)
    assert training_flops(config, BATCH_SIZE, NUM_TOKENS) == BATCH_SIZE * NUM_TOKENS * a_token
    assert training_operations(config, NUM_TOKENS) > a_token


def test_operations_are_two_a_weight_and_those_of_attention(built):
    """Each weight of a matrix is multiplied and added once a token; the memories are counted by loops."""
    from mof.layers.projection import Projection

    config, model = built
    kernels = [layer.kernel for layer in model._flatten_layers() if isinstance(layer, Projection)]
    weights = sum(math.prod(kernel.shape) for kernel in kernels) + config.vocabulary_size * config.width
    for variable in model.trainable_variables:
        if variable.path.endswith("recurrent_kernel"):
            weights += math.prod(variable.shape)
    row_length = 3 * config.chunk_length
    expected = 2 * weights + naive_memory_operations(config, row_length) / row_length
    assert forward_operations(config, row_length) == pytest.approx(expected, rel=1e-9)
    assert training_operations(config, row_length) == pytest.approx(3 * expected, rel=1e-9)


def naive_memory_operations(config, row_length):
    """Operations of all memories over one row, product by product, chunk by chunk."""
    chunk, total = config.chunk_length, 0
    num_transformers = config.experts.count("transformer")
    heads = [(config.num_heads, config.width // config.num_heads, config.width // config.num_heads)]
    heads += [(1, 1, config.width)] if config.thought_width else []
    for num_heads, key, value in heads * config.transformer_layers * num_transformers:
        for _ in range(num_heads):
            places = 1
            for _ in range(row_length // chunk):
                if config.window:
                    seen = chunk + config.window - 1
                    total += product(chunk, key, seen) + product(chunk, seen, value)
                    continue
                total += product(chunk, key, chunk) + product(chunk, chunk, value)  # scores, then values
                total += product(key, chunk, value)  # what the chunk leaves
                total += product(chunk, key, value)  # what its tokens read of the past
                places += 1
            if not config.window:
                total += product(places, places, key * value)  # from all borders to all borders
    return total


def product(rows, inner, columns):
    """Operations of [rows, inner] by [inner, columns]."""
    return 2 * rows * inner * columns


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="reads a TensorFlow graph")
def test_operations_are_those_of_the_traced_graph():
    """Every MatMul in the forward graph, compiled pieces included; the count leaves out the sums over
    triangles, and the graph holds one more of those a memory."""
    import tensorflow as tf

    config = NANO.replace(width=128, feed_forward_width=256, recurrent_width=192, chunk_length=16)
    model, num_tokens = MixtureLanguageModel(config), 64
    ids = tf.constant(np.zeros((1, num_tokens), "int32"))
    graph = tf.function(lambda x: model.token_nats(x, x)[0], autograph=False).get_concrete_function(ids).graph
    counted = num_tokens * forward_operations(config, num_tokens)
    assert graph_operations(graph) == pytest.approx(counted, rel=0.02)


def graph_operations(graph):
    """Operations in products of a graph and of the functions that it calls."""
    total = 0
    for operation in graph.get_operations():
        if operation.type in ("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"):
            result, left = operation.outputs[0].shape, operation.inputs[0].shape
            is_turned = operation.type == "MatMul" and operation.get_attr("transpose_a")
            if operation.type != "MatMul":
                is_turned = operation.get_attr("adj_x")
            total += 2 * math.prod(result) * left[-2 if is_turned else -1]
        elif operation.type in ("PartitionedCall", "StatefulPartitionedCall"):
            name = operation.get_attr("f").name
            total += graph_operations(_function_graph(graph, name))
    return total


def _function_graph(graph, name):
    while graph is not None:
        for candidate in (name, name.encode()):
            found = getattr(graph, "_functions", {}).get(candidate)
            if found is not None:
                return found.graph
        graph = getattr(graph, "outer_graph", None)
    raise AssertionError(f"no function {name} in the graph")


def test_recomputation_repeats_the_memories_alone():
    plain, again = training_operations(NANO), training_operations(NANO.replace(recompute=True))
    memories = sum(p.forward_operations for p in model_products(NANO) if p.is_attention)
    assert again == pytest.approx(plain + memories)


def test_an_update_by_hand():
    # 2 x 3: X X^T is 2 x 2 of inner 3 (24), its square 2 x 2 of inner 2 (16), their product with X (24)
    assert orthogonalization_operations(2, 3) == NEWTON_SCHULZ_STEPS * 64
    assert orthogonalization_operations(3, 2) == orthogonalization_operations(2, 3)


def test_newton_schulz_steps_are_those_of_the_optimizer():
    from mof.training.optimizer import ORTHOGONALIZE_STEPS

    assert NEWTON_SCHULZ_STEPS == ORTHOGONALIZE_STEPS


def test_adamw_has_no_products():
    assert update_operations(NANO, "adamw") == 0.0 < update_operations(NANO)


def test_presets_grow():
    sizes = [preset(name).model for name in PRESET_NAMES]
    for count in (forward_operations, training_operations, update_operations):
        values = [count(config) for config in sizes]
        assert values == sorted(values) and len(set(values)) == len(values)


@given(
    st.sampled_from(
        ["width", "recurrent_width", "transformer_layers", "feed_forward_width", "recurrent_layers"]
    )
)
def test_a_larger_field_costs_more(field):
    config = ModelConfig()
    larger = dataclasses.replace(config, **{field: 2 * getattr(config, field)})
    for count in (training_operations, update_operations):
        assert count(larger) > count(config)
