"""Record for chapter 07: depth against width of the Transformer expert, at equal parameters and equal time.

    python benchmarks/transformer_shapes.py
    python benchmarks/transformer_shapes.py --corpus my-texts --minutes 2 --seeds 0 1 2

Trains one Transformer expert alone in five shapes of 1 to 16 blocks (`mof.lessons.transformer_forms`), all
with the parameters that the preset `nano` has with this expert alone, within two in a hundred. It says
beforehand how many hours that takes: 1.1 with the defaults, on a machine with no other work, fewer with
--at-once 2. See `form_study.py` for stops and resumes.

On the text that ships, two minutes are many passes over few characters: prefer a larger --corpus, and look at
"passes" in the record. The shapes are those for `nano`: leave --preset as it is.
"""

import functools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.form_study import FormStudy
from mof.lessons.transformer_forms import SHAPES, shape_settings

CODE = (
    "mof/lessons/transformer_forms.py",
    "mof/experts/transformer_expert.py",
    "mof/layers/linear_attention.py",
    "mof/layers/feed_forward.py",
    "mof/ops/linear_attention.py",
    "mof/ops/short_convolution.py",
)


def measure_alphas(form, model, tokenizer):
    """What training made of each block's share of the thought space."""
    return {"thought_alphas": model.experts[0].thought_alphas()}


STUDY = FormStudy(
    name="transformer_shapes",
    description=__doc__.splitlines()[0],
    forms=SHAPES,
    settings=functools.partial(shape_settings, size="nano"),
    code=CODE,
    measure=measure_alphas,
    minutes=2.0,
    preset="nano",
    is_paced=True,
)

if __name__ == "__main__":
    sys.exit(STUDY.main())
