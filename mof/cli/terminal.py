"""What a training shows in a terminal: a progress bar, held-out loss now and then, a clean stop on Ctrl-C;
and where it waits: for its hours, for a calm and cool machine, for room on the disk.
"""

import contextlib
import math
import signal
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from mof.planning.gate import SECONDS_BETWEEN_LOOKS
from mof.planning.waiting import RunEvents, Waiter
from mof.training.clock import JumpWatch
from mof.training.disk_space import RoomWaiter
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
        gate: `mof.planning.gate.Gate` that says when the training may run, or None.
        stop_files: paths; once one of them is there, the training stops after the present update.
        run: RunFolder whose events are noted, or None.
    """

    def __init__(
        self,
        config,
        evaluation,
        characters_per_token,
        bytes_per_token,
        expert_names,
        console=None,
        gate=None,
        stop_files=(),
        run=None,
    ):
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
        self._gate, self._stop_files = gate, stop_files
        self._gate_asked_at = None
        self._jumps = JumpWatch()
        self._update = 0
        self.events = None if run is None else RunEvents(run, lambda: self._update)
        self._waiter = Waiter(self.wants_stop, self._say, self.events)

    @contextlib.contextmanager
    def watching(self):
        """While inside, Ctrl-C asks for a stop after the present update, as do the signals by which a system
        that goes down or a closed terminal end a process. Only a second Ctrl-C stops at once: a system that
        goes down sends several signals, and a shell may pass on the same one twice."""
        num_interrupts = 0

        def on_signal(number, frame):
            nonlocal num_interrupts
            num_interrupts += number == signal.SIGINT
            if self._stop_asked:
                if num_interrupts > 1:
                    raise KeyboardInterrupt
                if number == signal.SIGINT:
                    self._say("It is stopping already; Ctrl-C again stops at once.")
                return
            self._stop_asked = True
            self._say(
                "Stopping after this update; everything will be saved. (Ctrl-C again stops at once, and "
                "loses what came after the last checkpoint.)"
            )

        before = {number: signal.signal(number, on_signal) for number in _stop_signals()}
        try:
            with self._bar if self.console.is_terminal else contextlib.nullcontext():
                yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def begin(self, update):
        """Note that so many updates are done, before the first that is heard of."""
        self._update = update

    def wants_stop(self):
        """True after Ctrl-C, a signal to end, or `mof stop`."""
        if not self._stop_asked and any(path.exists() for path in self._stop_files):
            self._stop_asked = True
            self._say("Stopping, as was asked from outside; everything will be saved.")
        return self._stop_asked

    def write(self, training, action, num_bytes):
        """Do what writes; where the disk is full, wait for room. The wait does not count as training."""
        folder = "." if self.events is None else self.events.run.path

        def wait(words, is_over, seconds_between):
            with training.paused() if training is not None else contextlib.nullcontext():
                return self._waiter.wait("disk", words, is_over, seconds_between)

        return RoomWaiter(folder, wait).do(action, num_bytes)

    def updated(self, training):
        """Move the bar; evaluate when it is time; wait where the training may not run now."""
        self._update = training.progress.update
        self._tell_jump()
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
        if not training.is_finished():
            self._pass_gate(training)

    def _pass_gate(self, training):
        """Wait at the gate; the moment is saved first, for a pause may last a day."""
        now = time.monotonic()
        if self._gate is None or self._gate.is_always_open:
            return
        if self._gate_asked_at is not None and now - self._gate_asked_at < SECONDS_BETWEEN_LOOKS:
            return
        self._gate_asked_at = now
        refusal = self._gate.refusal()
        if refusal is None:
            return
        training.save_unless_saved()
        with training.paused():
            words = f"{refusal.words} Saved; the memory stays in use. `mof stop` or Ctrl-C gives it back."
            self._waiter.wait(
                refusal.reason, words, lambda: self._gate.refusal() is None, SECONDS_BETWEEN_LOOKS
            )
        self._jumps.jump()  # a pause may hold a night's sleep

    def _tell_jump(self):
        jump = self._jumps.jump()
        if not jump:
            return
        if jump > 0:
            event = "slept"
            words = (
                f"The computer's clock went {format_seconds(jump)} further than the training: it slept, or "
                "the clock was set forward. That time does not count; nothing is lost."
            )
        else:
            event = "clock"
            words = f"The clock was set back by {format_seconds(-jump)}. The training does not go by it."
        self._say(words)
        if self.events is not None:
            self.events.note(event, words, seconds=round(jump, 1))

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
        training.log(
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
        # a terminal that is gone ends no training; where a pipe is gone, the console would end the program
        with contextlib.suppress(OSError, SystemExit):
            self.console.print(words, markup=False, highlight=False, soft_wrap=True)


def _stop_signals():
    """Ctrl-C; the system goes down, or somebody ends the process; the terminal was closed, unless that is
    ignored already, as under nohup."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return numbers


def format_seconds(seconds):
    """A duration as 4:05 (minutes and seconds) or 1:02:03 (with hours)."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
