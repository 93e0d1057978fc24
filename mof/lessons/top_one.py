"""A mixture that asks one expert only: top-1 routing by blocks of 64 tokens. Chapter 08.

The expert of a block is the one with the largest weight in the router's state at the end of the block before.
Its memory holds exactly the blocks that were routed to it: at all others it is handed a mask, as for padding.
The weight of the chosen expert multiplies the result behind the last norm. In front of it, the norm would
divide it out again, and the router could not learn.

All experts are computed here and the chosen one is kept: that is the definition. `read_apart` computes the
chosen one alone.
"""

import keras
import numpy as np
from keras import ops

from mof.execution import as_operations
from mof.model import MixtureLanguageModel, MixtureOutput, check_one_of_each_row, check_rows
from mof.ops.routing import balance_loss, hold_parallel, hold_step, routing_memory

BLOCK_LENGTH = 64


@keras.saving.register_keras_serializable(package="mof")
class TopOneModel(MixtureLanguageModel):
    """A MixtureLanguageModel whose blocks go to one expert each.

    Args:
        config, seed, experts: as MixtureLanguageModel; two experts or more.
        block_length: tokens of a block.
        balance: factor of `balance_loss` in training; 0 leaves it out.

    Raises:
        ValueError: for one expert, or a block of no token.
    """

    def __init__(self, config, seed=0, experts=None, block_length=BLOCK_LENGTH, balance=0.0, **kwargs):
        super().__init__(config, seed, experts, **kwargs)
        if self.router is None:
            raise ValueError("the model has one expert, expected two or more: there is nothing to choose.")
        if block_length < 1:
            raise ValueError(f"block_length is {block_length}, expected at least 1.")
        self.block_length = block_length
        self.balance = balance

    def initial_state(self, batch_size):
        """As MixtureLanguageModel, with the running block."""
        return {
            **super().initial_state(batch_size),
            "block": routing_memory(batch_size, len(self.experts)),
        }

    def features(self, token_ids, state=None, resets=None, mask=None):
        """As MixtureLanguageModel; `route_weights` are 1 at each token's expert and 0 elsewhere."""
        token_ids = check_rows(token_ids)
        hidden, chosen, _held, state = self._read(token_ids, state, resets, mask)
        return MixtureOutput(hidden, chosen), state

    def token_nats(self, token_ids, targets, state=None, resets=None, mask=None):
        """As MixtureLanguageModel; with `balance`, that much of the balance loss is added to each token's."""
        nats, after = super().token_nats(token_ids, targets, state, resets, mask)
        if self.balance:
            state = self.initial_state(ops.shape(token_ids)[0]) if state is None else state
            held, _router, _block = self._route(self.embed(token_ids), state, resets, mask)
            nats = nats + self.balance * balance_loss(self._choose(held), held, mask)
        return nats, after

    def step(self, token_ids, state):
        """As MixtureLanguageModel: one token for each row."""
        token_ids = check_one_of_each_row(token_ids)
        x = self.embed(token_ids)
        known = self._weights_after(state["router"])
        held, block = hold_step(known, state["block"], self.block_length)
        chosen = self._choose(held)
        _weights, router = self.router.step(x, state["router"])
        outputs, after = [], {"router": router, "block": block}
        for e, expert in enumerate(self.experts):
            y, new = expert.step(x, state[f"expert_{e}"])
            is_chosen = chosen[:, e] > 0
            after[f"expert_{e}"] = keras.tree.map_structure(
                lambda new, old, is_chosen=is_chosen: _where_row(is_chosen, new, old),
                new,
                state[f"expert_{e}"],
            )
            outputs.append(y)
        return self.logits(self._weigh(outputs, chosen, held)), after

    def get_config(self):
        return {**super().get_config(), "block_length": self.block_length, "balance": self.balance}

    def choices(self, token_ids):
        """Which expert reads each token of some texts, from their first token on: [B, T] int array."""
        held, _router, _block = self._route(
            self.embed(token_ids), self.initial_state(len(token_ids)), None, None
        )
        return ops.convert_to_numpy(ops.argmax(held, axis=-1))

    def read_apart(self, token_ids):
        """One text, each token read by its own expert and by no other.

        Args:
            token_ids: [T] int array.

        Returns:
            hidden [T, D], as `features` gives it.
        """
        x = self.embed(np.asarray(token_ids)[None])
        held, _router, _block = self._route(x, self.initial_state(1), None, None)
        chosen = ops.convert_to_numpy(ops.argmax(held, axis=-1))[0]
        outputs = [self._read_part(e, x[0], np.flatnonzero(chosen == e)) for e in range(len(self.experts))]
        return self._weigh(outputs, self._choose(held), held)[0]

    def _read_part(self, e, x, places):
        """Expert e on the tokens at these places, as one text; zeros elsewhere. [1, T, D]"""
        if not len(places):
            return ops.zeros_like(x)[None]
        y, _state = self.experts[e](ops.take(x, places, axis=0)[None])
        return ops.scatter(places[:, None], y[0], ops.shape(x))[None]

    def _read(self, token_ids, state, resets, mask):
        if state is None:
            state = self.initial_state(ops.shape(token_ids)[0])
        x = self.embed(token_ids)
        held, router, block = self._route(x, state, resets, mask)
        chosen = self._choose(held)
        outputs, after = [], {"router": router, "block": block}
        for e, expert in enumerate(self.experts):
            own = chosen[..., e] > 0
            own = own if mask is None else ops.logical_and(own, mask)
            y, after[f"expert_{e}"] = expert(x, state[f"expert_{e}"], resets, own)
            outputs.append(y)
        return self._weigh(outputs, chosen, held), chosen, held, after

    def _route(self, x, state, resets, mask):
        """(held [B, T, E], the router's state, the block's): who was chosen, and how surely."""
        weights, router = self.router(x, state["router"], resets, mask)
        before = self._weights_after(state["router"])
        known = ops.concatenate([before[:, None], weights[:, :-1]], axis=1)
        if resets is not None:
            nothing = self._weights_after(self.router.initial_state(1))
            known = ops.where(resets[..., None], nothing[:, None], known)
        held, block = hold_parallel(known, state["block"], self.block_length, resets, mask)
        return held, router, block

    def _weights_after(self, router_state):
        """The router's weights in a state, [B, E]: what it would say before it reads on."""
        recurrence = self.router.recurrence
        read = recurrence.outputs(ops.cast(router_state["hidden"], recurrence.compute_dtype))
        logits = self.router.choose(self.router.norm(read))
        return ops.softmax(logits / self.router.temperature, axis=-1)

    def _choose(self, held):
        return ops.one_hot(ops.argmax(held, axis=-1), len(self.experts), dtype="float32")

    def _weigh(self, outputs, chosen, held):
        """The chosen expert's answer through norm and projection, then times its weight."""
        return self._mix(outputs, chosen) * ops.sum(chosen * held, axis=-1, keepdims=True)


def whole_and_apart(model, token_ids):
    """One text read by the definition, and by each token's own expert alone.

    Args:
        model: TopOneModel. token_ids: [T] int array.

    Returns:
        (hidden [T, D] by the definition, hidden [T, D] by `read_apart`, choices [T]), NumPy arrays.
    """
    ids = np.asarray(token_ids, dtype="int32")
    whole = as_operations(model, lambda ids: model.features(ids)[0].hidden)(ids[None])
    apart, choices = _uncompiled(model.read_apart)(ids), _uncompiled(model.choices)(ids[None])
    return ops.convert_to_numpy(whole)[0], ops.convert_to_numpy(apart), choices[0]


def _uncompiled(method):
    """A method that looks at numbers on its way, so that no graph can be made of it."""
    return as_operations(None, method) if keras.backend.backend() == "tensorflow" else method


def _where_row(flags, new, old):
    """Rows of new [B, ...] where flags [B], else of old."""
    return ops.where(ops.reshape(flags, (-1,) + (1,) * (len(new.shape) - 1)), new, old)
