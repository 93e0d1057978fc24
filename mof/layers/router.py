"""The router: a small recurrence reads the text and gives each token its weights over the experts.

    route_weights_t = softmax(W h_t / temperature),   h_t the state of a narrow GRU after token t

The article's router takes the GRU's last state, one pair of weights for the whole sequence; that lets the
first token know the last. Here every token has its own weights, from its past alone. Source: article, section
"Dynamic routing". Book: chapter 08.
"""

import math

import keras
from keras import ops

from mof.layers.gated_recurrence import make_recurrence
from mof.layers.normalization import RootMeanSquareNorm
from mof.layers.projection import Projection
from mof.layers.seeds import derive_seed


class Router(keras.layers.Layer):
    """Weights over the experts, for each token.

    Args:
        num_experts: E.
        hidden_width: width of the router's recurrence.
        recurrence: "minimal_gru" or "gru".
        temperature: above 0 and finite; the logits are divided by it.
        seed: int.

    Raises:
        ValueError: for another temperature.
    """

    def __init__(
        self, num_experts, hidden_width=64, recurrence="minimal_gru", temperature=1.0, seed=0, **kwargs
    ):
        super().__init__(autocast=False, **kwargs)
        if not 0 < temperature < math.inf:
            raise ValueError(
                f"temperature is {temperature}, expected above 0 and finite: small chooses sharply, "
                "1 is neutral."
            )
        self.num_experts = num_experts
        self.hidden_width = hidden_width
        self.recurrence_kind = recurrence
        self.temperature = temperature
        self.seed = seed

    def build(self, input_shape):
        policy, seed = self.dtype_policy, self.seed
        self.narrow = Projection(
            self.hidden_width, seed=derive_seed(seed, "narrow"), dtype=policy, name="narrow"
        )
        self.narrow.build(input_shape)
        narrow_shape = (None, None, self.hidden_width)
        self.recurrence = make_recurrence(
            self.recurrence_kind,
            self.hidden_width,
            output_gate=False,
            seed=derive_seed(seed, "recurrence"),
            dtype=policy,
            name="recurrence",
        )
        self.recurrence.build(narrow_shape)
        self.norm = RootMeanSquareNorm(name="norm")
        self.norm.build(narrow_shape)
        # zero weights: at the start every expert has the same share of every token
        self.choose = Projection(self.num_experts, use_bias=True, gain=0.0, name="choose")
        self.choose.build(narrow_shape)

    def initial_state(self, batch_size):
        """The state of the router's recurrence."""
        return self.recurrence.initial_state(batch_size)

    def call(self, x, state=None, resets=None, mask=None):
        """T tokens: x [B, T, D]; returns (route_weights [B, T, E] that sum to 1, state)."""
        if state is None:
            state = self.initial_state(ops.shape(x)[0])
        hidden, state = self.recurrence(self.narrow(x), state, resets, mask)
        return self._weights(hidden), state

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (route_weights [B, E], state)."""
        hidden, state = self.recurrence.step(self.narrow(x_t), state)
        return self._weights(hidden), state

    def _weights(self, hidden):
        return ops.softmax(self.choose(self.norm(hidden)) / self.temperature, axis=-1)

    def get_config(self):
        config = {
            "num_experts": self.num_experts,
            "hidden_width": self.hidden_width,
            "recurrence": self.recurrence_kind,
            "temperature": self.temperature,
            "seed": self.seed,
        }
        return {**super().get_config(), **config}
