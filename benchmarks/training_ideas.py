"""Record for chapter 10: what each choice of the training loop is worth, at equal time.

    python benchmarks/training_ideas.py --plan
    python benchmarks/training_ideas.py

Trains the preset `nano` as it is, and with one choice of its training changed: optimiser, warm-up, schedule,
clipping, weight decay, tokens of an update, order of the lengths, carried memory, number format
(`mof.lessons.training_forms`). Three seeds of each, 39 trainings of three minutes. Text, judging, pace and
resuming are those of `article_ablation.py`.

It says its hours beforehand: 3.4 with the defaults, on a machine with no other work; the pace, which comes
first, wants the machine for itself. It writes book/records/training_ideas.json.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.form_study import FormStudy
from benchmarks.questions_and_prose import bits_by_text, questions_and_prose
from mof.lessons.ablation_study import summarize
from mof.lessons.training_forms import FORMS, OURS, form_settings, form_training

CODE = (
    "mof/lessons/training_forms.py",
    "mof/model.py",
    "mof/presets.py",
    "mof/ops/products.py",
    "mof/training/config.py",
    "mof/training/engine_tensorflow.py",
    "mof/training/loop.py",
    "mof/training/optimizer.py",
    "mof/training/parameters.py",
    "mof/training/schedule.py",
)


def measure(form, model, tokenizer):
    """Bits per byte by kind of text."""
    return {"bits_by_text": bits_by_text(model, tokenizer)}


STUDY = FormStudy(
    name="training_ideas",
    description=__doc__.splitlines()[0],
    forms=FORMS,
    settings=form_settings,
    code=CODE,
    measure=measure,
    training=form_training,
    minutes=3.0,
    preset="nano",
    make_corpus=questions_and_prose,
    is_paced=True,
    summarize=lambda rows: summarize(rows, OURS),
)

if __name__ == "__main__":
    sys.exit(STUDY.main())
