"""Record for chapter 08: the router of the model that ships, on knowledge, completion and reasoning.

    python benchmarks/router_by_kind.py

Reads 40 sheets of held-out questions of each kind with `data/models/base`: the router's weights by sheet and
what they follow; and the loss as it is, with the router's weights replaced by their mean, and with each
expert alone. Half a minute of arithmetic on two cores. No text enters the record but single tokens.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from mof.lessons.start import start_lesson

NUM_SHEETS = 40
CODE = (
    "mof/model.py",
    "mof/layers/router.py",
    "mof/experts/recurrent_expert.py",
    "mof/experts/transformer_expert.py",
    "mof/lessons/router_measures.py",
    "mof/tasks/writing.py",
    "data/models/base/export.json",  # it holds the hashes of the weights
)


def main():
    """Measure and write the record."""
    start_lesson()
    from mof.lessons.records import write_record
    from mof.lessons.router_study import summary
    from mof.lessons.shipped_model import open_shipped
    from mof.training.conditions import bit_identity_conditions

    model, tokenizer = open_shipped()
    data = summary(model, tokenizer, NUM_SHEETS)
    command = "python benchmarks/router_by_kind.py"
    path = write_record("router_by_kind", data, command, bit_identity_conditions(), CODE)
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
