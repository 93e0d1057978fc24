"""What was measured, as frozen records with JSON in both directions; no measuring happens here.

Written by `mof.machine.measuring`, read by the cost model and the report.
"""

import dataclasses
import math

from mof.config import Config, setting

PRODUCT_DTYPES = ("float32", "bfloat16")
RATE_KINDS = ("product", "attention", "orthogonalize")


@dataclasses.dataclass(frozen=True)
class Rate(Config):
    """How fast one shape of product ran."""

    kind: str = setting("product", "what was timed", RATE_KINDS)
    product_dtype: str = setting("float32", "number format of the products", PRODUCT_DTYPES)
    num_inputs: int = setting(1, "rows of the matrix; for attention its heads")
    num_outputs: int = setting(1, "columns of the matrix; for attention the width of a head")
    rate: float = setting(1.0, "operations a second of the fastest try")
    slowest_rate: float = setting(1.0, "of the slowest try")

    def check(self):
        if not 0 < self.slowest_rate <= self.rate:
            raise ValueError(
                f"slowest_rate {self.slowest_rate} and rate {self.rate}: expected 0 < slowest <= rate."
            )


@dataclasses.dataclass(frozen=True)
class StepTimes(Config):
    """Real training steps of one preset with one format of products."""

    preset: str = setting("tiny", "which preset was trained")
    product_dtype: str = setting("float32", "number format of the products", PRODUCT_DTYPES)
    batch_tokens: int = setting(2048, "tokens of a batch")
    row_length: int = setting(256, "tokens of a row")
    group_tokens: int = setting(0, "tokens held for the gradient at once; 0 is the whole batch")
    batch_seconds: tuple[float, ...] = setting((), "of each batch, forward and backward")
    update_seconds: tuple[float, ...] = setting((), "of each update of the weights")
    graph_seconds: float = setting(
        0.0, "to make the graphs, once for each length of row and once for the update"
    )
    start_bytes: int = setting(0, "resident memory with the backend started and nothing else")
    peak_bytes: int = setting(0, "largest resident memory while training")

    def check(self):
        if not self.batch_seconds or not self.update_seconds:
            raise ValueError(
                "batch_seconds or update_seconds is empty, expected at least one measured step of each."
            )
        if min(*self.batch_seconds, *self.update_seconds) <= 0:
            raise ValueError("a step took no time at all, expected seconds above 0.")

    @property
    def held_tokens(self):
        """Tokens that were held for the gradient at once."""
        return self.group_tokens or self.batch_tokens

    def seconds_per_token(self, tokens_per_update):
        """Of training, the update of the weights included, by the median step.

        Args:
            tokens_per_update: tokens whose gradients are summed before an update.
        """
        return (
            _median(self.batch_seconds) / self.batch_tokens + _median(self.update_seconds) / tokens_per_update
        )

    def spread(self):
        """Standard deviation of the logarithm of the batches' seconds, robustly: 0.74 times the distance of
        the quartiles; 0 with fewer than three."""
        if len(self.batch_seconds) < 3:
            return 0.0
        logs = sorted(math.log(seconds) for seconds in self.batch_seconds)
        return 0.7413 * (_quantile(logs, 0.75) - _quantile(logs, 0.25))


@dataclasses.dataclass(frozen=True)
class Bandwidths(Config):
    """How fast memory and disk are."""

    memory_bytes_per_second: float = setting(
        1e10, "of a copy or a triad over arrays larger than any cache, by NumPy"
    )
    disk_bytes_per_second: float = setting(1e8, "written and forced to the disk")

    def check(self):
        if min(self.memory_bytes_per_second, self.disk_bytes_per_second) <= 0:
            raise ValueError("a bandwidth is 0 or less, expected bytes a second above 0.")


def _median(values):
    return _quantile(sorted(values), 0.5)


def _quantile(ordered, share):
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
