"""The MoF language model: embed, let every expert read, mix their answers by the router's weights, predict
the next token.

    x = E[token] * sqrt(D)                                  E [W, D] is both embedding and head
    mixed_t = sum_e route_weights_{t, e} * norm_e(expert_e(x)_t)
    logits_t = norm(mixed_t P) E^T                          P [D, D]

E starts with standard deviation 1 / sqrt(D), so x has size 1, and so have the logits. P turns the residual
stream away from the embedding it began as: without it, head and embedding being one matrix, a new model is
sure that every token repeats. Source: the MoF article, section "Architecture"; what differs from it, and why,
is chapter 09's subject. Book: chapters 04 to 08.
"""

import math
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from mof.config import ModelConfig
from mof.experts.recurrent_expert import RecurrentExpert
from mof.experts.transformer_expert import TransformerExpert
from mof.layers.initialization import SeededNormal
from mof.layers.normalization import RootMeanSquareNorm
from mof.layers.projection import Projection
from mof.layers.router import Router
from mof.layers.seeds import derive_seed
from mof.ops.head_loss import head_cross_entropy
from mof.ops.losses import token_cross_entropy, weighted_mean
from mof.ops.normalization import rms_normalize
from mof.ops.products import project
from mof.shapes import check_shape

GROUPS = ("embedding", "router", "rnn", "transformer", "transformer.deep", "head")


class MixtureOutput(NamedTuple):
    """hidden [B, T, D], ready for the head; route_weights [B, T, E], which sum to 1."""

    hidden: object
    route_weights: object


def make_expert(kind, config, seed, name=None):
    """The expert of that kind, in the shape that a ModelConfig gives it.

    Args:
        kind: "recurrent" or "transformer".
        config: ModelConfig.
        seed: int.
        name: of the layer.

    Returns:
        An `Expert`.
    """
    dtype = "mixed_bfloat16" if config.product_dtype == "bfloat16" else "float32"
    if kind == "recurrent":
        return RecurrentExpert(
            config.recurrent_layers,
            config.recurrent_width,
            config.recurrence,
            config.recurrent_output_gate,
            config.embedding_residual,
            config.convolution_length,
            config.recompute,
            config.recompute_products,
            seed=seed,
            dtype=dtype,
            name=name,
        )
    return TransformerExpert(
        config.transformer_layers,
        config.num_heads,
        config.feed_forward_width,
        config.activation,
        config.attention_decay,
        config.attention_normalizer,
        config.attention_output_gate,
        config.window,
        config.chunk_length,
        config.thought_width,
        config.thought_alpha,
        config.convolution_length,
        config.position,
        config.num_positions,
        config.recompute,
        config.recompute_products,
        seed=seed,
        dtype=dtype,
        name=name,
    )


def mix_experts(outputs, scales, route_weights):
    """sum_e route_weights_e * norm_e(outputs_e).

    Args:
        outputs: list of E tensors [..., D]. scales: list of E norms' scales [D]. route_weights: [..., E].

    Returns:
        [..., D] float32.
    """
    mixed = 0.0
    for i, (y, scale) in enumerate(zip(outputs, scales, strict=True)):
        mixed = mixed + route_weights[..., i : i + 1] * rms_normalize(y, scale)
    return mixed


def check_rows(token_ids):
    """token_ids, a list of rows as an array; ValueError unless they are [B, T] with a token or more."""
    ids = token_ids if hasattr(token_ids, "shape") else np.asarray(token_ids)
    check_shape(ids, "B T", "token_ids", "a single text is one row, token_ids[None]")
    if ids.shape[1] == 0:
        raise ValueError(
            f"token_ids has shape {list(ids.shape)}, expected at least one token in each row: leave the call "
            "out, or begin the text with the token DOCUMENT."
        )
    return ids


def check_one_of_each_row(token_ids):
    """token_ids, a list as an array; ValueError unless they are [B]."""
    ids = token_ids if hasattr(token_ids, "shape") else np.asarray(token_ids)
    return check_shape(ids, "B", "token_ids", "a step reads one token of each row, token_ids[:, t]")


@keras.saving.register_keras_serializable(package="mof")
class MixtureLanguageModel(keras.Model):
    """A causal language model made of whole-sequence experts under a router.

    `model.save("mine.keras")` writes it as one file, and `keras.saving.load_model` opens that wherever this
    module was imported; a subclass must be registered with Keras as this class is, and its `get_config` must
    hold its own arguments.

    A subclass makes layers and weights of its own in `build`, beside `super().build()`: after
    `super().__init__` the model is built, and Keras takes no more of them. What `build` reads stands before:

        def __init__(self, config, seed=0, own_width=8, **kwargs):
            self.own_width = own_width
            super().__init__(config, seed, **kwargs)

        def build(self, input_shape=None):
            self.own = keras.layers.Dense(self.own_width)
            self.own.build((None, None, self.config.width))
            super().build()

    Args:
        config: ModelConfig.
        seed: int; the initial weights are a function of it and the config.
        experts: list of `Expert` to use in place of those that the config names; any number and kind. Such a
            model has no config that could describe it, and is not saved as one file.
    """

    def __init__(self, config, seed=0, experts=None, name="mof", **kwargs):
        super().__init__(name=name, **kwargs)
        self.config = config
        self.seed = seed
        dtype = "mixed_bfloat16" if config.product_dtype == "bfloat16" else "float32"
        self.has_own_experts = experts is not None
        if experts is None:
            experts = [
                make_expert(kind, config, derive_seed(seed, "expert", i), name=f"expert_{i}")
                for i, kind in enumerate(config.experts)
            ]
        self.experts = list(experts)
        self.router = self.make_router(dtype) if len(self.experts) > 1 else None
        self.expert_norms = [RootMeanSquareNorm(name=f"expert_norm_{i}") for i in range(len(self.experts))]
        seed_of_output = derive_seed(seed, "output_projection")
        self.output_projection = Projection(
            config.width, seed=seed_of_output, dtype=dtype, name="output_projection"
        )
        self.output_norm = RootMeanSquareNorm(name="output_norm")
        self.head_dtype = "bfloat16" if config.product_dtype == "bfloat16" else "float32"
        self.build()

    def make_router(self, dtype):
        """The router over the experts, in the shape that the config gives it; dtype: a policy's name."""
        config = self.config
        return Router(
            len(self.experts),
            config.router_width,
            config.router_recurrence,
            config.router_temperature,
            seed=derive_seed(self.seed, "router"),
            dtype=dtype,
            name="router",
        )

    def build(self, input_shape=None):
        config = self.config
        shape = (None, None, config.width)
        start = SeededNormal(config.width**-0.5, derive_seed(self.seed, "embedding"))
        self.embedding = self.add_weight(
            shape=(config.vocabulary_size, config.width), initializer=start, autocast=False, name="embedding"
        )
        for layer in [
            *self.experts,
            self.router,
            *self.expert_norms,
            self.output_projection,
            self.output_norm,
        ]:
            if layer is not None and not layer.built:
                layer.build(shape)
        self.built = True

    def initial_state(self, batch_size):
        """The empty memory of all parts: a nested dict of tensors, batch first. Its size does not depend on
        any length."""
        state = {f"expert_{i}": expert.initial_state(batch_size) for i, expert in enumerate(self.experts)}
        if self.router is not None:
            state["router"] = self.router.initial_state(batch_size)
        return state

    def features(self, token_ids, state=None, resets=None, mask=None):
        """Everything before the head.

        Args:
            token_ids: [B, T] int32 in [0, W), T at least 1.
            state: as `initial_state` gives, or None for an empty memory.
            resets: [B, T] bool, True where a token starts a document: the memory is emptied before it. Or
                None.
            mask: [B, T] bool, False where a token is padding. Or None.

        Returns:
            (MixtureOutput, state).

        Raises:
            ValueError: for token_ids of another shape.
        """
        token_ids = check_rows(token_ids)
        if state is None:
            state = self.initial_state(ops.shape(token_ids)[0])
        x = self.embed(token_ids)
        outputs, after = [], {}
        for i, expert in enumerate(self.experts):
            y, after[f"expert_{i}"] = expert(x, state[f"expert_{i}"], resets, mask)
            outputs.append(y)
        if self.router is None:
            route_weights = ops.ones_like(x[..., :1])
        else:
            route_weights, after["router"] = self.router(x, state["router"], resets, mask)
        return MixtureOutput(self._mix(outputs, route_weights), route_weights), after

    def call(self, token_ids, state=None, resets=None, mask=None):
        """Logits for every token, from T tokens at once; arguments as `features`.

        Returns:
            (logits [B, T, W] float32, state).
        """
        output, state = self.features(token_ids, state, resets, mask)
        return self.logits(output.hidden), state

    def token_nats(self, token_ids, targets, state=None, resets=None, mask=None):
        """The loss of every token without its logits, for training.

        Args:
            targets: [B, T] int32. Others as `features`.

        Returns:
            (-log probability of each target [B, T] float32, in nats; state).
        """
        output, state = self.features(token_ids, state, resets, mask)
        return head_cross_entropy(output.hidden, self.embedding.value, targets, self.head_dtype), state

    def step(self, token_ids, state):
        """One token for each row: token_ids [B] int32; returns (logits [B, W] float32, state).

        Raises:
            ValueError: for token_ids of another shape.
        """
        token_ids = check_one_of_each_row(token_ids)
        x = self.embed(token_ids)
        outputs, after = [], {}
        for i, expert in enumerate(self.experts):
            y, after[f"expert_{i}"] = expert.step(x, state[f"expert_{i}"])
            outputs.append(y)
        if self.router is None:
            route_weights = ops.ones_like(x[..., :1])
        else:
            route_weights, after["router"] = self.router.step(x, state["router"])
        return self.logits(self._mix(outputs, route_weights)), after

    def logits(self, hidden):
        """The head: hidden [..., D] to logits [..., W] float32."""
        return project(hidden, ops.transpose(self.embedding.value), None, self.head_dtype)

    def embed(self, token_ids):
        """token_ids [...] int32 to the vectors that experts and router read, [..., D]."""
        return ops.take(self.embedding.value, token_ids, axis=0) * self.config.width**0.5

    def _mix(self, outputs, route_weights):
        scales = [norm.scale.value for norm in self.expert_norms]
        return self.output_norm(self.output_projection(mix_experts(outputs, scales, route_weights)))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """For `model.fit(token_ids, targets, sample_weight=loss_weights)`: mean cross entropy of the weighted
        targets, nats."""
        logits, _ = y_pred
        nats = token_cross_entropy(logits, y)
        return weighted_mean(nats, ops.ones_like(nats) if sample_weight is None else sample_weight)

    def parameter_groups(self):
        """The trainable variables by the names that freezing uses; "transformer.deep" is part of
        "transformer".

        Returns:
            dict from each of GROUPS to a list of variables: "rnn" and "transformer" hold the experts of that
            kind with their norms, "transformer.deep" the second half of each Transformer's blocks, "head" the
            output's projection and norm (its large matrix is the embedding).
        """
        groups = {name: [] for name in GROUPS}
        groups["embedding"] = [self.embedding]
        groups["head"] = [*self.output_projection.trainable_variables, *self.output_norm.trainable_variables]
        if self.router is not None:
            groups["router"] = list(self.router.trainable_variables)
        for expert, norm in zip(self.experts, self.expert_norms, strict=True):
            is_transformer = isinstance(expert, TransformerExpert)
            name = "transformer" if is_transformer else "rnn"
            groups[name] += expert.trainable_variables + norm.trainable_variables
            if is_transformer:
                for block in expert.blocks[expert.num_layers // 2 :]:
                    groups["transformer.deep"] += block.trainable_variables
        return groups

    def num_parameters(self):
        """Numbers that training changes, the tied matrix counted once."""
        return sum(math.prod(variable.shape) for variable in self.trainable_variables)

    def get_config(self):
        if self.has_own_experts:
            raise NotImplementedError(
                "this model was made with `experts=`, which its config cannot describe: make it anew with "
                "the same experts and load the weights into it."
            )
        return {"config": self.config.to_json(), "seed": self.seed}

    @classmethod
    def from_config(cls, config):
        """The model of `get_config`; what a subclass adds there, `__init__` gets by the same names."""
        arguments = dict(config)
        return cls(ModelConfig.from_json(arguments.pop("config")), **arguments)
