"""What a training shows in a terminal: a progress bar, held-out loss now and then, a clean stop on Ctrl-C."""

import contextlib
import math
import signal
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from mof.training.observer import Observer

SECONDS_BETWEEN_LINES = 15.0  # where the output is no terminal, a line instead of a moving bar
SPEED_UPDATES = 20  # the speed is that of so many last updates


class TerminalObserver(Observer):
    """Shows a training's progress and evaluates it now and then; a context manager.

    Args:
        config: TrainingConfig.
        evaluation: called without arguments for a HeldOutLoss, or None where nothing is held out.
        characters_per_token: float, to tell the speed in characters.
        bytes_per_token: float, to tell the loss in bits per byte.
        expert_names: list of str, as the router orders them.
        console: rich Console, or None for the standard output.
    """

    def __init__(self, config, evaluation, characters_per_token, bytes_per_token, expert_names, console=None):
        self.config, self.evaluation = config, evaluation
        self.characters_per_token, self.bytes_per_token = characters_per_token, bytes_per_token
        self.expert_names = expert_names
        self.console = console or Console()
        columns = ("{task.percentage:>3.0f}%", "{task.fields[figures]}")
        # the width of it all stays below 80 columns
        self._bar = Progress(BarColumn(bar_width=12), *map(TextColumn, columns), console=self.console)
        self._task = None
        self._stop_asked = False
        self._evaluated_at = None
        self._last_line = None
        self._smooth_loss = None
        self._recent = []

    @contextlib.contextmanager
    def watching(self):
        """While inside, Ctrl-C asks for a stop after the present update; a second one stops at once."""

        def on_interrupt(number, frame):
            if self._stop_asked:
                raise KeyboardInterrupt
            self._stop_asked = True
            self._say(
                "Stopping after this update; everything will be saved. (Ctrl-C again stops at once, and "
                "loses what came after the last checkpoint.)"
            )

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
        seconds = training.seconds()
        now = (seconds, training.progress.update, training.progress.num_tokens)
        self._recent = [*self._recent[-SPEED_UPDATES:], now]
        loss, old = training.last_entry["loss"], self._smooth_loss
        self._smooth_loss = loss if old is None else 0.95 * old + 0.05 * loss
        self._show(training)
        if self._evaluated_at is None:  # the first look comes after one interval, in a resumed run too
            self._evaluated_at = seconds
        due = seconds - self._evaluated_at >= self.config.evaluate_seconds
        if self.evaluation is not None and (due or training.is_finished()):
            self._evaluated_at = seconds
            with training.paused():
                self._tell_evaluation(training, self.evaluation())

    def characters_per_second(self):
        """Speed over the last updates; None until there are two."""
        if len(self._recent) < 2:
            return None
        (start, _, tokens), (end, _, more) = self._recent[0], self._recent[-1]
        return (more - tokens) * self.characters_per_token / max(end - start, 1e-9)

    def seconds_left(self, training):
        """Seconds of training to come; None until the speed is known."""
        progress = training.progress
        if progress.num_updates is None:  # the minutes have not been turned into updates yet
            return max(0.0, 60 * self.config.minutes - training.seconds())
        if len(self._recent) < 2:
            return None
        (start, first, _), (end, last, _) = self._recent[0], self._recent[-1]
        return (progress.num_updates - progress.update) * (end - start) / max(last - first, 1)

    def _show(self, training):
        progress = training.progress
        bits = self._smooth_loss / math.log(2) / max(self.bytes_per_token, 1e-9)
        speed = self.characters_per_second()
        told = "measuring the speed" if speed is None else f"{speed:,.0f} characters/s"
        figures = f"loss {self._smooth_loss:.3f}  ~{bits:.3f} bits/byte  {told}"
        left = self.seconds_left(training)
        figures += f"  {format_seconds(left)} left" if left is not None else ""
        if progress.num_updates is None:
            share = min(1.0, training.seconds() / (60 * self.config.minutes))
        else:
            share = progress.update / progress.num_updates
        if self.console.is_terminal:
            if self._task is None:
                self._task = self._bar.add_task("", total=1.0, figures="")
            self._bar.update(self._task, completed=share, figures=figures)
            return
        now, before = time.monotonic(), self._last_line
        if before is None or now - before >= SECONDS_BETWEEN_LINES or training.is_finished():
            self._last_line = now
            self._say(f"{share:4.0%}  update {progress.update:,}  {figures}")

    def _tell_evaluation(self, training, result):
        shares = zip(self.expert_names, result.route_weights, strict=True)
        self._say(
            f"  update {training.progress.update:,}: {result.bits_per_byte:.3f} bits per byte on held-out "
            f"text; the router gives " + ", ".join(f"{name} {share:.0%}" for name, share in shares)
        )
        training.run.append_log(
            {
                "event": "evaluation",
                "update": training.progress.update,
                "seconds": round(training.seconds(), 3),
                "tokens": training.progress.num_tokens,
                "bits_per_byte": result.bits_per_byte,
                "nats_per_token": result.nats_per_token,
                "route_weights": result.route_weights.tolist(),
            }
        )

    def _say(self, words):
        self.console.print(words, markup=False, highlight=False, soft_wrap=True)


def format_seconds(seconds):
    """A duration as 4:05 (minutes and seconds) or 1:02:03 (with hours)."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
