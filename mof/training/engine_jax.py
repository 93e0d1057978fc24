"""Gradients and updates on JAX: the same two steps as on TensorFlow, as pure functions of arrays."""

import functools

import jax
import keras
import numpy as np

from mof.training.optimizer import UpdateScalars, adamw_update, muon_direction, orthogonalize


class JaxEngine:
    """The training state of a model, and the two compiled functions that change it.

    Methods and arguments are those of `mof.training.engine_tensorflow.TensorFlowEngine`.
    """

    def __init__(self, model, plans, config):
        self.model, self.plans, self.config = model, plans, config
        self.parameters = [variable.value for variable in model.trainable_variables]
        self.slots = [
            {name: keras.ops.zeros_like(parameter) for name in plan.slot_names}
            for parameter, plan in zip(self.parameters, plans, strict=True)
        ]
        self.sums = [keras.ops.zeros_like(parameter) for parameter in self.parameters]
        self.num_traces = 0
        self._accumulate_jit = jax.jit(self._accumulate, static_argnums=0)
        self._apply_jit = jax.jit(self._apply, static_argnums=0)
        self._update_many_jit = jax.jit(self._update_many, static_argnums=0, donate_argnums=(1, 2, 4))

    def accumulate(self, batch, memory, trainable):
        """Forward and backward over one batch; see `TensorFlowEngine.accumulate`."""
        arrays = (batch.token_ids, batch.targets, batch.resets, batch.loss_weights)
        loss, weight, memory, self.sums = self._accumulate_jit(
            trainable, self.parameters, self.sums, arrays, memory
        )
        return loss, weight, memory

    def apply(self, total_weight, learning_rates, steps, trainable):
        """Update the weights from the sums; see `TensorFlowEngine.apply`."""
        scalars = tuple(np.asarray(x, "float32") for x in (total_weight, learning_rates, steps))
        norm, self.parameters, self.slots, self.sums = self._apply_jit(
            trainable, self.parameters, self.slots, self.sums, scalars
        )
        for variable, value in zip(self.model.trainable_variables, self.parameters, strict=True):
            variable.assign(value)
        return norm

    def update_many(self, batches, memory, learning_rates, steps, trainable):
        """Several updates of one batch each as one program: what keeps an accelerator busy, which is done
        with an update before Python has asked for the next. The same numbers as `accumulate` and `apply` in
        turn.

        Args:
            batches: list of K Batch of one shape.
            memory: state before the first. It is used up.
            learning_rates, steps: [K, P] arrays, those of `apply` for each update.
            trainable: flags of the parameters.

        Returns:
            (losses [K], summed over the batch's targets; weights [K]; gradient lengths [K]; memory).
        """
        names = ("token_ids", "targets", "resets", "loss_weights")
        arrays = tuple(np.stack([getattr(batch, name) for batch in batches]) for name in names)
        scalars = np.asarray(learning_rates, "float32"), np.asarray(steps, "float32")
        figures, self.parameters, self.slots, memory = self._update_many_jit(
            trainable, self.parameters, self.slots, arrays, memory, scalars
        )
        for variable, value in zip(self.model.trainable_variables, self.parameters, strict=True):
            variable.assign(jax.numpy.copy(value))  # the next call uses the engine's own array up
        return *figures, memory

    def tensors(self, with_sums):
        """Weights and slots by the parameters' paths; see `TensorFlowEngine.tensors`."""
        paths = [plan.path for plan in self.plans]
        tensors = {
            "weights": dict(zip(paths, self.parameters, strict=True)),
            "optimizer": {
                f"{path}/{name}": slot
                for path, slots in zip(paths, self.slots, strict=True)
                for name, slot in slots.items()
            },
        }
        if with_sums:
            tensors["sums"] = dict(zip(paths, self.sums, strict=True))
        return tensors

    def load(self, arrays):
        """Take back what `tensors` gave, as arrays; slots and sums begin empty where there are none."""
        paths = [plan.path for plan in self.plans]
        self.parameters = [jax.numpy.asarray(arrays["weights"][path]) for path in paths]
        if "optimizer" in arrays:
            self.slots = [
                {name: jax.numpy.asarray(arrays["optimizer"][f"{path}/{name}"]) for name in slots}
                for path, slots in zip(paths, self.slots, strict=True)
            ]
        else:
            for i in range(len(paths)):
                self.empty_slots(i)
        if "sums" in arrays:
            self.sums = [jax.numpy.asarray(arrays["sums"][path]) for path in paths]
        else:
            self.sums = [keras.ops.zeros_like(parameter) for parameter in self.parameters]
        for variable, value in zip(self.model.trainable_variables, self.parameters, strict=True):
            variable.assign(value)

    def empty_slots(self, i):
        """Forget the optimiser's state of parameter i."""
        self.slots[i] = {name: keras.ops.zeros_like(slot) for name, slot in self.slots[i].items()}

    def _accumulate(self, trainable, parameters, sums, arrays, memory):
        self.num_traces += 1
        token_ids, targets, resets, loss_weights = arrays
        variables = self.model.trainable_variables

        def loss_of(chosen):
            remaining = iter(chosen)
            values = [next(remaining) if flag else p for flag, p in zip(trainable, parameters, strict=True)]
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                nats, after = self.model.token_nats(token_ids, targets, memory, resets)
            return (nats * loss_weights).sum(), after

        chosen = [p for p, flag in zip(parameters, trainable, strict=True) if flag]
        (loss, after), gradients = jax.value_and_grad(loss_of, has_aux=True)(chosen)
        remaining = iter(gradients)
        sums = [
            total + next(remaining) if flag else total for total, flag in zip(sums, trainable, strict=True)
        ]
        return loss, loss_weights.sum(), after, sums

    def _apply(self, trainable, parameters, slots, sums, scalars):
        total_weight, learning_rates, steps = scalars
        squares = [jax.numpy.sum(s**2) for s, flag in zip(sums, trainable, strict=True) if flag]
        norm = jax.numpy.sqrt(functools.reduce(jax.numpy.add, squares)) / total_weight
        clip_norm = self.config.clip_norm
        shrink = jax.numpy.minimum(1.0, clip_norm / (norm + 1e-12)) if clip_norm else 1.0
        new_parameters, new_slots = [], []
        for i, flag in enumerate(trainable):
            parameter, slot = parameters[i], slots[i]
            if flag:
                scalars_of_i = UpdateScalars(shrink / total_weight, learning_rates[i], steps[i])
                parameter, slot = self._update(self.plans[i], parameter, sums[i], slot, scalars_of_i)
            new_parameters.append(parameter)
            new_slots.append(slot)
        return norm, new_parameters, new_slots, [keras.ops.zeros_like(total) for total in sums]

    def _update_many(self, trainable, parameters, slots, arrays, memory, scalars):
        def one(state, inputs):
            parameters, slots, memory = state
            arrays, learning_rates, steps = inputs
            empty = [keras.ops.zeros_like(parameter) for parameter in parameters]
            loss, weight, memory, sums = self._accumulate(trainable, parameters, empty, arrays, memory)
            scalars = jax.numpy.maximum(weight, 1.0), learning_rates, steps
            norm, parameters, slots, _ = self._apply(trainable, parameters, slots, sums, scalars)
            return (parameters, slots, memory), (loss, weight, norm)

        state, figures = jax.lax.scan(one, (parameters, slots, memory), (arrays, *scalars))
        return figures, *state

    def _update(self, plan, parameter, total, slots, scalars):
        config = self.config
        if plan.is_muon:
            gradient = total * scalars.gradient_scale
            square_off = functools.partial(orthogonalize, product_dtype=self.model.config.product_dtype)
            direction, mean = muon_direction(gradient, slots["mean"], config.momentum, plan.parts, square_off)
            step = scalars.learning_rate * (direction + plan.weight_decay * parameter)
            return parameter - step, {"mean": mean}
        decay_rates = (config.first_decay_rate, config.second_decay_rate)
        parameter, mean, square = adamw_update(
            parameter, total, slots["mean"], slots["square"], scalars, plan.weight_decay, *decay_rates
        )
        return parameter, {"mean": mean, "square": square}
