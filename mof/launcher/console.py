"""Output that any console can show, and programs run with a progress line and a log."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

TICK_SECONDS = 0.5


def use_utf8() -> None:
    """Lets Chinese be printed whatever the console's code page; what it cannot show becomes "?"."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)


def run_program(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> int:
    """Runs a program on this console and returns its exit status. Ctrl+C goes to the program."""
    with subprocess.Popen(list(map(str, command)), cwd=folder, env=dict(environment)) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the program got it too, and decides


def become_program(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> int:
    """Runs a program in this one's place, so that a signal or a kill reaches it; on Windows, as a child."""
    if os.name == "nt":
        return run_program(command, folder, environment)
    sys.stdout.flush()
    os.chdir(folder)
    os.execve(str(command[0]), list(map(str, command)), dict(environment))


def run_logged(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    log: Path,
    label: str,
    keep_open: tuple[int, ...] = (),
) -> tuple[int, str]:
    """Runs a program, adds its output to `log`, and shows the seconds and its latest line meanwhile.

    Args:
        keep_open: file descriptors that the program holds too. A lock among them stays locked until the
            program has ended, also where this process is killed first. Not on Windows: there the program
            holds none of them, and a lock is free as soon as this process has ended.

    Returns:
        Its exit status (negative: killed by that signal) and its whole output.
    """
    lines = []
    with _Log(log) as file:
        file.add(f"\n$ {' '.join(map(str, command))}\n")
        process = subprocess.Popen(
            list(map(str, command)),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=() if os.name == "nt" else keep_open,
        )
        finished = threading.Event()
        ticker = threading.Thread(target=_show_progress, args=(label, lines, finished))
        ticker.start()
        try:
            for line in process.stdout:
                file.add(line)
                lines.append(line)
            status = process.wait()
        except BaseException:  # Ctrl+C included: leave no installer behind
            process.kill()
            process.wait()
            raise
        finally:
            finished.set()
            ticker.join()
    return status, "".join(lines)


class _Log:
    """A file that is added to; where it cannot be written, that is told once, and all goes on without it."""

    def __init__(self, path: Path):
        self.path, self.file = path, None

    def __enter__(self) -> "_Log":
        try:
            self.path.parent.mkdir(exist_ok=True)
            self.file = self.path.open("ab", buffering=0)  # no buffer: it would write again when closed
        except OSError as error:
            self._give_up(error)
        return self

    def __exit__(self, *_) -> None:
        if self.file:
            self.file.close()

    def add(self, text: str) -> None:
        if self.file:
            try:
                self.file.write(text.encode("utf-8", "replace"))
            except OSError as error:
                self.file.close()
                self.file = None
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        print(f"  {self.path} cannot be written ({error}); it goes on without a log", flush=True)


def _show_progress(label: str, lines: list[str], finished: threading.Event) -> None:
    start = time.monotonic()
    on_terminal = sys.stdout.isatty()
    next_report = 15.0
    while not finished.wait(TICK_SECONDS):
        seconds = time.monotonic() - start
        latest = " ".join(lines[-1].split()) if lines else ""
        if on_terminal:
            print(f"\r  {label}  {seconds:4.0f} s  {latest[:50]:50}", end="", flush=True)
        elif seconds >= next_report:
            print(f"  {label}  {seconds:4.0f} s  {latest[:80]}", flush=True)
            next_report += 15.0
    if on_terminal:
        print("\r" + " " * (len(label) + 62) + "\r", end="")
    print(f"  {label}  {time.monotonic() - start:.0f} s", flush=True)


def describe_exit(status: int) -> str:
    """Words for an exit status that a reader cannot be expected to know."""
    if status < 0 or status > 128:
        number = -status if status < 0 else status - 128
        reasons = {  # by number: Windows has no name for the first
            9: "the system stopped it, most often for lack of memory: close other programs",
            signal.SIGILL: "the processor lacks an instruction that TensorFlow uses",
        }
        try:
            return reasons.get(number) or f"stopped by {signal.Signals(number).name}"
        except ValueError:
            return f"exit status {status}"
    return f"exit status {status}"
