"""The training loop: read rows, sum gradients, update, write down, save. Short on purpose; book, chapter 10.

`model.fit` works on the same model and takes the same steps, but it restores an epoch and not a batch, has no
carried memory, and traces a graph anew for each length; so long runs use this loop.
"""

import contextlib
import math

import keras
import numpy as np

from mof.corpus.packing import StreamBatches
from mof.layers.seeds import derive_seed
from mof.training import clock
from mof.training.checkpoint import save_checkpoint
from mof.training.conditions import bit_identity_conditions, changed_conditions
from mof.training.freezing import frozen_groups, parse_freezing, trainable_flags
from mof.training.input_noise import add_input_noise
from mof.training.memory_arrays import flatten_state, unflatten_state
from mof.training.parameters import plan_parameters, step_sizes
from mof.training.progress import Progress
from mof.training.row_groups import accumulate_in_groups
from mof.training.saved_model import check_shapes
from mof.training.schedule import draw_length, schedule_factor, warmup_factor
from mof.training.tensor_file import num_bytes

# of a process: by the updates between these the speed is measured that turns minutes into updates
FIRST_TIMED_UPDATE, LAST_TIMED_UPDATE = 4, 16


class TrainingDiverged(ArithmeticError):
    """The loss or the gradient is no number any more."""


class Training:
    """One training run in progress.

    Args:
        run: RunFolder.
        model: MixtureLanguageModel.
        split: the training part of a token cache.
        observer: object with the methods of `mof.training.observer.Observer`.
    """

    def __init__(self, run, model, split, observer):
        self.run, self.model, self.split, self.observer = run, model, split, observer
        self.config = run.training_config
        self.plans = plan_parameters(model, self.config)
        self.engine = make_engine(model, self.plans, self.config)
        self.stretches = parse_freezing(self.config.freeze)
        fresh = [0] * len(self.plans)
        self.progress = Progress(
            num_updates=self.config.num_updates or None, ages=fresh, thawed_at=list(fresh)
        )
        self.batches = StreamBatches(split, self.config.num_streams, self.config.seed)
        self.memory = model.initial_state(self.config.num_streams)
        self.last_entry = None  # the log's newest line
        self._was_trainable = None
        self._stretch_start = clock.awake_seconds()
        self._first_update = 0  # that this process does
        self._is_paused = False
        self._saved_at = 0.0
        self._saved_place = None  # (update, micro_batch) of the checkpoint that holds this moment

    def restore(self, checkpoint):
        """Go back to where a checkpoint was taken.

        Args:
            checkpoint: Checkpoint with all its parts; one of a snapshot has weights alone.

        Returns:
            list of sentences: what differs now, so that the run will not be bit-identical; empty where
                nothing does.

        Raises:
            RunError: it belongs to a model or an optimiser of another config.
            ValueError: it belongs to another corpus, or its memory to another model.
        """
        state = checkpoint.state
        variables = self.model.trainable_variables
        shapes = {plan.path: tuple(v.shape) for plan, v in zip(self.plans, variables, strict=True)}
        check_shapes(checkpoint.arrays["weights"], shapes, checkpoint.path)
        if "optimizer" in checkpoint.arrays:
            slots = {
                f"{plan.path}/{name}": shapes[plan.path] for plan in self.plans for name in plan.slot_names
            }
            check_shapes(checkpoint.arrays["optimizer"], slots, checkpoint.path)
        self.progress = Progress(**state["progress"])
        self.batches = StreamBatches(
            self.split, self.config.num_streams, self.config.seed, cursor=state["cursor"]
        )
        self.engine.load(checkpoint.arrays)
        if "memory" in checkpoint.arrays:
            self.memory = unflatten_state(checkpoint.arrays["memory"], self.memory)
        self._was_trainable = tuple(state["trainable"]) if state["trainable"] else None
        self._saved_at = self.progress.seconds
        self._saved_place = (self.progress.update, self.progress.micro_batch)
        self._stretch_start = clock.awake_seconds() - self.progress.seconds
        self._first_update = self.progress.update
        self.run.rewind_log(self.progress.update)
        missing = [state["difference"]] if "difference" in state else []
        return missing + changed_conditions(state["conditions"], bit_identity_conditions())

    def save(self):
        """Take a checkpoint of this moment."""
        self.progress.seconds = self.seconds()
        arrays = self.engine.tensors(with_sums=self.progress.micro_batch > 0)
        arrays["memory"] = flatten_state(self.memory)
        state = {
            "progress": vars(self.progress),
            "cursor": self.batches.cursor,
            "trainable": list(self._was_trainable or ()),
            "tokenizer_hash": self.run.facts["tokenizer_hash"],
            "conditions": bit_identity_conditions(),
        }
        place = (self.progress.update, self.progress.micro_batch)
        path = self.observer.write(
            self,
            lambda: save_checkpoint(self.run.checkpoints, arrays, state, *place),
            num_bytes(arrays),
        )
        self._saved_at = self.progress.seconds
        self._saved_place = place
        self.observer.saved(path)

    def save_unless_saved(self):
        """Take a checkpoint of this moment if the newest one is not that already."""
        if self._saved_place != (self.progress.update, self.progress.micro_batch):
            self.save()

    def seconds(self):
        """Seconds of training so far, over all stretches of the run."""
        return clock.awake_seconds() - self._stretch_start

    @contextlib.contextmanager
    def paused(self):
        """What happens inside, such as an evaluation, does not count as seconds of training; a pause inside a
        pause counts once."""
        is_outermost, self._is_paused = not self._is_paused, True
        start = clock.awake_seconds()
        try:
            yield
        finally:
            if is_outermost:
                self._stretch_start += clock.awake_seconds() - start
                self._is_paused = False

    def run_to_end(self):
        """Train until the run's last update, or until the observer asks to stop; the last moment is saved
        either way."""
        self._stretch_start = clock.awake_seconds() - self.progress.seconds
        while not self.is_finished() and not self.observer.wants_stop():
            self.update()
            if self.is_finished():
                self.save_unless_saved()  # the observer's last look may take minutes
            self.observer.updated(self)
        self.save_unless_saved()
        return self.progress

    def is_finished(self):
        """True after the last update."""
        return self.progress.num_updates is not None and self.progress.update >= self.progress.num_updates

    def update(self):
        """One update of the weights: sum the gradients of a few batches, then apply them."""
        progress, config = self.progress, self.config
        trainable = self._trainable()
        length = draw_length(config, progress.update, progress.num_updates)
        num_batches = config.tokens_per_update // (config.num_streams * length)
        while progress.micro_batch < num_batches:
            batch = self._next_batch(length)
            memory = self.memory if config.carry_memory else self.model.initial_state(config.num_streams)
            loss, weight, self.memory = accumulate_in_groups(
                self.engine, batch, memory, trainable, config.tokens_at_once
            )
            progress.cycle_loss += loss
            progress.cycle_weight += weight
            progress.micro_batch += 1
            progress.num_tokens += batch.token_ids.size
            is_sound = math.isfinite(progress.cycle_loss)  # else the update's end stops the run
            if is_sound and progress.micro_batch < num_batches and self._is_time_to_save():
                self.save()
        self._apply(trainable, length)
        self._plan()
        if self._is_time_to_save():
            self.save()

    def _next_batch(self, length):
        progress, config = self.progress, self.config
        share = config.input_noise * schedule_factor(config, progress.update, progress.num_updates)
        seed = derive_seed(config.seed, "input noise", progress.num_tokens)
        return add_input_noise(self.batches.next_batch(length), share, seed)

    def _apply(self, trainable, length):
        progress = self.progress
        weight = max(progress.cycle_weight, 1.0)
        norm = float(self.engine.apply(weight, *self._age(trainable, progress.update), trainable))
        self._finish_update(progress.cycle_loss / weight, norm, length)

    def _age(self, trainable, update):
        """Count an update of the parameters that it trains; returns (step sizes, ages), both [P] arrays."""
        progress, config = self.progress, self.config
        factor = schedule_factor(config, update, progress.num_updates)
        factors = []
        for i, flag in enumerate(trainable):
            progress.ages[i] += int(flag)
            since_thaw = update - progress.thawed_at[i]
            is_rewarming = progress.thawed_at[i] > 0
            factors.append(factor * (warmup_factor(since_thaw, config.thaw_updates) if is_rewarming else 1.0))
        return step_sizes(self.plans, config, factors), np.maximum(progress.ages, 1)

    def _finish_update(self, loss, norm, length):
        """Check and write down what an update gave, and begin the next."""
        progress, config = self.progress, self.config
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise TrainingDiverged(
                f"after update {progress.update} the loss is {loss} and the gradient's length "
                f"{norm}: the training has "
                "diverged. The last checkpoint is from before. Start again with a smaller learning "
                "rate, for example half."
            )
        factor = schedule_factor(config, progress.update, progress.num_updates)
        progress.update += 1
        progress.num_targets += progress.cycle_weight
        progress.micro_batch, progress.cycle_loss, progress.cycle_weight = 0, 0.0, 0.0
        self.last_entry = {
            "update": progress.update,
            "loss": loss,
            "gradient_norm": norm,
            "factor": factor,
            "length": length,
            "tokens": progress.num_tokens,
            "seconds": round(self.seconds(), 3),
        }
        self.log(self.last_entry)

    def log(self, entry):
        """Add a line to the run's log; where the disk is full, the observer may wait for room."""
        self.observer.write(self, lambda: self.run.append_log(entry), 0)

    def _trainable(self):
        """Flags of the parameters that this update trains; groups that thaw are noted and start with empty
        slots."""
        progress = self.progress
        share = progress.update / progress.num_updates if progress.num_updates else 0.0
        trainable = tuple(trainable_flags(self.model, frozen_groups(self.stretches, share)))
        if self._was_trainable is not None and trainable != self._was_trainable:
            for i, (before, now) in enumerate(zip(self._was_trainable, trainable, strict=True)):
                if now and not before:
                    progress.thawed_at[i] = progress.update
                    progress.ages[i] = 0
                    self.engine.empty_slots(i)
        self._was_trainable = trainable
        return trainable

    def _plan(self):
        """Turn minutes into updates, once, from the speed of the first few that one process does; from then
        on the run is fixed. A process that goes on before that times anew, for it makes its graphs anew."""
        progress, config = self.progress, self.config
        if progress.num_updates is not None:
            return
        done_here = progress.update - self._first_update
        if done_here == FIRST_TIMED_UPDATE:
            progress.planning_seconds = self.seconds()
        elif done_here >= LAST_TIMED_UPDATE:
            speed = (done_here - FIRST_TIMED_UPDATE) / (self.seconds() - progress.planning_seconds)
            remaining = max(0.0, config.minutes * 60 - self.seconds())
            progress.num_updates = progress.update + max(1, round(remaining * speed))

    def _is_time_to_save(self):
        config, progress = self.config, self.progress
        if config.checkpoint_updates:
            return progress.micro_batch == 0 and progress.update % config.checkpoint_updates == 0
        return self.seconds() - self._saved_at >= config.checkpoint_seconds


def make_engine(model, plans, config):
    """The engine of the active backend."""
    if keras.backend.backend() == "tensorflow":
        from mof.training.engine_tensorflow import TensorFlowEngine

        return TensorFlowEngine(model, plans, config)
    from mof.training.engine_jax import JaxEngine

    return JaxEngine(model, plans, config)
