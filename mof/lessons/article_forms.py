"""The package's model, and the same with each published idea taken out, or put in where ours leaves it out.
Chapter 10.

`benchmarks/article_ablation.py` trains them all for the same time; the chapter trains two for a minute.
Source of the ideas: the MoF article, 核心技术创新 ("core innovations") and 创新架构 ("the architecture").
"""

import keras
from keras import ops

from mof.lessons.form_results import settings_of
from mof.model import MixtureLanguageModel

OURS = "ours"
NO_ROUTER = "no router: equal shares"
CROP_TOKENS = 130  # trans_window of the published configuration, xiaothink 1.0.5
# the model's and the training's fields in which each form differs from the preset
MODEL_CHANGES = {
    OURS: {},
    "RNN expert alone": {"experts": ("recurrent",)},
    "Transformer expert alone": {"experts": ("transformer",)},
    NO_ROUTER: {},
    "no thought space": {"thought_width": 0},
    "no embed_q": {"embedding_residual": 0.0},
    "one length of rows, 256": {},
    "with the crop, 130 tokens": {"window": CROP_TOKENS},
    "with freezing, first half": {},
}
TRAINING_CHANGES = {
    "one length of rows, 256": {"lengths": (256,)},
    "with freezing, first half": {"freeze": ("transformer.deep@0-0.5",)},
}
FORMS = tuple(MODEL_CHANGES)


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
    kind = EqualMixture if form == NO_ROUTER else MixtureLanguageModel
    return kind(config, seed)


class EqualShares(keras.layers.Layer):
    """Stands where a router would, and gives every expert the same share of every token. No weights, and a
    memory of no numbers.

    Args:
        num_experts: E.
    """

    def __init__(self, num_experts, **kwargs):
        super().__init__(**kwargs)
        self.num_experts = num_experts

    def initial_state(self, batch_size):
        """Nothing to remember: a tensor [B, 0]. (Keras hands a mask to a layer of one tensor by itself.)"""
        return {"nothing": ops.zeros((batch_size, 0), "float32")}

    def call(self, x, state=None, resets=None, mask=None):
        """x [B, T, D]; returns (route_weights [B, T, E], state)."""
        return self._shares(x), self.initial_state(ops.shape(x)[0]) if state is None else state

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (route_weights [B, E], state)."""
        return self._shares(x_t), state

    def _shares(self, x):
        return ops.ones_like(x[..., : self.num_experts]) / self.num_experts


class EqualMixture(MixtureLanguageModel):
    """The package's model without its router: the plain mean of the experts' outputs."""

    def make_router(self, dtype):
        return EqualShares(len(self.experts), name="router")
