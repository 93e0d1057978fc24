"""Record for chapter 06: what a thought space is worth, and what a leaking one is, at equal time.

    python benchmarks/thought_forms.py
    python benchmarks/thought_forms.py --corpus my-texts --minutes 2 --seeds 0 1 2

Trains one Transformer expert alone, in four forms (`mof.lessons.thought_forms`): without thought space, with
the same two layers on the token alone, with the package's running mean, and with the article's mean of the
whole row, which sees the future. Each is then read twice, with the held-out text there as a whole and token
by token. It says beforehand how many hours that takes: 0.8 with the defaults, on a machine with no other
work, fewer with --at-once 2. See `form_study.py` for stops and resumes.

"bits_per_byte" in the record is the usual held-out figure. Of the leaking form it is worth nothing: compare
"stepwise_bits".
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.form_study import FormStudy
from mof.lessons.thought_forms import FORMS, form_model, form_settings

NUM_TOKENS, MAX_TEXTS = 128, 16  # of the held-out texts that are read twice
CODE = (
    "mof/lessons/thought_forms.py",
    "mof/lessons/leaking_thought.py",
    "mof/lessons/leaks.py",
    "mof/layers/thought_space.py",
    "mof/ops/running_mean.py",
    "mof/experts/transformer_expert.py",
)


def measure_leak(form, model, tokenizer):
    """Both readings, and alpha of each block."""
    from mof.lessons.thought_study import measure_readings

    return measure_readings(model, tokenizer, NUM_TOKENS, MAX_TEXTS)


STUDY = FormStudy(
    name="thought_forms",
    description=__doc__.splitlines()[0],
    forms=tuple(FORMS),
    settings=form_settings,
    code=CODE,
    measure=measure_leak,
    minutes=2.0,
    preset="nano",
    is_paced=True,
    make_model=form_model,
)

if __name__ == "__main__":
    sys.exit(STUDY.main())
