"""Thought spaces to compare with the package's: one that averages what is still to come, and one that
averages nothing. Chapter 06.

    running mean     m_t = mean of norm(x_1) .. norm(x_t)      the package's
    mean of the row  m_t = mean of norm(x_1) .. norm(x_T)      the article's: every token sees the future
    the token alone  m_t = norm(x_t)                           the same two layers and weights, no mean

All three have the same weights with the same names, so that those of one can be put into another.
"""

from keras import ops

from mof.experts.transformer_expert import TransformerExpert
from mof.layers.seeds import derive_seed
from mof.layers.thought_space import ThoughtSpace
from mof.model import MixtureLanguageModel, make_expert
from mof.ops.normalization import rms_normalize


class RowMeanThoughtSpace(ThoughtSpace):
    """The mean over all real tokens of the row, of whatever document, for each of them."""

    def call(self, x, state=None, resets=None, mask=None):
        """As `ThoughtSpace.call`; no memory is handed on, and resets change nothing."""
        state = self.initial_state(ops.shape(x)[0]) if state is None else state
        read = rms_normalize(x)
        real = ops.ones_like(x[..., :1]) if mask is None else ops.cast(mask, "float32")[..., None]
        total, count = (ops.sum(part, axis=1, keepdims=True) for part in (real * read, real))
        inner = self.processor.inner(total / ops.maximum(count, 1.0))  # [B, 1, I]
        return x + self.processor.from_projected(inner, self.alpha.value), state

    def step(self, x_t, state):
        """Cannot be.

        Raises:
            NotImplementedError: the tokens to come would be needed.
        """
        raise NotImplementedError(
            "the mean of a row needs the tokens that are still to come: read the whole text again for each "
            "new token, or take the running mean."
        )


class TokenThoughtSpace(ThoughtSpace):
    """No mean: the two layers think over the token itself."""

    def call(self, x, state=None, resets=None, mask=None):
        """As `ThoughtSpace.call`; nothing is remembered."""
        state = self.initial_state(ops.shape(x)[0]) if state is None else state
        inner = self.processor.inner(rms_normalize(x))
        return x + self.processor.from_projected(inner, self.alpha.value), state

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        return self.call(x_t[:, None], state)[0][:, 0], state


class RowMeanExpert(TransformerExpert):
    """A Transformer expert whose thought spaces leak."""

    thought_space_class = RowMeanThoughtSpace


class TokenExpert(TransformerExpert):
    """A Transformer expert whose thought spaces read each token alone."""

    thought_space_class = TokenThoughtSpace


def make_model(config, seed, expert_class):
    """A model whose Transformer experts are of another class; all else as its config says.

    Args:
        config: ModelConfig. seed: int; the same one gives the same weights in any class.
        expert_class: TransformerExpert or a subclass.

    Returns:
        MixtureLanguageModel.
    """
    experts = []
    for i, kind in enumerate(config.experts):
        expert = make_expert(kind, config, derive_seed(seed, "expert", i), name=f"expert_{i}")
        if kind == "transformer":
            expert = expert_class.from_config(expert.get_config())
        experts.append(expert)
    return MixtureLanguageModel(config, seed, experts=experts)


def with_running_mean(model):
    """The package's model with the weights of this one: the leak mended after the training.

    Args:
        model: MixtureLanguageModel, from `make_model`.

    Returns:
        MixtureLanguageModel.
    """
    mended = MixtureLanguageModel(model.config, model.seed)
    for own, weight in zip(mended.weights, model.weights, strict=True):
        if own.path != weight.path:
            raise ValueError(f"weight {weight.path} came where {own.path} was expected: another model?")
        own.assign(weight.value)
    return mended
