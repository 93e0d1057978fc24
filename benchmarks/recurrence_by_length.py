"""Record for chapter 04: seconds of a GRU, a minimal GRU's loop and its tree by the length of a row.

    python benchmarks/recurrence_by_length.py

Takes a few minutes on two cores; nothing else should run meanwhile.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from mof.lessons.records import write_record
from mof.lessons.recurrence_speed import time_recurrences
from mof.training.conditions import bit_identity_conditions

LENGTHS = (32, 64, 128, 256, 512)
CODE = (
    "mof/lessons/recurrence_speed.py",
    "mof/ops/gated_recurrence.py",
    "mof/ops/gated_recurrence_tensorflow.py",
    "mof/ops/gru.py",
)


def main():
    """Measure and write the record."""
    path = write_record(
        "recurrence_by_length",
        {"seconds": time_recurrences(LENGTHS, num_times=7)},
        "python benchmarks/recurrence_by_length.py",
        bit_identity_conditions(),
        CODE,
    )
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
