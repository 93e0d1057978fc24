"""Writes into a run's log what its updates do not tell: how the model and the machine are, now and then.

    {"event": "session", ...}     once in each stretch, after its first update: which text, when it began
    {"event": "state", ...}       every half a minute of training: alphas, memory, disk, processor, the clock
    {"event": "checkpoint", ...}  after each checkpoint: how long it took, how many bytes

It reads and never draws: a run has the same numbers, bit for bit, with it and without it
(tests/training/test_run_recorder.py). Read by `mof.panel`; book, chapter 21.
"""

import contextlib
import shutil
import time

import keras
import psutil

from mof.cores import free_memory_bytes
from mof.training.observer import Observer

SECONDS_BETWEEN_STATES = 30.0  # of training: 1.5 MB of log in four days
ALPHA_NAME = "alpha"  # last part of the path of a thought space's factor


class RunRecorder(Observer):
    """An Observer that writes the events above."""

    def __init__(self):
        self._training = None
        self._written_at = None
        self._process = psutil.Process()

    def updated(self, training):
        """A state, when it is time or the run is at its end."""
        seconds = training.seconds()
        if self._training is None:
            self._training = training
            self._write(
                "session",
                time=round(time.time(), 1),
                fingerprint=training.batches.cursor["fingerprint"],
                num_parameters=training.model.num_parameters(),
            )
        is_due = self._written_at is None or seconds - self._written_at >= SECONDS_BETWEEN_STATES
        if is_due or training.is_finished():
            self._written_at = seconds
            self._write("state", **self._state())

    def saved(self, path):
        """How long the checkpoint took."""
        if self._training is None:  # inside the first update
            return
        seconds = self._training.seconds() - self._training.progress.seconds
        num_bytes = sum(file.stat().st_size for file in path.iterdir())
        self._write("checkpoint", save_seconds=round(seconds, 3), num_bytes=num_bytes)

    def _state(self):
        training = self._training
        return {
            "time": round(time.time(), 1),
            "processor_seconds": round(time.process_time(), 1),
            "num_updates": training.progress.num_updates,
            "alphas": thought_alphas(training.engine),
            "memory_bytes": self._process.memory_info().rss,
            "free_memory_bytes": free_memory_bytes(),
            "free_disk_bytes": shutil.disk_usage(training.run.path).free,
        }

    def _write(self, event, **facts):
        progress = self._training.progress
        place = {
            "update": progress.update,
            "seconds": round(self._training.seconds(), 3),
            "tokens": progress.num_tokens,
        }
        with contextlib.suppress(OSError):  # a full disk: the updates' own lines see to that
            self._training.run.append_log({"event": event, **place, **facts})


def thought_alphas(engine):
    """The factors of the thought spaces, block by block.

    Args:
        engine: of `mof.training.loop.make_engine`.

    Returns:
        list of floats, empty where the model has none.
    """
    weights = engine.tensors(with_sums=False)["weights"]
    alphas = [value for path, value in weights.items() if path.rsplit("/", 1)[-1] == ALPHA_NAME]
    return [round(float(keras.ops.convert_to_numpy(alpha)), 5) for alpha in alphas]
