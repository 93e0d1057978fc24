"""The package's model, and the same with each published idea taken out, or put in where ours leaves it out.
Chapter 10.

`benchmarks/article_ablation.py` trains them all for the same time, with three seeds each.
Source of the ideas: the MoF article, 核心技术创新 ("core innovations") and 创新架构 ("the architecture").
"""

from mof.lessons.form_results import settings_of

OURS = "ours"
NO_ROUTER = "no router: equal shares"
TWO_LAYERS, NO_EMBED_Q = "two RNN layers", "two RNN layers, no embed_q"
CROP_TOKENS = 130  # trans_window of the published configuration, xiaothink 1.0.5
# the model's and the training's fields in which each form differs from the preset
MODEL_CHANGES = {
    OURS: {},
    "RNN expert alone": {"experts": ("recurrent",)},
    "Transformer expert alone": {"experts": ("transformer",)},
    NO_ROUTER: {},
    "no thought space": {"thought_width": 0},
    TWO_LAYERS: {"recurrent_layers": 2},
    NO_EMBED_Q: {"recurrent_layers": 2, "embedding_residual": 0.0},
    "one length of rows, 256": {},
    "with the crop, 130 tokens": {"window": CROP_TOKENS},
    "with freezing, first half": {},
}
TRAINING_CHANGES = {
    "one length of rows, 256": {"lengths": (256,)},
    "with freezing, first half": {"freeze": ("transformer.deep@0-0.5",)},
}
FORMS = tuple(MODEL_CHANGES)
# the first layer of the RNN expert has no embed_q, and `nano` has no second: what embed_q is worth shows
# between two forms that have one
OWN_BASES = {NO_EMBED_Q: TWO_LAYERS}


def form_settings(form):
    """ModelConfig fields to change for a form; see `mof.lessons.form_results.settings_of`."""
    return settings_of(form, MODEL_CHANGES, {})


def form_training(form):
    """TrainingConfig fields to change for a form."""
    return TRAINING_CHANGES.get(form, {})


def form_model(form, config, seed):
    """The untrained model of a form.

    Args:
        form: a name in FORMS. config: ModelConfig with `form_settings(form)`. seed: int.

    Returns:
        MixtureLanguageModel.
    """
    from mof.lessons.equal_mixture import EqualMixture
    from mof.model import MixtureLanguageModel

    kind = EqualMixture if form == NO_ROUTER else MixtureLanguageModel
    return kind(config, seed)
