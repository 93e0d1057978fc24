"""An ONNX graph written node by node: names, constants, and weights that stay in their file.

A weight is not copied into the graph. It is declared with the place where its numbers lie in the weights'
safetensors file, which is what ONNX calls external data. Source: the ONNX specification, "External data".
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 23  # the first with RMSNormalization
IR_VERSION = 11  # of the file format that came with it
MICROSOFT = "com.microsoft"  # onnxruntime's own operators, for products with int8 weights
BEFORE, AFTER = "before/", "after/"  # the memory's names, as inputs and as outputs
WEIGHTS_NAME = "weights.safetensors"  # beside the graph's file, or in the folder that the session is told

_TYPES = {
    "float32": TensorProto.FLOAT,
    "int64": TensorProto.INT64,
    "uint8": TensorProto.UINT8,
    "bool": TensorProto.BOOL,
}


class GraphError(ValueError):
    """Weights that do not fit the config; the message says what came and what was expected."""


class GraphBuilder:
    """Collects the nodes of one graph.

    A value is a str, the name of a tensor in the graph; where a value is expected, a Python number stands
    for a float32 constant and a NumPy array for itself.

    Args:
        places: dict from names of weights to `TensorPlace`, as `StoredTensors.places` gives them.
        source: what the weights are called in messages.
    """

    def __init__(self, places, source="the weights file"):
        self.places = places
        self.source = source
        self._nodes, self._inputs, self._outputs = [], [], []
        self._given_out = {}  # values whose name in the finished graph is that of an output
        # these three are shared with the bodies of loops, so that no name comes twice
        self._initializers, self._constants, self._count = {}, {}, [0]

    def node(self, operator, *inputs, num_outputs=1, domain="", **attributes):
        """Add a node; returns the name of its output, or a list of names where there are several."""
        names = [self.value(x) for x in inputs]
        outputs = [self._new_name(operator) for _ in range(num_outputs)]
        self._nodes.append(helper.make_node(operator, names, outputs, domain=domain, **attributes))
        return outputs[0] if num_outputs == 1 else outputs

    def cast(self, x, dtype):
        """x as another type, by its NumPy name."""
        return self.node("Cast", x, to=_TYPES[dtype])

    def value(self, x):
        """The name of x: itself, or that of a constant."""
        if isinstance(x, str):
            return x
        array = np.asarray(x, np.float32) if isinstance(x, int | float) else np.asarray(x)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = self._constants[key] = self._new_name("constant")
            self._initializers[name] = numpy_helper.from_array(array, name)
        return self._constants[key]

    def has_weight(self, name):
        """True if the weights hold this name."""
        return name in self.places

    def weight(self, name, *shape, dtype="float32"):
        """Declare a weight of this shape; returns its name.

        Raises:
            GraphError: the weights hold none of this name, shape and dtype.
        """
        place = self.places.get(name)
        came = "nothing" if place is None else f"{place.dtype} {list(place.shape)}"
        if place is None or tuple(place.shape) != shape or place.dtype != dtype:
            raise GraphError(
                f"{self.source} holds {came} for {name}, the config expects {dtype} {list(shape)}: the "
                "weights belong to a model of another config. Put the files back that were written together."
            )
        if name not in self._initializers:
            tensor = TensorProto(name=name, data_type=_TYPES[dtype], dims=shape)
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (
                ("location", WEIGHTS_NAME),
                ("offset", place.offset),
                ("length", place.num_bytes),
            ):
                tensor.external_data.add(key=key, value=str(value))
            self._initializers[name] = tensor
        return name

    def input(self, name, dtype, shape):
        """Declare an input; str in `shape` are axes of any length. Returns its name."""
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[dtype], shape))
        return name

    def output(self, name, value, dtype, shape):
        """Give `value` out under this name."""
        if value in self._given_out or not any(value in node.output for node in self._nodes):
            value = self.node("Identity", value)  # an input, a constant, or what has another name already
        self._given_out[value] = name
        self._outputs.append(helper.make_tensor_value_info(name, _TYPES[dtype], shape))

    def before(self, name, *shape):
        """Declare a part of the memory, [B, *shape] float32; returns its value before the tokens."""
        return self.input(f"{BEFORE}{name}", "float32", ["B", *shape])

    def after(self, name, value, *shape):
        """Give out that part of the memory as it is after the tokens."""
        self.output(f"{AFTER}{name}", value, "float32", ["B", *shape])

    def scan(self, advance, state, inputs):
        """A loop over time: state_t = advance(body, state_{t-1}, inputs_t).

        Args:
            advance: function of the GraphBuilder of the loop's body, the state's name and a list with the
                names of the inputs of one token; returns the new state's name. It may use values of the
                graph outside.
            state: [B, R] float32, the state before the first token.
            inputs: list of [B, T, ...] float32.

        Returns:
            (states [B, T, R] after every token, state [B, R] after the last).
        """
        body = GraphBuilder(self.places, self.source)
        body._initializers, body._constants, body._count = self._initializers, self._constants, self._count
        before = body.input(self._new_name("state"), "float32", None)
        tokens = [body.input(self._new_name("token"), "float32", None) for _ in inputs]
        after = advance(body, before, tokens)
        for kind in ("state_after", "state_to_keep"):
            body.output(self._new_name(kind), after, "float32", None)
        graph = helper.make_graph(body._finished_nodes(), self._new_name("body"), body._inputs, body._outputs)
        last, states = self.node(
            "Scan",
            state,
            *inputs,
            num_outputs=2,
            body=graph,
            num_scan_inputs=len(inputs),
            scan_input_axes=[1] * len(inputs),
            scan_output_axes=[1],
        )
        return states, last

    def model(self, name):
        """The graph as an onnx.ModelProto."""
        graph = helper.make_graph(
            self._finished_nodes(), name, self._inputs, self._outputs, list(self._initializers.values())
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="mof")

    def _finished_nodes(self):
        """The nodes with the outputs' names in place: to copy a memory into its output takes time."""
        for node in self._nodes:
            node.input[:] = [self._given_out.get(name, name) for name in node.input]
            node.output[:] = [self._given_out.get(name, name) for name in node.output]
        return self._nodes

    def _new_name(self, kind):
        self._count[0] += 1
        return f"{kind}_{self._count[0]}"
