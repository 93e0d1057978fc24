"""An ablation of the article, for chapter 10: what each of its ideas is worth, at equal time.

    python benchmarks/article_ablation.py --plan
    python benchmarks/article_ablation.py

Trains the preset `nano` as it is, and with one published idea taken out: an expert (the RNN or the
Transformer), the router, thought space, random lengths; or put in where our default leaves it out: crop and
freezing (`mof.lessons.article_forms`). embed_q needs a second RNN layer, so it is taken out of the same model
with two. Three seeds of each, 30 trainings of three minutes. The text is the prose and the dialogues that
ship and 30 MB of questions, or --corpus; held-out bits per byte are told for all of it, and for prose and
each kind of questions apart.

It says its hours beforehand: 2.6 with the defaults, on a machine with no other work. First it measures the
pace of each form, in turns: run nothing beside it until it says so. From then on the trainings may share the
machine, and --at-once 2 shortens them. Stopped and started again, it goes on; see `form_study.py`. At the end
it prints the table of the chapter, and writes book/records/article_ablation.json.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.form_study import FormStudy
from benchmarks.questions_and_prose import bits_by_text, questions_and_prose
from mof.lessons.ablation_study import summarize
from mof.lessons.article_forms import FORMS, OURS, OWN_BASES, form_model, form_settings, form_training

CODE = (
    "mof/lessons/article_forms.py",
    "mof/lessons/equal_mixture.py",
    "mof/model.py",
    "mof/presets.py",
    "mof/layers/router.py",
    "mof/layers/thought_space.py",
    "mof/experts/recurrent_expert.py",
    "mof/experts/transformer_expert.py",
    "mof/ops/linear_attention.py",
    "mof/ops/windowed_attention.py",
    "mof/training/config.py",
    "mof/training/freezing.py",
    "mof/training/loop.py",
    "mof/training/optimizer.py",
    "mof/training/schedule.py",
)


def measure(form, model, tokenizer):
    """Bits per byte by kind of text, and where training has taken the switches that it turns itself."""
    found = {"bits_by_text": bits_by_text(model, tokenizer)}
    alphas = [
        a for expert in model.experts if hasattr(expert, "thought_alphas") for a in expert.thought_alphas()
    ]
    return {**found, "thought_alphas": alphas}


STUDY = FormStudy(
    name="article_ablation",
    description=__doc__.splitlines()[0],
    forms=FORMS,
    settings=form_settings,
    code=CODE,
    measure=measure,
    make_model=form_model,
    training=form_training,
    minutes=3.0,
    preset="nano",
    make_corpus=questions_and_prose,
    is_paced=True,
    summarize=lambda rows: summarize(rows, OURS, OWN_BASES),
)

if __name__ == "__main__":
    sys.exit(STUDY.main())
