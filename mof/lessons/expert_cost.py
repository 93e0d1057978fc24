"""What each expert costs: operations a token, counted, and seconds, measured. Chapter 08."""

import time

import numpy as np

from mof.execution import as_graph
from mof.machine.product_counts import model_products
from mof.model import make_expert

OF_THE_TRANSFORMER = ("attention", "thought space", "feed-forward")
NAMES = {"recurrent": "RNN expert", "transformer": "Transformer expert"}
RUNS = 3  # the quickest counts: what else a machine does only makes it slower


def operations_by_part(config, row_length=256):
    """Operations of a token forward, in matrix products.

    Args:
        config: ModelConfig. row_length: tokens of a row.

    Returns:
        dict from "RNN expert", "Transformer expert", "router", "output and head" to floats; an expert that
        the config does not have is left out.
    """
    totals = {}
    for product in model_products(config, row_length):
        part = product.part.split(":")[0]
        if part == "recurrent":
            name = NAMES["recurrent"]
        elif part in OF_THE_TRANSFORMER:
            name = NAMES["transformer"]
        else:
            name = "router" if part == "router" else "output and head"
        totals[name] = totals.get(name, 0.0) + product.forward_operations
    return totals


def reading_seconds(config, num_tokens, seed=0):
    """How long each expert takes to read one text, measured now.

    Args:
        config: ModelConfig. num_tokens: of random vectors, at least 2; half a text is read too. seed: int.

    Returns:
        dict from "RNN expert" and "Transformer expert" to (seconds for the text, seconds for half of it).
    """
    x = np.random.default_rng(seed).normal(size=(1, num_tokens, config.width)).astype("float32")
    found = {}
    for kind in dict.fromkeys(config.experts):
        expert = make_expert(kind, config, seed)
        expert.build((None, None, config.width))
        read = as_graph(expert, lambda x, expert=expert: expert(x)[0])
        found[NAMES[kind]] = tuple(_quickest(read, part) for part in (x, x[:, : num_tokens // 2]))
    return found


def _quickest(read, x):
    read(x)  # the graph is made
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        np.asarray(read(x))
        seconds.append(time.perf_counter() - start)
    return min(seconds)
