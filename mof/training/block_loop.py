"""The training loop for an accelerator: many updates in one call of the program, on JAX.

An update that takes a laptop a second takes a large GPU a hundredth of one, less than Python needs to hand
it over. So a block of updates is one program, and the next block's rows are read while it runs. The numbers
are those of `mof.training.loop`.
"""

import concurrent.futures

import keras
import numpy as np

from mof.training import clock
from mof.training.loop import Training


class BlockTraining(Training):
    """A Training in blocks of updates, for a run whose updates are one batch of one length each.

    Args:
        block: updates in one call. Others as `Training`.

    Raises:
        ValueError: the run's config asks for what a block cannot do, or the backend is another one.
    """

    def __init__(self, run, model, split, observer, block=16):
        super().__init__(run, model, split, observer)
        config = self.config
        if len(config.lengths) > 1 or config.tokens_per_update != config.num_streams * config.lengths[0]:
            raise ValueError(
                f"an update of {config.tokens_per_update} tokens in rows of {config.lengths} tokens and "
                f"{config.num_streams} streams is not one batch of one shape: give one length, and "
                "tokens_per_update as streams times length."
            )
        if config.freeze or config.input_noise or config.tokens_at_once or not config.carry_memory:
            raise ValueError(
                "freeze, input_noise, tokens_at_once and rows without memory need mof.training.loop.Training."
            )
        if keras.backend.backend() != "jax":
            raise ValueError(
                f"the backend is {keras.backend.backend()}, blocks of updates need jax: set "
                "KERAS_BACKEND=jax."
            )
        self.block = block
        self._reader = concurrent.futures.ThreadPoolExecutor(1)
        self._next_rows = None
        self._block_seconds = []  # of the blocks whose program was made before
        self._cursor = self.batches.cursor  # before the rows that were read ahead

    def restore(self, checkpoint):
        """See `Training.restore`."""
        differences = super().restore(checkpoint)
        self._next_rows, self._cursor = None, self.batches.cursor
        return differences

    def run_for(self, seconds):
        """Train until so many seconds of this process have passed, the schedule's end included.

        The number of updates follows from the pace of the last blocks, block after block, until the step
        size begins to fall; from there it is fixed.

        Returns:
            Progress.
        """
        progress, config = self.progress, self.config
        end = clock.awake_seconds() + seconds
        self._stretch_start = clock.awake_seconds() - progress.seconds
        num_updates = None
        while num_updates is None or progress.update < num_updates:
            is_falling = num_updates and progress.update >= (1 - config.decay_share) * num_updates
            if len(self._block_seconds) >= 2 and not is_falling:
                pace = float(np.median(self._block_seconds[-9:])) / self.block
                remaining = int((end - clock.awake_seconds()) / pace) // self.block * self.block
                num_updates = progress.num_updates = progress.update + max(self.block, remaining)
            self.update_block()
            self.observer.updated(self)
            if self._is_time_to_save():
                self.save()
            if self.observer.wants_stop():
                break
        self.save_unless_saved()
        return progress

    def update_block(self):
        """The next block of updates; writes their lines into the log."""
        progress, config = self.progress, self.config
        start, length = clock.awake_seconds(), config.lengths[0]
        is_first = self._next_rows is None
        trainable = self._trainable()
        batches, cursor = self._read(self.batches) if is_first else self._next_rows.result()
        plans = [self._age(trainable, progress.update + k) for k in range(self.block)]
        losses, weights, norms, self.memory = self.engine.update_many(
            batches, self.memory, *(np.stack(part) for part in zip(*plans, strict=True)), trainable
        )
        self._next_rows = self._reader.submit(self._read, self.batches)  # while the program runs
        for figures in zip(*(np.asarray(x, "float64") for x in (losses, weights, norms)), strict=True):
            loss, progress.cycle_weight, norm = map(float, figures)
            progress.num_tokens += config.tokens_per_update
            self._finish_update(loss / max(progress.cycle_weight, 1.0), norm, length)
        self._cursor = cursor
        if not is_first:
            self._block_seconds.append(clock.awake_seconds() - start)

    def pace(self):
        """Tokens a second of the blocks so far, the first left out; 0 before there are any."""
        if not self._block_seconds:
            return 0.0
        return self.block * self.config.tokens_per_update / float(np.median(self._block_seconds))

    def save(self):
        """Take a checkpoint of this moment; rows that were read ahead are not counted as read."""
        ahead = self.batches
        self.batches = _Place(self._cursor)
        try:
            super().save()
        finally:
            self.batches = ahead

    def _read(self, stream):
        batches = [stream.next_batch(self.config.lengths[0]) for _ in range(self.block)]
        return batches, stream.cursor


class _Place:
    """Stands for the batches where only their cursor is asked for."""

    def __init__(self, cursor):
        self.cursor = cursor
