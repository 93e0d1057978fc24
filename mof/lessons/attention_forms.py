"""Four forms of linear attention, from the article's to the package's, one change at a time. Chapter 05.

The chapter trains the first and the last for half a minute; `benchmarks/attention_forms.py` trains all four
for two minutes with three seeds each.
"""

from mof.lessons.form_results import settings_of

# one Transformer expert and nothing else, so that no other part can make up for its attention
ALONE = {"experts": ("transformer",), "thought_width": 0}

FORMS = {
    "the article's": {
        "attention_decay": "none",
        "attention_normalizer": "denominator",
        "attention_output_gate": False,
    },
    "+ decay": {
        "attention_decay": "input",
        "attention_normalizer": "denominator",
        "attention_output_gate": False,
    },
    "+ norm of each head": {
        "attention_decay": "input",
        "attention_normalizer": "head_norm",
        "attention_output_gate": False,
    },
    "ours (+ gate)": {
        "attention_decay": "input",
        "attention_normalizer": "head_norm",
        "attention_output_gate": True,
    },
}


def form_settings(form):
    """ModelConfig fields of a model with that attention and no other expert; see `settings_of`."""
    return settings_of(form, FORMS, ALONE)
