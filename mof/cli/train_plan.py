"""`mof train --plan`: follows a plan in this process, or starts another that follows it in the background."""

import contextlib
import dataclasses
import signal
import sys
from pathlib import Path

import typer

from mof.cli.backend import start_backend
from mof.cli.invocation import command_line
from mof.cli.patient_output import PatientOutput
from mof.corpus.corpus_files import find_corpus_files
from mof.corpus.reading_report import CorpusError
from mof.planning.following import (
    COPY_NAME,
    follow,
    followed_beside,
    is_finished,
    plan_in,
    refuse_another,
)
from mof.planning.gate import SECONDS_BETWEEN_LOOKS, Gate, make_way
from mof.planning.plan import PlanError
from mof.planning.waiting import Waiter
from mof.training.disk_space import RoomWaiter
from mof.training.run_folder import STOP_NAME


def train_by_plan(path, when, background):
    """Follow the plan in a file, or go on with it.

    Args:
        path: of the file. when: dict of WhenToTrain fields that replace the plan's.
        background: in a process of its own.

    Raises:
        PlanError, RunError, CorpusError, FileNotFoundError, OSError: in words, with what to do.
        typer.Exit: Ctrl-C while something was prepared.
    """
    plan = plan_in(path)
    plan = dataclasses.replace(plan, when=plan.when.replace(**when))
    gate = Gate(plan.when)  # what cannot be asked of this machine is told at once
    folder = Path(plan.head.folder)
    _refuse_if_moved(Path(path), plan, folder)
    again = command_line("train", "--plan", str(folder / COPY_NAME))  # which holds the hours that were given
    if background:
        return _start(path, when, plan)
    make_way(plan.when.niceness)
    if not sys.stdout.isatty():
        sys.stdout, sys.stderr = PatientOutput(sys.stdout), PatientOutput(sys.stderr)
    session = _Session(plan, gate, folder, again)
    try:
        is_done = follow(plan, session.train, session.prepare)
    except KeyboardInterrupt:
        print(f"Stopped. The same command goes on:\n  {again}")
        raise typer.Exit(130) from None
    if not is_done:
        print(f"Stopped and saved. The same command goes on:\n  {again}")
        return
    last = folder / plan.stages[-1].name
    print("Next:")
    print(
        "  "
        + command_line(
            *(["chat"] if len(plan.stages) > 1 else ["generate", "--prompt", "春天"]), "--run", str(last)
        )
    )
    print("  " + command_line("export", str(last), "--int8", "--output", str(folder / "small")))
    print("The plan is followed to its end. Done.")


def _refuse_if_moved(path, plan, folder):
    """A plan whose folder lies beside its file, but not where it says, was moved, or the command was given
    elsewhere: it would begin anew.

    Raises:
        PlanError: so it is.
    """
    elsewhere = followed_beside(path, plan)
    if elsewhere is not None:
        again = command_line("train", "--plan", str(elsewhere / COPY_NAME))
        raise PlanError(
            f"this plan is followed in {elsewhere} already, and says {folder}, where nothing lies. To begin "
            "anew, name another folder in the plan. Else give the command where it was given before; or, if "
            f"all was moved, go on with: {again}"
        )


class _Session:
    """One sitting: waits until a stage may begin, prepares it, trains it."""

    def __init__(self, plan, gate, folder, again):
        self.plan, self.gate, self.folder, self.again = plan, gate, folder, again
        self.stop_file = folder / STOP_NAME
        self._is_stop_asked = False
        self._waiter = Waiter(self._wants_stop, print)

    def prepare(self, name, make):
        """Wait for the right hour and for room on the disk; then what `make` gives, or None if stopped."""
        if self._wants_stop():
            return None
        with self._listening():
            refusal = self.gate.refusal()
            if refusal is not None:
                words = f"{refusal.words} Nothing is loaded yet. The plan: {self.folder / COPY_NAME}"
                is_over = lambda: self.gate.refusal() is None  # noqa: E731
                if not self._waiter.wait(refusal.reason, words, is_over, SECONDS_BETWEEN_LOOKS):
                    return None
            print(f"The {name} of the plan in {self.folder}.", flush=True)
            start_backend(saves_memory=self.plan.shape.model.saves_memory)
            wait = lambda words, is_over, seconds: self._waiter.wait("disk", words, is_over, seconds)  # noqa: E731
            prepared = RoomWaiter(self.folder, wait).do(make, self._text_bytes(name))
        return None if self._wants_stop() else prepared

    def train(self, *prepared):
        """Train a stage; returns its Progress."""
        from mof.cli.training_session import train_to_end

        def on_stop():
            self._is_stop_asked = True  # of all that follows, also where this stage is at its end

        stops = {"stop_files": (self.stop_file,), "on_stop": on_stop}
        return train_to_end(*prepared, gate=self.gate, go_on=self.again, **stops)

    def _text_bytes(self, name):
        """Of a stage's text as stored: about what it takes as tokens."""
        (stage,) = [stage for stage in self.plan.stages if stage.name == name]
        try:
            return sum(file.path.stat().st_size for file in find_corpus_files(list(stage.text.corpus)))
        except (OSError, CorpusError):  # it was moved, and the run knows where to
            return 0

    def _wants_stop(self):
        return self._is_stop_asked or self.stop_file.exists()

    @contextlib.contextmanager
    def _listening(self):
        """A signal to end asks for a stop; Ctrl-C ends at once, for nothing can be lost yet."""

        def on_signal(number, frame):
            self._is_stop_asked = True

        before = signal.signal(signal.SIGTERM, on_signal)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)


def _start(path, when, plan):
    from mof.planning.background import start

    folder = Path(plan.head.folder)
    refuse_another(plan, folder)
    if all(is_finished(folder / stage.name) for stage in plan.stages):
        print("The plan is followed to its end already. Done.")
        return
    words = [word for name, value in when.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    number, output = start(path, *words)
    print(f"Training goes on in the background (process {number}); this window may be closed.")
    print(f"What it says stands in {output}.")
    print("  " + command_line("status", str(folder)) + "   what it does")
    print("  " + command_line("stop", str(folder)) + "   stops and saves it")
    print('A machine that sleeps trains nothing: the book\'s page "Days of training" says what to set.')
    again = command_line("train", "--plan", str(folder / COPY_NAME), "--background")
    print(f"After a reboot or a crash: {again}")
