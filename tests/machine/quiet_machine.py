"""Measurements as a quiet machine might give them: what follows from them is tested without one."""

from mof.machine.facts import MachineFacts
from mof.machine.measurements import Rate, StepTimes

BANDWIDTH = 1.2e10
ATTENTION_RATE = 6e10
RATE_BY_DTYPE = {"float32": 1.9e11, "bfloat16": 3.3e11}


def make_rates(dtypes=("float32", "bfloat16"), factor=1.0):
    """Every kind of rate, each `factor` times as fast as usual."""
    rates = [_rate("attention", "float32", 8, 64, factor * ATTENTION_RATE)]
    for dtype in dtypes:
        rate = factor * RATE_BY_DTYPE[dtype]
        rates += [_rate("product", dtype, 256, 1536, 0.8 * rate), _rate("product", dtype, 768, 6144, rate)]
        rates.append(_rate("orthogonalize", dtype, 512, 1024, rate))
    return tuple(rates)


def make_steps(
    preset="tiny", batch_seconds=(0.52, 0.55, 0.53), update_seconds=(0.1,), dtype="float32", **more
):
    return StepTimes(
        preset=preset,
        product_dtype=dtype,
        batch_seconds=tuple(batch_seconds),
        update_seconds=tuple(update_seconds),
        **{"start_bytes": 590_000_000, "peak_bytes": 1_500_000_000, **more},
    )


def make_facts(**changes):
    """A laptop with four cores, at which there is nothing to say."""
    calm = {
        "processor": "A processor",
        "system": "Linux 6.1 x86_64",
        "python": "3.12.1",
        "tensorflow": "2.21.0",
        "physical_cores": 2,
        "logical_cores": 4,
        "usable_cores": 4.0,
        "instruction_sets": ("AVX", "AVX2", "FMA"),
        "memory_bytes": 16_000_000_000,
        "available_bytes": 12_000_000_000,
        "free_disk_bytes": 100_000_000_000,
    }
    return MachineFacts(**{**calm, **changes})


def _rate(kind, product_dtype, num_inputs, num_outputs, rate):
    return Rate(
        kind=kind,
        product_dtype=product_dtype,
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        rate=rate,
        slowest_rate=0.9 * rate,
    )
