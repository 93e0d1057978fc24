"""Record for chapter 05: seconds of softmax and linear attention by the length of the text.

    python benchmarks/attention_by_length.py

Takes about two minutes and 5 GB on two cores; nothing else should run meanwhile.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from mof.lessons.attention_speed import time_by_length
from mof.lessons.records import write_record
from mof.training.conditions import bit_identity_conditions

LENGTHS = (64, 128, 256, 512, 1024, 2048, 4096, 8192)
CODE = ("mof/lessons/attention_speed.py", "mof/ops/linear_attention.py", "mof/ops/chunks.py")


def main():
    """Measure and write the record."""
    seconds = time_by_length(LENGTHS, num_times=7)
    path = write_record(
        "attention_by_length",
        {"seconds": seconds},
        "python benchmarks/attention_by_length.py",
        bit_identity_conditions(),
        CODE,
    )
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
