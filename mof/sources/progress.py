"""How far a fetch is: megabytes received and time left, as a moving bar or, in a file, as lines."""

import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

SECONDS_BETWEEN_LINES = 15.0


class FetchProgress:
    """Shows the progress of all sources together; a context manager."""

    def __init__(self, expected_bytes: dict[str, float], console: Console | None = None) -> None:
        """Shows nothing yet.

        Args:
            expected_bytes: of each source's download, as the catalogue says.
            console: None for the standard output.
        """
        self.console = console or Console()
        self._expected = expected_bytes
        self._finished: set[str] = set()
        self._start = time.monotonic()
        self._first: float | None = None  # what was here at the start has taken no time
        self._line_at: float | None = None
        self._bar = Progress(
            BarColumn(bar_width=12),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[told]}"),
            console=self.console,
            transient=True,
        )
        self._task = None

    def __enter__(self) -> "FetchProgress":
        if self.console.is_terminal:
            self._bar.start()
            self._task = self._bar.add_task("", total=1.0, told="")
        return self

    def __exit__(self, *error: object) -> None:
        if self.console.is_terminal:
            self._bar.stop()

    def received(self, name: str, num_bytes: int, share: float) -> None:
        """Part of a source has arrived.

        Args:
            name: of the source.
            num_bytes: of it that have come by this command.
            share: of its files that are there, 0 to 1.
        """
        total = sum(self._expected.values()) or 1.0
        before = sum(self._expected[other] for other in self._finished)
        done = min(1.0, (before + share * self._expected.get(name, 0.0)) / total)
        self._first = done if self._first is None else self._first
        told = f"{name}: {num_bytes / 1e6:.1f} of about {self._expected.get(name, 0) / 1e6:g} MB"
        seconds = time.monotonic() - self._start
        if done > self._first and seconds > 1:
            told += f", {format_duration(seconds * (1 - done) / (done - self._first))} left"
        if self._task is not None:
            self._bar.update(self._task, completed=done, told=told)
        elif self._line_at is None or time.monotonic() - self._line_at >= SECONDS_BETWEEN_LINES:
            self._line_at = time.monotonic()
            self.say(f"{done:4.0%}  {told}")

    def finished(self, name: str) -> None:
        """A source is done with, fetched or lost."""
        self._finished.add(name)

    def say(self, words: str) -> None:
        """A line that stays."""
        self.console.print(words, markup=False, highlight=False, soft_wrap=True)


def format_duration(seconds: float) -> str:
    """A duration as 4:05 (minutes and seconds) or 1:02:03 (with hours).

    Example:
        >>> format_duration(245)
        '4:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
