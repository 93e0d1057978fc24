"""How fast products are here, at the shapes that the presets really use, in a process of its own.

    python -m mof.machine.rate_measurement --seconds 15

Each finding is printed at once as a line of JSON. A rate is the counted operations of a product and of its
two gradients over the time of all three: the fastest of a few tries, and the spread between the tries. Called
by `mof.machine.measuring`.
"""

import argparse
import json
import sys
import time

import numpy as np

NUM_ROWS = 2048  # tokens of a batch
FEWEST_TRIES, MOST_TRIES, SECONDS_A_SHAPE = 3, 20, 0.12
FEWEST_SHAPES = 3  # attention, orthogonalize, one product: with fewer there is no forecast at all
PRESETS_IN_ORDER = ("small", "full", "tiny")


def measure_rates(num_seconds, tell):
    """Time every shape until the seconds are over: float32 first, and the shapes of `small` first of all.

    Args:
        num_seconds: after these no further shape is started, but for the first FEWEST_SHAPES: a cold start of
            TensorFlow alone may take longer.
        tell: called with {"event": "rate", and the fields of `mof.machine.measurements.Rate`}.
    """
    deadline = time.perf_counter() + num_seconds
    from mof.cli.backend import start_backend

    start_backend()
    seen = set()
    for dtype in ("float32", "bfloat16"):
        for name in PRESETS_IN_ORDER:
            for case in _cases(name, dtype):
                key = (case.kind, dtype, case.num_inputs, case.num_outputs)
                if key in seen:
                    continue
                seen.add(key)
                if len(seen) > FEWEST_SHAPES and time.perf_counter() > deadline:
                    return
                fastest, slowest = _time(case)
                tell(
                    {
                        "event": "rate",
                        "kind": case.kind,
                        "product_dtype": dtype,
                        "num_inputs": case.num_inputs,
                        "num_outputs": case.num_outputs,
                        "rate": case.operations / fastest,
                        "slowest_rate": case.operations / slowest,
                    }
                )


class _Case:
    """A graph to time: `call()` runs it once and waits, `operations` are counted."""

    def __init__(self, kind, num_inputs, num_outputs, operations, function, arguments):
        self.kind, self.num_inputs, self.num_outputs = kind, num_inputs, num_outputs
        self.operations = operations
        self._function, self._arguments = function, arguments

    def call(self):
        np.asarray(self._function(*self._arguments))


def _cases(name, dtype):
    from mof.machine.product_counts import model_products
    from mof.presets import preset

    config = preset(name).model
    products = [p for p in model_products(config) if not p.is_attention and p.part.split(":")[0] != "router"]
    if dtype == "float32":  # whatever the format of the other products
        yield _attention_case(config)
    yield _orthogonalize_case(config.width, config.recurrent_width, dtype)
    for product in sorted(products, key=lambda p: -p.forward_operations):
        yield _product_case(int(product.num_inputs), int(product.num_outputs), dtype)


def _product_case(num_inputs, num_outputs, dtype):
    from keras import ops

    from mof.execution import as_graph
    from mof.ops.products import project

    def product_and_gradients(x, kernel, slope):
        y = project(x, kernel, None, dtype, dtype)
        to_x = project(slope, ops.transpose(kernel), None, dtype)
        to_kernel = project(ops.transpose(x), slope, None, dtype)
        return ops.cast(y[0, 0], "float32") + to_x[0, 0] + to_kernel[0, 0]  # nothing large leaves the graph

    x, kernel, slope = _random((NUM_ROWS, num_inputs), (num_inputs, num_outputs), (NUM_ROWS, num_outputs))
    graph = as_graph(None, product_and_gradients)
    operations = 6.0 * NUM_ROWS * num_inputs * num_outputs
    return _Case("product", num_inputs, num_outputs, operations, graph, (x, kernel, slope))


def _attention_case(config):
    """The memory's products inside and between chunks, forward; rates of small products in batches."""
    from keras import ops

    from mof.execution import as_graph
    from mof.ops.linear_attention import ChunkOperands, chunk_products, linear_attention_memory

    heads, key_width, chunk = config.num_heads, config.width // config.num_heads, config.chunk_length
    batch_size, row_length = 8, NUM_ROWS // 8
    num_chunks = row_length // chunk
    place = (batch_size, heads, num_chunks, chunk)
    q, k, v = _random(*[(*place, key_width)] * 3)
    visible, carry = _random((1, 1, num_chunks, chunk, chunk), (1, heads, num_chunks + 1, num_chunks + 1))

    def attend(q, k, v, visible, carry):
        memory = linear_attention_memory(batch_size, heads, key_width, key_width)
        y, _, _ = chunk_products(ChunkOperands(q, k, q, k, v, visible, carry), memory)
        return ops.sum(y)

    a_head = 4.0 * chunk * key_width + 4.0 * key_width**2
    a_head += 2.0 * (num_chunks + 1) ** 2 / row_length * key_width**2
    graph = as_graph(None, attend)
    return _Case("attention", heads, key_width, NUM_ROWS * heads * a_head, graph, (q, k, v, visible, carry))


def _orthogonalize_case(num_rows, num_columns, dtype):
    from keras import ops

    from mof.execution import as_graph
    from mof.machine.product_counts import orthogonalization_operations
    from mof.training.optimizer import orthogonalize

    graph = as_graph(None, lambda matrix: ops.sum(orthogonalize(matrix, dtype)))
    operations = orthogonalization_operations(num_rows, num_columns)
    return _Case("orthogonalize", num_rows, num_columns, operations, graph, _random((num_rows, num_columns)))


def _random(*shapes):
    from keras import ops

    random = np.random.default_rng(0)
    return [ops.convert_to_tensor(random.standard_normal(shape, "float32")) for shape in shapes]


def _time(case):
    """(seconds of the fastest, seconds of the slowest) of a few tries; the first one, which traces, apart."""
    case.call()
    seconds, start = [], time.perf_counter()
    while len(seconds) < FEWEST_TRIES or (
        len(seconds) < MOST_TRIES and time.perf_counter() - start < SECONDS_A_SHAPE
    ):
        since = time.perf_counter()
        case.call()
        seconds.append(time.perf_counter() - since)
    return min(seconds), max(seconds)


def main(arguments=None):
    """Measure all, a line of JSON a rate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args(arguments)
    measure_rates(options.seconds, lambda finding: print(json.dumps(finding), flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
