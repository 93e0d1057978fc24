"""Record for chapter 04: the RNN expert with a GRU and with a minimal GRU, at equal time.

    python benchmarks/recurrence_forms.py
    python benchmarks/recurrence_forms.py --corpus my-texts --minutes 2 --seeds 0 1 2

Trains one RNN expert of two layers alone, in five forms (`mof.lessons.recurrence_forms`): with the true GRU,
with the package's minimal GRU, and the latter without its convolution, its output gate, or the share of the
embedding. It says beforehand how many hours that takes: 1.1 with the defaults, on a machine with no other
work, fewer with --at-once 2. See `form_study.py` for stops and resumes.

On the text that ships, two minutes are many passes over few characters: prefer a larger --corpus, and look at
"passes" in the record.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.form_study import FormStudy
from mof.lessons.recurrence_forms import FORMS, form_settings

SENTENCE = (
    "他把书放回书架，关上灯，走了。"  # "He put the book back on the shelf, turned off the light, and left."
)
CODE = (
    "mof/lessons/recurrence_forms.py",
    "mof/layers/gated_recurrence.py",
    "mof/ops/gated_recurrence.py",
    "mof/ops/gru.py",
    "mof/experts/recurrent_expert.py",
)


def measure_memory(form, model, tokenizer):
    """Half-lives over the chapter's sentence, a shortest tenth, the middle and the longest tenth of each
    layer's units, and q of each layer; half-lives for minimal GRUs alone."""
    import numpy as np

    from mof.lessons.gate_spans import embedding_shares, mean_half_lives, read_gates

    found = {"embedding_shares": embedding_shares(model)}
    if FORMS[form].get("recurrence") != "gru":
        retain, _tokens = read_gates(model, tokenizer, SENTENCE)
        quantiles = np.quantile(mean_half_lives(retain), (0.1, 0.5, 0.9), axis=1)  # [3, L]
        found["half_lives"] = quantiles.T.tolist()
    return found


STUDY = FormStudy(
    name="recurrence_forms",
    description=__doc__.splitlines()[0],
    forms=tuple(FORMS),
    settings=form_settings,
    code=CODE,
    measure=measure_memory,
    minutes=2.0,
    preset="nano",
    is_paced=True,
)

if __name__ == "__main__":
    sys.exit(STUDY.main())
