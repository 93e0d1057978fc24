"""From counts and rates to the seconds of a training token. Read top to bottom, it is the whole argument:

    seconds = sum over products of operations / rate        (rate: measured at that very shape)
            + bytes of element-wise work / bandwidth        (the memory decides, not the arithmetic)
            + (Newton-Schulz operations / rate + bytes of the optimiser / bandwidth) / tokens of an update

What it leaves out (starting a thousand operations, loops over time, waiting threads) makes a real step slower
by a factor. That factor is measured where real steps were run, and carried over to sizes where they were not:
`correction`. How much it differs between two measured sizes tells how far it can be trusted for a third; that
is the interval. Called by `mof.machine.prediction`. Book: chapters 01 and 11.
"""

import math
from typing import NamedTuple

from mof.machine.element_counts import moved_bytes, update_bytes
from mof.machine.parameter_counts import num_matrix_parameters, num_other_parameters
from mof.machine.product_counts import model_products, update_operations

Z_80 = 1.2816  # 80% of a normal distribution lie within so many standard deviations
UNTESTED_SPREAD = (
    0.3  # logarithm; our assumption for a size when one size alone was measured, not a measurement
)
LEAST_SPREAD = 0.05  # logarithm; a few steps do not show what an hour brings: heat, other programs
SPREAD_OF_DTYPE = (
    0.15  # logarithm; our assumption where the steps were measured with another format of products
)


class Seconds(NamedTuple):
    """Of one training token, by part: products, element-wise work, the weights' update."""

    products: float
    elements: float
    update: float

    @property
    def total(self):
        return sum(self)


class Correction(NamedTuple):
    """What real steps take over what the model says: factor, and the spread of its logarithm."""

    factor: float
    spread: float


def token_seconds(config, rates, bandwidth, tokens_per_update=4096, num_batches=2, row_length=256):
    """What the model says for one training token, before any correction.

    Args:
        config: ModelConfig; its product_dtype chooses among the rates.
        rates: list of Rate.
        bandwidth: bytes a second of the memory.
        tokens_per_update, num_batches: tokens and batches summed for one update.
        row_length: T.

    Returns:
        Seconds.

    Raises:
        ValueError: there is no rate for some kind of product.
    """
    dtype = config.product_dtype
    products = 0.0
    for p in model_products(config, row_length):
        if p.is_attention:  # the memories stay in float32 whatever the format of the other products
            rate = nearest_rate(
                rates, "attention", "float32", config.num_heads, config.width // config.num_heads
            )
        else:
            rate = nearest_rate(rates, "product", dtype, p.num_inputs, p.num_outputs)
        products += p.training_operations / rate
    muon, others = num_matrix_parameters(config), num_other_parameters(config)
    rate = nearest_rate(rates, "orthogonalize", dtype, config.width, config.recurrent_width)
    update = update_operations(config) / rate + update_bytes(muon, others, num_batches) / bandwidth
    return Seconds(products, moved_bytes(config) / bandwidth, update / tokens_per_update)


def nearest_rate(rates, kind, product_dtype, num_inputs, num_outputs):
    """The measured rate of that shape, or of the one nearest in size.

    Raises:
        ValueError: none of that kind and format was measured.
    """
    candidates = [r for r in rates if r.kind == kind and r.product_dtype == product_dtype]
    if kind == "attention":
        candidates = [r for r in rates if r.kind == kind]
    if not candidates:
        raise ValueError(
            f"no rate of kind {kind!r} with {product_dtype} products was measured: give the doctor more "
            "seconds."
        )

    def distance(rate):
        apart = (math.log(rate.num_inputs / num_inputs), math.log(rate.num_outputs / num_outputs))
        return abs(sum(apart)) + 0.1 * max(map(abs, apart))  # the size first, then the shape

    return min(candidates, key=distance).rate


def correction(logs_by_size, num_parameters):
    """The factor for a size that was not measured, from those that were.

    Args:
        logs_by_size: list of (parameters, logarithm of measured over modelled, spread of the steps).
        num_parameters: of the size in question.

    Returns:
        Correction. The nearest measured size gives the factor. Its spread joins that of the steps and the
        difference between the two nearest sizes: a step in size may change the factor as much as the last
        one did, and a longer step more. With one size, `UNTESTED_SPREAD`.

    Raises:
        ValueError: no size was measured.
    """
    if not logs_by_size:
        raise ValueError("no real training step was measured: give the doctor more seconds.")
    ordered = sorted(logs_by_size, key=lambda entry: abs(math.log(entry[0] / num_parameters)))
    nearest_size, log_factor, of_steps = ordered[0]
    further = [entry for entry in ordered[1:] if entry[0] != nearest_size]
    between = UNTESTED_SPREAD
    if further:
        second_size, second_log, _ = further[0]
        here = abs(math.log(nearest_size / num_parameters))
        step = abs(math.log(second_size / nearest_size))
        between = abs(log_factor - second_log) * max(1.0, here / step)
    return Correction(math.exp(log_factor), math.hypot(of_steps, between, LEAST_SPREAD))


def interval(centre, spread):
    """(low, centre, high): an 80% interval around a quantity whose logarithm has that standard deviation."""
    factor = math.exp(Z_80 * spread)
    return centre / factor, centre, centre * factor
