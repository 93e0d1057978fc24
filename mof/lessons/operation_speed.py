"""A model's own operations under the roof of this machine, by how many rows (tokens) go through at once.
Chapter 11.

Each point is a graph of its own, as the engine runs it: the product with flattened rows, the chain in one
compiled piece. With few rows a point lies below both limits: starting a call takes its time too.
"""

import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.lessons.machine_rates import cores_here, product_rate
from mof.lessons.turns import medians, time_in_turns
from mof.machine.bandwidth_measurement import memory_bandwidth
from mof.machine.product_counts import TOKENS, model_products
from mof.machine.roofline import elementwise_work, product_work
from mof.ops.fusion import fused
from mof.ops.normalization import rms_normalize
from mof.ops.products import project

ROWS = (1, 8, 64, 512, 2048)
PRODUCTS = ("feed-forward: in", "router: narrow", "head")  # parts of `mof.machine.product_counts`
NORM = "a norm, in one piece"
NORM_OPERATIONS = 4.0  # for each number: square, add to the mean, multiply by the root, multiply by the scale
PEAK_SIZES = (1024, 2048)  # of the squares whose best rate is the peak


def operation_works(config):
    """What some of a model's operations ask for, by rows.

    Args:
        config: ModelConfig.

    Returns:
        dict from names to functions from a number of rows to Work.
    """
    works = {}
    for product in model_products(config):
        if product.part in PRODUCTS and product.way == TOKENS:
            inner, columns = int(product.num_inputs), int(product.num_outputs)
            name = f"{product.part}, {inner} × {columns}"
            works[name] = lambda rows, k=inner, n=columns: product_work(rows, k, n)
    width = config.width
    works[NORM] = lambda rows: elementwise_work(rows * width + width, rows * width, NORM_OPERATIONS)
    return works


def measure_operations(config, rows=ROWS, num_turns=5, seed=0):
    """The roof and the points.

    Args:
        config: ModelConfig. rows: numbers of rows. num_turns: of which the median counts.
        seed: of the random numbers.

    Returns:
        dict of JSON values: "peak" (operations a second), "bandwidth" (bytes a second), "points": dict from
        names to lists of {"rows", "intensity", "rate", "seconds"}.
    """
    random = np.random.default_rng(seed)
    actions, works = {}, operation_works(config)
    for number in rows:
        for name in works:
            actions[name, number] = _action(name, number, config, random)
    seconds = medians(time_in_turns(actions, num_turns))
    points = {name: [] for name in works}
    for (name, number), each in seconds.items():
        work = works[name](number)
        point = {"rows": number, "intensity": work.intensity, "rate": work.operations / each, "seconds": each}
        points[name].append(point)
    peak = max(product_rate(size, 0.3) for size in PEAK_SIZES)
    return {"peak": peak, "bandwidth": memory_bandwidth(cores_here()), "points": points}


def _action(name, rows, config, random):
    """A call that computes it once and waits."""
    if name == NORM:
        tensors = [_tensor(random, rows, config.width), _tensor(random, config.width)]
        function = fused(rms_normalize)
    else:
        inner, columns = (int(word) for word in name.rsplit(", ", 1)[1].split(" × "))
        tensors = [_tensor(random, rows, inner), _tensor(random, inner, columns)]
        function = project
    graph = as_graph(None, lambda *inputs: function(*inputs)[0, 0])  # nothing large leaves the graph
    return lambda: ops.convert_to_numpy(graph(*tensors))


def _tensor(random, *shape):
    return ops.convert_to_tensor(random.standard_normal(shape, "float32"))
