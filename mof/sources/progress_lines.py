"""A line every few seconds while something long goes on: the share that is done, and the time left."""

import time
from collections.abc import Callable

from mof.sources.progress import format_duration

SECONDS_BETWEEN_LINES = 5.0


class ProgressLines:
    """Called with what is done and all there is; what takes less than a few seconds is told nothing of.

    Attributes:
        has_told: whether a line was said.

    Example:
        >>> lines = ProgressLines(print, "of the text read")
        >>> lines(1, 4)  # the first call says nothing: it begins to measure the speed
    """

    def __init__(self, say: Callable[[str], object], what: str) -> None:
        """Says nothing yet.

        Args:
            say: called with each line.
            what: follows the share: "of the text read".
        """
        self._say, self._what = say, what
        self._first: int | None = (
            None  # what was done before the first call, such as making a graph, counts not
        )
        self._start = self._told_at = 0.0
        self.has_told = False

    def __call__(self, done: int, total: int) -> None:
        """So much is done of all that there is, in any unit."""
        now = time.monotonic()
        if self._first is None:
            self._first, self._start, self._told_at = done, now, now
        if now - self._told_at < SECONDS_BETWEEN_LINES or not self._first < done < total:
            return
        left = (now - self._start) * (total - done) / (done - self._first)
        self._say(f"  {done / total:.0%} {self._what}, {format_duration(left)} left.")
        self._told_at, self.has_told = now, True
