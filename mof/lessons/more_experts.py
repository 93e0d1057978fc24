"""An expert of a third kind, and models with any number of experts. Chapter 08.

A dictionary knows what comes after a word, whatever came before it. So does this expert: a feed-forward layer
on each token alone, with no memory at all. Beside two experts that remember, it shows what a router gives to
one that cannot.
"""

from keras import ops

from mof.experts.interface import Expert
from mof.layers.feed_forward import FeedForward
from mof.layers.normalization import RootMeanSquareNorm
from mof.layers.seeds import derive_seed
from mof.model import MixtureLanguageModel, make_expert

NAMES = {"recurrent": "RNN", "transformer": "Transformer", "dictionary": "dictionary"}


class DictionaryExpert(Expert):
    """y_t = x_t + feed_forward(norm(x_t)): each token alone.

    Args:
        inner_width: F. seed: int.
    """

    def __init__(self, inner_width, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.inner_width = inner_width
        self.seed = seed

    def build(self, input_shape):
        self.norm = RootMeanSquareNorm(name="norm")
        self.feed_forward = FeedForward(
            self.inner_width,
            seed=derive_seed(self.seed, "feed_forward"),
            dtype=self.dtype_policy,
            name="feed_forward",
        )
        for layer in (self.norm, self.feed_forward):
            layer.build(input_shape)

    def initial_state(self, batch_size):
        """A zero that nothing reads: a layer that is given one tensor alone gets a mask of Keras's own."""
        return {"nothing": ops.zeros((batch_size, 1), "float32")}

    def call(self, x, state=None, resets=None, mask=None):
        """See `Expert.call`."""
        state = self.initial_state(ops.shape(x)[0]) if state is None else state
        return x + self.feed_forward(x, norm=self.norm), state

    def step(self, x_t, state):
        """See `Expert.step`."""
        return self.call(x_t, state)

    def get_config(self):
        return {**super().get_config(), "inner_width": self.inner_width, "seed": self.seed}


def model_of(kinds, config, seed=0, model_class=MixtureLanguageModel, **settings):
    """A model with these experts, in their order.

    Args:
        kinds: sequence of "recurrent", "transformer" and "dictionary"; a kind may come again.
        config: ModelConfig. seed: int. model_class: MixtureLanguageModel or a subclass; settings: for it.

    Returns:
        A model of that class.

    Raises:
        ValueError: for another kind, or for none.
    """
    unknown = [kind for kind in kinds if kind not in NAMES]
    if unknown or not kinds:
        raise ValueError(f"experts are {list(kinds)}, expected at least one of {list(NAMES)}.")
    experts = []
    for i, kind in enumerate(kinds):
        own_seed, name = derive_seed(seed, "expert", i), f"expert_{i}"
        if kind == "dictionary":
            experts.append(DictionaryExpert(config.feed_forward_width, own_seed, name=name))
        else:
            experts.append(make_expert(kind, config, own_seed, name=name))
    return model_class(config, seed, experts=experts, **settings)


def train_mixture(kinds, seconds=20.0, seed=0, model_class=MixtureLanguageModel, label=None, **settings):
    """A short training of a model with these experts.

    Args:
        kinds, seed, model_class, settings: as `model_of`. seconds: see `mof.lessons.short_run.short_run`.
        label: name in figures; None puts the experts' names together.

    Returns:
        ShortRun.
    """
    from mof.lessons.short_run import short_run

    return short_run(
        label or " + ".join(NAMES.get(kind, kind) for kind in kinds),
        seconds,
        seed=seed,
        make_model=lambda config, seed: model_of(kinds, config, seed, model_class, **settings),
    )
