"""Record for chapter 05: what decay, a norm of each head and a gate are worth, at equal time.

    python benchmarks/attention_forms.py
    python benchmarks/attention_forms.py --corpus corpus/text --minutes 2 --seeds 0 1 2

Trains one Transformer expert alone, without thought space, in four forms of its linear attention
(`mof.lessons.attention_forms`), each with every seed. It says beforehand how many hours that takes: 0.8 with
the defaults, on a machine with no other work, fewer with --at-once 2. See `form_study.py` for stops and
resumes.

On the text that ships, two minutes are many passes over few characters: prefer a larger --corpus, and look at
"passes" in the record.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.form_study import FormStudy
from mof.lessons.attention_forms import FORMS, form_settings

SENTENCE = (
    "小明把书还给了小红，因为她"  # "Xiaoming gave the book back to Xiaohong, because she": the chapter's
)
CODE = (
    "mof/lessons/attention_forms.py",
    "mof/layers/linear_attention.py",
    "mof/ops/linear_attention.py",
    "mof/ops/chunks.py",
    "mof/experts/transformer_expert.py",
)


def measure_sharpness(form, model, tokenizer):
    """How many tokens the last one of the chapter's sentence reads in the first block, mean over the heads:
    as linear attention without decay, and as softmax would with the same queries and keys."""
    from mof.lessons.sharpness import linear_weights, num_tokens_read, softmax_weights, undo_features
    from mof.viz.attention_figure import attention_heads

    queries, keys, _, tokens = attention_heads(model, tokenizer, SENTENCE)
    queries, keys = undo_features(queries), undo_features(keys)
    read = {
        name: float(num_tokens_read(weigh(queries, keys)[:, -1]).mean())
        for name, weigh in (("linear", linear_weights), ("softmax", softmax_weights))
    }
    return {"sharpness": {**read, "tokens": len(tokens)}}


STUDY = FormStudy(
    name="attention_forms",
    description=__doc__.splitlines()[0],
    forms=tuple(FORMS),
    settings=form_settings,
    code=CODE,
    measure=measure_sharpness,
    minutes=2.0,
    preset="nano",
    is_paced=True,
)

if __name__ == "__main__":
    sys.exit(STUDY.main())
