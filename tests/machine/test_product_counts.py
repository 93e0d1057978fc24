"""Counted operations and parameters against the model itself, and against naive loops."""

import dataclasses
import math

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.config import ModelConfig
from mof.machine.parameter_counts import (
    checkpoint_bytes,
    num_matrix_parameters,
    num_other_parameters,
    num_parameters,
    training_state_bytes,
)
from mof.machine.product_counts import (
    NEWTON_SCHULZ_STEPS,
    forward_operations,
    model_products,
    orthogonalization_operations,
    training_operations,
    update_operations,
)
from mof.presets import PRESET_NAMES, preset
from mof.training.config import TrainingConfig

NANO = preset("nano").model
VARIANTS = {
    "nano": {},
    "true GRU": {"recurrence": "gru", "router_recurrence": "gru"},
    "no gates": {"recurrent_output_gate": False, "attention_output_gate": False},
    "no thought, fixed decay": {"thought_width": 0, "attention_decay": "fixed"},
    "learned decay and positions": {"attention_decay": "learned", "position": "learned", "num_positions": 32},
    "sines, no decay": {"position": "sinusoidal", "attention_decay": "none"},
    "one expert": {"experts": ("transformer",)},
    "three experts": {"experts": ("recurrent", "transformer", "recurrent"), "recurrent_layers": 2},
    "no embedding residual": {"recurrent_layers": 3, "embedding_residual": 0.0},
    "window": {"window": 5, "chunk_length": 8},
}


@pytest.fixture(params=VARIANTS, scope="module")
def built(request):
    """(config, model) of each variant."""
    from mof.model import MixtureLanguageModel

    config = NANO.replace(**VARIANTS[request.param])
    return config, MixtureLanguageModel(config)


# README.md prints these, from the built models
@pytest.mark.parametrize(
    ("name", "expected"),
    [("nano", 179_884), ("tiny", 5_880_359), ("small", 26_835_769), ("full", 83_365_496)],
)
def test_parameters_of_the_presets(name, expected):
    assert num_parameters(preset(name).model) == expected


def test_parameters_are_those_of_the_built_model(built):
    config, model = built
    assert num_parameters(config) == model.num_parameters()


def test_matrices_are_those_that_muon_trains_and_the_bytes_those_of_its_slots(built):
    from mof.training.parameters import plan_parameters

    config, model = built
    plans = plan_parameters(model, TrainingConfig())
    sizes = [math.prod(variable.shape) for variable in model.trainable_variables]
    muon = sum(size for size, plan in zip(sizes, plans, strict=True) if plan.is_muon)
    slots = sum(size * len(plan.slot_names) for size, plan in zip(sizes, plans, strict=True))
    assert num_matrix_parameters(config) == muon
    assert num_other_parameters(config) == sum(sizes) - muon
    assert checkpoint_bytes(config) == 4 * (sum(sizes) + slots)
    assert training_state_bytes(config) == 4 * (3 * sum(sizes) + slots)


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
    import numpy as np
    import tensorflow as tf

    from mof.model import MixtureLanguageModel

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


def test_adamw_keeps_two_numbers_beside_each_weight():
    assert checkpoint_bytes(NANO, "adamw") == 4 * 3 * num_parameters(NANO)


def test_presets_grow():
    sizes = [preset(name).model for name in PRESET_NAMES]
    for count in (
        num_parameters,
        forward_operations,
        training_operations,
        update_operations,
        checkpoint_bytes,
    ):
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
    for count in (num_parameters, training_operations, update_operations, training_state_bytes):
        assert count(larger) > count(config)
