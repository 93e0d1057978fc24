"""A small model in every variant that a count has to get right."""

import pytest

from mof.presets import preset

VARIANTS = {
    "nano": {},
    "true GRU": {"recurrence": "gru", "router_recurrence": "gru"},
    "no gates": {"recurrent_output_gate": False, "attention_output_gate": False},
    "no thought, fixed decay": {"thought_width": 0, "attention_decay": "fixed"},
    "learned decay and positions": {"attention_decay": "learned", "position": "learned", "num_positions": 32},
    "sines, no decay": {"position": "sinusoidal", "attention_decay": "none"},
    "one expert": {"experts": ("transformer",)},
    "three experts": {"experts": ("recurrent", "transformer", "recurrent"), "recurrent_layers": 2},
    "no embedding residual": {"recurrent_layers": 3, "embedding_residual": 0.0},
    "window": {"window": 5, "chunk_length": 8},
}


@pytest.fixture(params=VARIANTS, scope="session")
def built(request):
    """(config, model) of each variant."""
    from mof.model import MixtureLanguageModel

    config = preset("nano").model.replace(**VARIANTS[request.param])
    return config, MixtureLanguageModel(config)
