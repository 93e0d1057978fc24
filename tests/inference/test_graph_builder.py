"""Weights that do not fit the config are refused by name; names never clash."""

import numpy as np
import onnx
import pytest

from mof.inference.graph_builder import GraphBuilder, GraphError
from mof.inference.mixture import TOKENS, make_graph, why_not
from mof.training.tensor_file import TensorPlace
from tests.inference.small_models import NANO

PLACES = {"w": TensorPlace("float32", (2, 3), 80, 24)}


def test_a_weight_is_declared_where_it_lies_and_not_copied():
    b = GraphBuilder(PLACES)
    b.output("y", b.node("MatMul", b.input("x", "float32", ["B", 2]), b.weight("w", 2, 3)), "float32", None)
    (tensor,) = b.model("m").graph.initializer
    said = {entry.key: entry.value for entry in tensor.external_data}
    assert said == {"location": "weights.safetensors", "offset": "80", "length": "24"}
    assert not tensor.raw_data and not tensor.float_data


def test_equal_constants_are_stored_once():
    b = GraphBuilder({})
    assert b.value(1.0) == b.value(np.float32(1.0)) != b.value(np.array(1))


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("w", (3, 2), r"the file holds float32 \[2, 3\] for w, the config expects float32 \[3, 2\]"),
        ("v", (2,), r"the file holds nothing for v, the config expects float32 \[2\]"),
    ],
)
def test_a_weight_of_another_model_is_refused(name, shape, message):
    with pytest.raises(GraphError, match=message):
        GraphBuilder(PLACES, "the file").weight(name, *shape)


@pytest.mark.parametrize("form", TOKENS)
def test_the_graphs_pass_the_checks_of_onnx(nano_weights, form):
    model = make_graph(NANO, nano_weights.places(), form)
    file = nano_weights.path.parent / f"{form}.onnx"  # the checker looks for the weights beside it
    file.write_bytes(model.SerializeToString())
    onnx.checker.check_model(file)
    sizes = [len(tensor.raw_data) for tensor in model.graph.initializer]
    assert max(sizes) <= 4 * NANO.width  # constants alone


def test_a_config_of_other_weights_is_refused_by_name(nano_weights):
    config = NANO.replace(recurrent_width=21)
    with pytest.raises(GraphError, match="expert_0/recurrence_0/inputs/kernel, the config expects"):
        make_graph(config, nano_weights.places(), "step", "the file")


def test_a_window_has_no_graph_and_says_what_to_do(nano_weights):
    assert why_not(NANO) is None
    with pytest.raises(ValueError, match="sees a window of 8 tokens.*Use --engine tensorflow"):
        make_graph(NANO.replace(window=8), nano_weights.places(), "step")
