"""The numbers that chapter 01 reckons with: what was recorded, what the article says, what others report.

Nothing is measured here. Recorded figures are read from `benchmarks/`, each with its command; what somebody
else says stands in a named constant with its source.
"""

import json
from typing import NamedTuple

from mof.lessons.records import ROOT
from mof.machine.element_counts import kept_bytes
from mof.machine.parameter_counts import (
    FLOAT32_BYTES,
    num_matrix_parameters,
    num_other_parameters,
    num_parameters,
)
from mof.machine.product_counts import training_operations
from mof.presets import preset

HOUR_RUN = ROOT / "benchmarks" / "results" / "hour_run.json"
PEAK_MEMORY = ROOT / "benchmarks" / "results" / "peak_memory.json"
STORED_PEER = ROOT / "benchmarks" / "peers" / "xiaothink_stored.json"
TRAINING_SPEED = ROOT / "benchmarks" / "results" / "training_speed.json"


class Article(NamedTuple):
    """What the MoF article says of its training, in its sections 资源消耗 and 技术民主化的实践意义."""

    parameters: float = 80e6  # 总参数量:0.08B(80 million)
    pretraining_bytes: float = 0.1e9  # 0.1GB预训练
    finetuning_bytes: float = 0.2e9  # 0.2GB微调
    hours: float = 96.0  # 96小时(连续4天)
    peak_bytes: float = 4e9  # 峰值内存:< 4GB


ARTICLE = Article()
# xiaothink 1.0.5 with a vocabulary of 8,000: all parameters, and those that only a look-up reads, its tables
# of tokens and of positions
PUBLISHED_PARAMETERS, PUBLISHED_TABLES = 82_673_953, 4_096_000 + 2_097_152


class RentedTraining(NamedTuple):
    """A training on rented GPUs as its makers tell it: the README of nanochat, January 2026,
    commit 007f322: "total_training_flops 4.330784131228946e+19", "total_training_time 10949.46713", "8XH100",
    "~$24/hour"."""

    operations: float = 4.330784131228946e19
    seconds: float = 10949.46713
    num_gpus: int = 8
    price_an_hour: float = 24.0

    @property
    def rate(self):
        """Operations a second of one GPU, by their own count."""
        return self.operations / self.seconds / self.num_gpus


NANOCHAT = RentedTraining()


class RecordedHour(NamedTuple):
    """An hour of training `tiny` on a quiet machine. rate: operations a second for its tokens, without what
    updates take. note: for a caption."""

    num_parameters: int
    tokens: int
    seconds: float
    rate: float
    note: str

    @property
    def tokens_per_second(self):
        return self.tokens / self.seconds


def recorded_hour(path=HOUR_RUN):
    """The stored hour (benchmarks/judge_run.py tells its command).

    Returns:
        RecordedHour.

    Raises:
        FileNotFoundError: the file is gone.
    """
    stored = _read(path)
    speed = stored["tokens_read"] / stored["training_seconds"]
    machine = stored["machine"]
    note = f"recorded {stored['date']} on {machine['processor']}, {machine['cores']} cores"
    return RecordedHour(
        num_parameters=stored["parameters"],
        tokens=stored["tokens_read"],
        seconds=stored["training_seconds"],
        rate=speed * operations_per_token(stored["preset"]),
        note=note,
    )


def recorded_peak(name="full", path=PEAK_MEMORY):
    """Bytes at the peak of training a preset with float32 products, or None where it was not recorded."""
    stored = _read(path)
    return stored["bytes"]["float32"]["training"] if stored["preset"] == name else None


def published_speed(path=TRAINING_SPEED):
    """Characters a second at which the published model trained on two cores: median of its faster way."""
    cases = [case for case in _read(path)["cases"] if case["name"].startswith("xiaothink")]
    return max(case["characters_per_second"] for case in cases)


def operations_per_token(name):
    """Operations of a training token of a preset; what the optimiser multiplies is no work for the token."""
    return training_operations(preset(name).model)


def preset_sizes(names=("tiny", "small", "full")):
    """dict from presets to their parameters."""
    return {name: num_parameters(preset(name).model) for name in names}


def memory_parts(name, batch_tokens=2048):
    """Bytes of a training with Muon, by what they hold.

    Args:
        name: of a preset. batch_tokens: tokens of a batch; what they keep lives until the way back is done.

    Returns:
        dict from words to bytes; TensorFlow itself is not in it.
    """
    config = preset(name).model
    matrices, others = num_matrix_parameters(config), num_other_parameters(config)
    weights = FLOAT32_BYTES * (matrices + others)
    return {
        "weights": weights,
        "gradients of this batch": weights,
        "gradients summed up": weights,
        "optimiser": FLOAT32_BYTES * (matrices + 2 * others),
        "kept for the way back": batch_tokens * kept_bytes(config),
    }


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))
