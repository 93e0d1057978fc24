"""Record for chapter 07: ways to tell the Transformer expert the order of the tokens, at equal time.

    python benchmarks/position_forms.py
    python benchmarks/position_forms.py --corpus my-texts --minutes 2 --seeds 0 1 2

Trains one Transformer expert alone in six forms (`mof.lessons.transformer_forms`): with convolution and
decay, with either, with neither, and with neither but a table of positions or sines. It says beforehand how
many hours that takes: 1.3 with the defaults, on a machine with no other work, fewer with --at-once 2. See
`form_study.py` for stops and resumes. Each model is also asked for its loss by position, over held-out texts
that are joined.

On the text that ships, two minutes are many passes over few characters: prefer a larger --corpus, and look at
"passes" in the record.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.form_study import FormStudy
from mof.lessons.transformer_forms import ORDERS, order_settings

CODE = (
    "mof/lessons/transformer_forms.py",
    "mof/experts/transformer_expert.py",
    "mof/layers/linear_attention.py",
    "mof/layers/position.py",
    "mof/ops/linear_attention.py",
    "mof/ops/short_convolution.py",
)


def measure_along(form, model, tokenizer):
    """The loss by position on the shipped texts that are held out at the default share, as far as they go."""
    from mof.evaluation.memory_report import NUM_ROWS, PIECE_LENGTH
    from mof.lessons.long_text import held_out_stream, loss_along

    is_long_enough = len(held_out_stream(tokenizer)) >= NUM_ROWS * PIECE_LENGTH
    return {"along": loss_along(model, tokenizer) if is_long_enough else None}


STUDY = FormStudy(
    name="position_forms",
    description=__doc__.splitlines()[0],
    forms=tuple(ORDERS),
    settings=order_settings,
    code=CODE,
    measure=measure_along,
    minutes=2.0,
    preset="nano",
    is_paced=True,
)

if __name__ == "__main__":
    sys.exit(STUDY.main())
