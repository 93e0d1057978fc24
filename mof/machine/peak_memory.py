"""The largest resident memory of a process while something runs, looked at again and again by a thread."""

import threading


class PeakMemory:
    """A context manager that watches the memory of this process, or of its children.

    Args:
        is_of_children: watch the sum over all children and their children in place of this process.
        seconds_between: two looks.

    Example:
        ::

            with PeakMemory() as peak:
                train()
            print(peak.bytes())
    """

    def __init__(self, is_of_children=False, seconds_between=0.02):
        import psutil

        self._process = psutil.Process()
        self._is_of_children = is_of_children
        self._seconds_between = seconds_between
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._peak = 0
        self._lock = threading.Lock()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._is_over.set()
        self._thread.join()

    def bytes(self):
        """The peak so far; looks once more."""
        now = self._now()  # takes a while, in which the thread may see more
        with self._lock:
            self._peak = max(self._peak, now)
            return self._peak

    def _now(self):
        import psutil

        if not self._is_of_children:
            return self._process.memory_info().rss
        total = 0
        for child in self._process.children(recursive=True):
            try:
                total += child.memory_info().rss
            except psutil.Error:  # it has just ended
                continue
        return total

    def _watch(self):
        while not self._is_over.wait(self._seconds_between):
            self.bytes()
