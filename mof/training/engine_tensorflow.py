"""Gradients and updates on TensorFlow: one graph for each length of row, one for the update.

`accumulate` adds a batch's gradients to the sum of this update; `apply` turns the sum into new weights. Each
is traced when a length or a set of frozen groups comes up for the first time, and never again: a run begins
after one graph, not after all of them.
"""

import contextlib
import ctypes
import functools
import sys

import keras
import tensorflow as tf

from mof.ops.compilation_tensorflow import compiled
from mof.training.optimizer import UpdateScalars, adamw_update, muon_direction, orthogonalize

UPDATES_AT_ONCE = 2  # parameters: one core computes with the second while the first waits for memory
LARGE_PARAMETER = 65_536  # numbers; smaller ones do not pay for the compilation of their update


class TensorFlowEngine:
    """The training state of a model, and the two graphs that change it.

    Args:
        model: MixtureLanguageModel, built; its variables are the weights.
        plans: list of ParameterPlan, one for each of `model.trainable_variables`.
        config: TrainingConfig.
    """

    def __init__(self, model, plans, config):
        self.model = model
        self.plans = plans
        self.config = config
        self.parameters = [variable.value for variable in model.trainable_variables]  # tf.Variable
        self.slots = [
            {name: tf.Variable(tf.zeros_like(parameter), trainable=False) for name in plan.slot_names}
            for parameter, plan in zip(self.parameters, plans, strict=True)
        ]
        self.sums = [tf.Variable(tf.zeros_like(parameter), trainable=False) for parameter in self.parameters]
        self.num_traces = 0  # graphs traced so far: no more after the first update of each kind
        self._graphs = {}
        self._adamw = {}
        self._orthogonalize = tf.function(
            functools.partial(orthogonalize, product_dtype=model.config.product_dtype), autograph=False
        )  # traced once for each shape, not for each matrix

    def accumulate(self, batch, memory, trainable):
        """Forward and backward over one batch; the gradients of the summed loss are added to the sums.

        Args:
            batch: Batch of NumPy arrays [B, T].
            memory: the model's state before the batch.
            trainable: tuple of bool, one for each parameter.

        Returns:
            (summed loss in nats, summed weight, memory after the batch), float32 scalars and a nested dict.
        """
        arguments = (*map(tf.convert_to_tensor, batch_arrays(batch)), memory)
        return self._run(self._accumulate, "accumulate", trainable, arguments)

    def apply(self, total_weight, learning_rates, steps, trainable):
        """Update the weights from the sums, and empty the sums.

        Args:
            total_weight: number of targets in the sums.
            learning_rates: [P] float32 array. steps: [P] float32 array, each parameter's own update number
                from 1.
            trainable: tuple of bool.

        Returns:
            The length of the mean gradient before clipping, a float32 scalar.
        """
        arguments = (tf.constant(x, tf.float32) for x in (total_weight, learning_rates, steps))
        norm = self._run(self._apply, "apply", trainable, arguments)
        if self.model.config.saves_memory:
            return_freed_memory()  # else holes between tensors add up from update to update
        return norm

    def tensors(self, with_sums):
        """Weights and slots by the parameters' paths, for a checkpoint: the variables themselves, not copies.

        Args:
            with_sums: also the gradients summed so far.

        Returns:
            {"weights": {path: variable}, "optimizer": {path/slot: variable}, "sums": {path: variable}}.
        """
        named = list(zip(self.plans, self.parameters, self.slots, self.sums, strict=True))
        tensors = {
            "weights": {plan.path: parameter for plan, parameter, _, _ in named},
            "optimizer": {
                f"{plan.path}/{name}": slot for plan, _, slots, _ in named for name, slot in slots.items()
            },
        }
        if with_sums:
            tensors["sums"] = {plan.path: total for plan, _, _, total in named}
        return tensors

    def load(self, arrays):
        """Take back what `tensors` gave, as arrays; slots and sums begin empty where there are none."""
        for plan, parameter, slots, total in zip(
            self.plans, self.parameters, self.slots, self.sums, strict=True
        ):
            parameter.assign(arrays["weights"][plan.path])
            for name, slot in slots.items():
                slot.assign(
                    arrays["optimizer"][f"{plan.path}/{name}"]
                    if "optimizer" in arrays
                    else tf.zeros_like(slot)
                )
            total.assign(arrays["sums"][plan.path] if "sums" in arrays else tf.zeros_like(total))

    def empty_slots(self, i):
        """Forget the optimiser's state of parameter i."""
        for slot in self.slots[i].values():
            slot.assign(tf.zeros_like(slot))

    def _run(self, method, name, trainable, arguments):
        key = (name, trainable)
        if key not in self._graphs:
            self._graphs[key] = tf.function(functools.partial(method, trainable), autograph=False)
        num_traces_before = self.num_traces
        results = self._graphs[key](*arguments)
        if self.num_traces > num_traces_before:
            return_freed_memory()
        return results

    def _accumulate(self, trainable, token_ids, targets, resets, loss_weights, memory):
        self.num_traces += 1
        chosen = [parameter for parameter, flag in zip(self.parameters, trainable, strict=True) if flag]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(chosen)
            nats, memory = self.model.token_nats(token_ids, targets, memory, resets)
            loss = tf.reduce_sum(nats * loss_weights)
        gradients = iter(tape.gradient(loss, chosen, unconnected_gradients="zero"))
        for total, flag in zip(self.sums, trainable, strict=True):
            if flag:
                total.assign_add(next(gradients))
        memory = keras.tree.map_structure(tf.stop_gradient, memory)
        return loss, tf.reduce_sum(loss_weights), memory

    def _apply(self, trainable, total_weight, learning_rates, steps):
        self.num_traces += 1
        indices = [i for i, flag in enumerate(trainable) if flag]
        norm = tf.sqrt(2.0 * tf.add_n([tf.nn.l2_loss(self.sums[i]) for i in indices])) / total_weight
        clip_norm = self.config.clip_norm
        shrink = tf.minimum(1.0, clip_norm / (norm + 1e-12)) if clip_norm else 1.0
        written = [[]] * UPDATES_AT_ONCE  # of each parameter in turn, the writes that end its update
        for i in indices:
            update = self._apply_muon if self.plans[i].is_muon else self._apply_adamw
            # else all would be begun at once, and what they compute with would stand side by side
            with tf.control_dependencies(written[-UPDATES_AT_ONCE]):
                writes = update(i, UpdateScalars(shrink / total_weight, learning_rates[i], steps[i]))
            with tf.control_dependencies(writes):  # whoever reads the sum is done with it
                written.append([*writes, empty_in_place(self.sums[i])])
        return norm

    def _apply_adamw(self, i, scalars):
        plan, slots, parameter = self.plans[i], self.slots[i], self.parameters[i]
        config = self.config

        def update(parameter, total, mean, square, gradient_scale, learning_rate, step):
            scalars = UpdateScalars(gradient_scale, learning_rate, step)
            return adamw_update(
                parameter,
                total,
                mean,
                square,
                scalars,
                plan.weight_decay,
                config.first_decay_rate,
                config.second_decay_rate,
            )

        if parameter.shape.num_elements() >= LARGE_PARAMETER:  # one pass over memory, not twelve
            update = self._adamw.setdefault(plan.weight_decay, compiled(update))
        new, mean, square = update(parameter, self.sums[i], slots["mean"], slots["square"], *scalars)
        pairs = ((parameter, new), (slots["mean"], mean), (slots["square"], square))
        return [variable.assign(value, read_value=False) for variable, value in pairs]

    def _apply_muon(self, i, scalars):
        plan, slots, parameter = self.plans[i], self.slots[i], self.parameters[i]
        gradient = self.sums[i] * scalars.gradient_scale
        direction, mean = muon_direction(
            gradient, slots["mean"], self.config.momentum, plan.parts, self._orthogonalize
        )
        kept = slots["mean"].assign(mean, read_value=False)
        step = scalars.learning_rate * (direction + plan.weight_decay * parameter)
        return [kept, parameter.assign_sub(step, read_value=False)]


def empty_in_place(variable):
    """Make a finite variable 0, inside a graph; returns the operation.

    Zeros to assign would become constants of the graph, and stay: as much memory again as the variables.
    """
    return variable.assign_sub(tf.raw_ops.DeepCopy(x=variable), read_value=False)


def return_freed_memory():
    """Hand what was freed back to the system, as after tracing: at `full` 0.15 GB. With glibc alone."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # other C libraries have no such function
            ctypes.CDLL(None).malloc_trim(0)


def batch_arrays(batch):
    """The four arrays of a Batch in the engines' order: token_ids, targets, resets, loss_weights."""
    return batch.token_ids, batch.targets, batch.resets, batch.loss_weights
