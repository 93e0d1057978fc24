"""Forms of the RNN expert: the true GRU beside the package's minimal one, and the latter with one part taken
away. Chapter 04.

The chapter trains the first two for half a minute; `benchmarks/recurrence_forms.py` trains all of them for
two minutes with three seeds each.
"""

from mof.lessons.form_results import settings_of

# one RNN expert and nothing else, so that no other part can make up for it; two layers at every size, so that
# there is a layer whose gates read more than tokens, and a share of the embedding
ALONE = {"experts": ("recurrent",), "recurrent_layers": 2}

OURS = "minimal GRU (ours)"
FORMS = {
    "GRU": {"recurrence": "gru"},
    OURS: {},
    "minimal, no convolution": {"convolution_length": 1},
    "minimal, no output gate": {"recurrent_output_gate": False},
    "minimal, q = 0": {"embedding_residual": 0.0},
}


def form_settings(form):
    """The ModelConfig fields to change for a model with that RNN expert and no other; see `settings_of`."""
    return settings_of(form, FORMS, ALONE)
