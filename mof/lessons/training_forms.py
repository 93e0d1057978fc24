"""The package's training, and the same with one of its choices changed. Chapter 10.

`benchmarks/training_ideas.py` trains one model in all of them for the same time.
"""

from mof.lessons.form_results import settings_of

OURS = "ours"
# TrainingConfig fields in which each form differs from the defaults
TRAINING_CHANGES = {
    OURS: {},
    "AdamW for all, steps of 0.01": {"optimizer": "adamw"},
    "AdamW for all, steps of 0.003": {"optimizer": "adamw", "learning_rate": 3e-3},
    "no warm-up": {"warmup_updates": 0},
    "steps of one size": {"final_share": 1.0},
    "plateau, then a fall": {"schedule": "warmup_stable_decay"},
    "no clipping": {"clip_norm": 0.0},
    "no weight decay": {"weight_decay": 0.0},
    "updates of 2,048 tokens": {"tokens_per_update": 2048, "num_streams": 4},
    "updates of 16,384 tokens": {"tokens_per_update": 16384},
    "all lengths from the start": {"short_share": 0.0},
    "memory not carried": {"carry_memory": False},
    "products in bfloat16": {},
}
MODEL_CHANGES = {"products in bfloat16": {"product_dtype": "bfloat16"}}
FORMS = tuple(TRAINING_CHANGES)


def form_settings(form):
    """ModelConfig fields to change for a form.

    Raises:
        ValueError: for another name than those in FORMS.
    """
    settings_of(form, TRAINING_CHANGES, {})
    return MODEL_CHANGES.get(form, {})


def form_training(form):
    """TrainingConfig fields to change for a form; see `mof.lessons.form_results.settings_of`."""
    return settings_of(form, TRAINING_CHANGES, {})
