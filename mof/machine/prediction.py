"""From measurements to each preset: tokens a second, memory, disk, and what a number of hours buys.

What real steps were measured is told as measured; everything else is predicted, with an 80% interval. The
intervals are judgements from the spread of few measurements, no guarantee: the text of `mof doctor` says so,
and benchmarks/doctor_accuracy.py checks them. Called by `mof doctor`.
"""

import dataclasses
import math

from mof.config import Config, setting
from mof.machine.cost_model import (
    LEAST_SPREAD,
    SPREAD_OF_DTYPE,
    correction,
    interval,
    token_seconds,
)
from mof.machine.element_counts import kept_bytes
from mof.machine.measurements import PRODUCT_DTYPES
from mof.machine.parameter_counts import checkpoint_bytes, num_parameters, training_state_bytes
from mof.machine.product_counts import training_operations, update_operations
from mof.presets import PRESET_NAMES, preset

LONGEST_BATCH_TOKENS = 8 * 512  # of a training with the default settings
BATCH_TOKENS = 2048  # 8 rows of 256, the middle of the three lengths
OWN_SHAPE = "own"
CHECKPOINTS_KEPT = 3  # mof.training.checkpoint keeps so many, and one more while it writes
# 123,293 characters of the text in data/ are 86,231 tokens of the tokenizer with 8,192; other text differs
CHARACTERS_PER_TOKEN = {"bpe": 1.43, "characters": 1.0}
TOKEN_BYTES = 2  # of one id in the token cache, up to a vocabulary of 65,536
USUAL_START_BYTES, USUAL_GRAPH_BYTES = 590_000_000, 500_000_000  # of TensorFlow, where it was not measured
# a training holds more than some measured steps: looks at held-out text, other lengths' graphs, checkpoints;
# by benchmarks/doctor_accuracy.py 1.39 times for `tiny`, 1.34 for `small`, 1.15 for `full` with its one heap
MEMORY_GROWTH, ONE_HEAP_MEMORY_GROWTH = 1.36, 1.15
LEAST_MEMORY_SPREAD = 0.1  # logarithm
UNTESTED_MEMORY_SPREAD = 0.3  # logarithm; our assumption for a size when one size alone was measured


@dataclasses.dataclass(frozen=True)
class PresetPrediction(Config):
    """What one preset needs and gives on a machine; low and high bound an 80% interval."""

    preset: str = setting("tiny", "which preset; own for a shape that none has", (*PRESET_NAMES, OWN_SHAPE))
    product_dtype: str = setting("float32", "number format of the products", PRODUCT_DTYPES)
    num_parameters: int = setting(1, "numbers that training changes")
    is_measured: bool = setting(False, "real steps of this preset in this format were run; else predicted")
    tokens_per_second: float = setting(1.0, "in training, updates included")
    tokens_per_second_low: float = setting(1.0, "lower end of the interval")
    tokens_per_second_high: float = setting(1.0, "upper end of the interval")
    characters_per_token: float = setting(1.43, "of the preset's tokenizer on the text in data/")
    peak_bytes: int = setting(1, "resident memory in training with the default settings")
    peak_bytes_low: int = setting(1, "lower end of the interval")
    peak_bytes_high: int = setting(1, "upper end of the interval")
    run_disk_bytes: int = setting(1, "checkpoints of a run: three kept, a fourth being written")
    operations_per_token: float = setting(1.0, "in products, the optimiser included")

    def check(self):
        for name in ("tokens_per_second", "peak_bytes"):
            low, centre, high = (getattr(self, name + end) for end in ("_low", "", "_high"))
            if not 0 < low <= centre <= high:
                raise ValueError(
                    f"{name} {centre} lies outside its interval {low} to {high}, or is not above 0."
                )

    def tokens(self, hours):
        """(low, centre, high) tokens read in so many hours of training."""
        speeds = (self.tokens_per_second_low, self.tokens_per_second, self.tokens_per_second_high)
        return tuple(3600.0 * hours * speed for speed in speeds)

    def characters(self, hours):
        """(low, centre, high) characters read in so many hours of training."""
        return tuple(self.characters_per_token * tokens for tokens in self.tokens(hours))

    def tokens_per_parameter(self, hours):
        """Tokens read in so many hours for each number that training changes."""
        return self.tokens(hours)[1] / self.num_parameters

    def operations(self, hours):
        """Floating-point operations in products that so many hours of training do."""
        return self.operations_per_token * self.tokens(hours)[1]


def predict_presets(rates, steps, bandwidth_bytes, names=PRESET_NAMES):
    """A prediction for every preset and every format of products with rates.

    Args:
        rates: tuple of Rate. steps: tuple of StepTimes. bandwidth_bytes: of the memory, a second.
        names: presets wanted.

    Returns:
        tuple of PresetPrediction, the presets in their order, float32 before bfloat16.

    Raises:
        ValueError: nothing was measured that a prediction could start from.
    """
    dtypes = [dtype for dtype in PRODUCT_DTYPES if _has_rates(rates, dtype)]
    if not dtypes:
        raise ValueError("no rate of products was measured: give the doctor more seconds.")
    return tuple(predict(name, dtype, rates, steps, bandwidth_bytes) for name in names for dtype in dtypes)


def predict(name, product_dtype, rates, steps, bandwidth_bytes):
    """The prediction for one preset in one format; arguments and errors as `predict_presets`."""
    return predict_shape(preset(name), product_dtype, rates, steps, bandwidth_bytes)


def predict_shape(entry, product_dtype, rates, steps, bandwidth_bytes):
    """The prediction for any shape; arguments and errors as `predict_presets`.

    Args:
        entry: Preset; one that is named OWN_SHAPE was never measured itself.
    """
    name = entry.name
    config = entry.model.replace(product_dtype=product_dtype)
    own = _steps_of(steps, name, product_dtype)
    if own is not None:
        seconds = own.seconds_per_token(entry.tokens_per_update)
        spread = math.hypot(own.spread(), LEAST_SPREAD)
    else:
        modelled = _modelled_seconds(entry, config, rates, bandwidth_bytes)
        factor, spread = _time_correction(config, product_dtype, rates, steps, bandwidth_bytes)
        seconds = modelled * factor
    update = update_operations(config) / entry.tokens_per_update
    low, speed, high = interval(1.0 / seconds, spread)
    least, peak, most = _peak(config, entry.tokens_at_once or LONGEST_BATCH_TOKENS, own, steps)
    return PresetPrediction(
        preset=name,
        product_dtype=product_dtype,
        num_parameters=num_parameters(config),
        is_measured=own is not None,
        tokens_per_second=speed,
        tokens_per_second_low=low,
        tokens_per_second_high=high,
        characters_per_token=CHARACTERS_PER_TOKEN[entry.tokenizer],
        peak_bytes=peak,
        peak_bytes_low=least,
        peak_bytes_high=most,
        run_disk_bytes=(CHECKPOINTS_KEPT + 1) * checkpoint_bytes(config),
        operations_per_token=training_operations(config) + update,
    )


def _time_correction(config_wanted, product_dtype, rates, steps, bandwidth_bytes):
    """How far real steps were from the model: of this format, or of the other one and then less surely."""
    of_dtype = [s for s in steps if s.product_dtype == product_dtype]
    # two sizes in the other format say more than one in this one
    others = [s for s in steps if s.product_dtype != product_dtype and _has_rates(rates, s.product_dtype)]
    chosen, more = (
        (of_dtype, 0.0) if len(of_dtype) >= min(2, len(others)) and of_dtype else (others, SPREAD_OF_DTYPE)
    )
    logs = []
    for measured in chosen:
        entry = preset(measured.preset)
        config = entry.model.replace(product_dtype=measured.product_dtype)
        modelled = _modelled_seconds(entry, config, rates, bandwidth_bytes)
        ratio = measured.seconds_per_token(entry.tokens_per_update) / modelled
        logs.append((num_parameters(config), math.log(ratio), measured.spread()))
    factor, spread = correction(logs, num_parameters(config_wanted))
    return factor, math.hypot(spread, more)


def _modelled_seconds(entry, config, rates, bandwidth_bytes):
    """Seconds for a token of a preset's training, before any correction."""
    num_tokens = entry.tokens_per_update
    return token_seconds(config, rates, bandwidth_bytes, num_tokens, num_tokens // BATCH_TOKENS).total


def modelled_bytes(config, batch_tokens):
    """What the counts say that training takes beside the backend: weights and optimiser, and what a batch
    keeps for its gradient."""
    return training_state_bytes(config) + batch_tokens * kept_bytes(config)


def _peak(config, num_tokens, own, steps):
    """(low, centre, high) bytes in training; so many tokens are held for the gradient at most.

    What making the graphs took is measured as what the counts leave unexplained. It depends little on the
    size of the matrices, so the nearest measured size tells it for the others.
    """
    wanted = num_parameters(config)
    graph_bytes, start, spread = USUAL_GRAPH_BYTES, USUAL_START_BYTES, UNTESTED_MEMORY_SPREAD
    measured = [own] if own is not None else list(steps)
    if measured:
        nearest = min(measured, key=lambda s: abs(math.log(_size(s) / wanted)))
        start, graph_bytes = nearest.start_bytes, max(0, _unexplained_bytes(nearest))
        others = [abs(_unexplained_bytes(s) - _unexplained_bytes(nearest)) for s in measured]
        is_alone = own is None and len(measured) == 1
        apart = max(others) / (start + graph_bytes + modelled_bytes(config, num_tokens))
        spread = math.hypot(LEAST_MEMORY_SPREAD, UNTESTED_MEMORY_SPREAD if is_alone else apart)
    growth = ONE_HEAP_MEMORY_GROWTH if config.saves_memory else MEMORY_GROWTH
    variable = growth * (graph_bytes + modelled_bytes(config, num_tokens))
    return tuple(round(start + bound) for bound in interval(variable, spread))


def _unexplained_bytes(measured):
    """Resident bytes of measured steps beyond the backend's start and the counts."""
    config = preset(measured.preset).model.replace(product_dtype=measured.product_dtype)
    return measured.peak_bytes - measured.start_bytes - modelled_bytes(config, measured.held_tokens)


def _size(measured):
    return num_parameters(preset(measured.preset).model)


def _steps_of(steps, name, product_dtype):
    for measured in steps:
        if (measured.preset, measured.product_dtype) == (name, product_dtype):
            return measured
    return None


def _has_rates(rates, product_dtype):
    kinds = {rate.kind for rate in rates if rate.product_dtype == product_dtype}
    return {"product", "orthogonalize"} <= kinds and any(rate.kind == "attention" for rate in rates)
