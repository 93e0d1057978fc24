"""What a training shows in a terminal: a progress bar, held-out loss now and then, and a clean stop on Ctrl-C."""

import contextlib
import math
import signal
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn
from rich.text import Text

from mof.training.observer import Observer

SECONDS_BETWEEN_LINES = 15.0  # where the output is no terminal, a line instead of a moving bar


class TerminalObserver(Observer):
    """Shows a training's progress and evaluates it now and then; a context manager.

    Args:
        config: TrainingConfig.
        evaluation: HeldOutEvaluation, or None where nothing is held out.
        characters_per_token: float, to tell the speed in characters.
        bytes_per_token: float, to tell the loss in bits per byte.
        console: rich Console, or None for the standard output.
    """

    def __init__(self, config, evaluation, characters_per_token, bytes_per_token, console=None):
        self.config, self.evaluation = config, evaluation
        self.characters_per_token, self.bytes_per_token = characters_per_token, bytes_per_token
        self.console = console or Console()
        columns = ("[progress.percentage]{task.percentage:>3.0f}%", "{task.fields[figures]}")
        self._bar = Progress(
            BarColumn(bar_width=24), *map(TextColumn, columns), _TimeLeft(), console=self.console, transient=False
        )
        self._task = None
        self._stop_asked = False
        self._last_evaluation_seconds = 0.0
        self._last_line = 0.0
        self._smooth_loss = None
        self._recent = []

    @contextlib.contextmanager
    def watching(self):
        """While inside, Ctrl-C asks for a stop after the present update; a second one stops at once."""

        def on_interrupt(number, frame):
            if self._stop_asked:
                raise KeyboardInterrupt
            self._stop_asked = True
            self.console.print("Stopping after this update; everything will be saved.")

        before = signal.signal(signal.SIGINT, on_interrupt)
        try:
            with self._bar if self.console.is_terminal else contextlib.nullcontext():
                yield self
        finally:
            signal.signal(signal.SIGINT, before)

    def wants_stop(self):
        """True after Ctrl-C."""
        return self._stop_asked

    def updated(self, training):
        """Move the bar; evaluate when it is time."""
        progress = training.progress
        entry = training.last_entry
        self._recent = [*self._recent[-19:], (training.seconds(), progress.num_tokens)]
        old = self._smooth_loss
        self._smooth_loss = entry["loss"] if old is None else 0.95 * old + 0.05 * entry["loss"]
        self._show(training)
        due = training.seconds() - self._last_evaluation_seconds >= self.config.evaluate_seconds
        if self.evaluation is not None and (due or training.is_finished()):
            self._last_evaluation_seconds = training.seconds()
            with training.paused():
                result = self.evaluation()
            self.console.print(
                f"  update {progress.update:,}: held-out text {result.bits_per_byte:.3f} bits per byte; the router gives "
                + ", ".join(f"expert {i} {share:.0%}" for i, share in enumerate(result.route_weights))
            )
            training.run.append_log(
                {
                    "event": "evaluation",
                    "update": progress.update,
                    "seconds": round(training.seconds(), 3),
                    "tokens": progress.num_tokens,
                    "bits_per_byte": result.bits_per_byte,
                    "nats_per_token": result.nats_per_token,
                    "route_weights": result.route_weights.tolist(),
                }
            )

    def _show(self, training):
        progress = training.progress
        bits = self._smooth_loss / math.log(2) / max(self.bytes_per_token, 1e-9)
        figures = f"update {progress.update:,}  loss {self._smooth_loss:.3f}  about {bits:.3f} bits/byte  "
        figures += f"{self.characters_per_second():,.0f} characters/s"
        share = 0.0
        if progress.num_updates:
            share = progress.update / progress.num_updates
        elif not self.config.num_updates:
            share = training.seconds() / (60 * self.config.minutes)
        left = training.seconds() * (1 - share) / share if share else None
        if self.console.is_terminal:
            if self._task is None:
                self._task = self._bar.add_task("", total=1.0, figures="", left=None)
            self._bar.update(self._task, completed=share, figures=figures, left=left)
        elif time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES or training.is_finished():
            self._last_line = time.monotonic()
            self.console.print(f"{share:4.0%}  {figures}  {_time_left(left)}")

    def characters_per_second(self):
        """Speed over the last twenty updates."""
        if len(self._recent) < 2:
            return 0.0
        (start, tokens), (end, more) = self._recent[0], self._recent[-1]
        return (more - tokens) * self.characters_per_token / max(end - start, 1e-9)


class _TimeLeft(ProgressColumn):
    def render(self, task):
        return Text(_time_left(task.fields["left"]))


def _time_left(seconds):
    if seconds is None:
        return "measuring the speed"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d} left" if hours else f"{minutes}:{seconds:02d} left"
