"""Waiting for something while listening for a stop, and writing down what befell a run."""

import contextlib
import datetime
import time

SECONDS_BETWEEN_LISTENING = 0.25
SECONDS_BETWEEN_SIGNS = 15.0  # of life, while it waits


class Waiter:
    """Waits until a condition holds.

    Args:
        wants_stop: called without arguments; True ends a wait.
        say: called with sentences for the reader.
        events: RunEvents, or None where there is no run yet.
    """

    def __init__(self, wants_stop, say, events=None):
        self._wants_stop, self._say, self._events = wants_stop, say, events

    def wait(self, reason, words, is_over, seconds_between):
        """Wait; tells its beginning and its end, and notes both as events.

        Args:
            reason: "disk", "hours", "load" or "heat". words: sentence for the reader.
            is_over: called without arguments, first at once, then every `seconds_between`.

        Returns:
            True when it is over, False if a stop was asked meanwhile.
        """
        if is_over():
            return True
        self._say(words)
        self._note("paused", words, reason=reason)
        start = time.monotonic()
        looked = signed = start
        while True:
            if self._wants_stop():
                return False
            time.sleep(min(SECONDS_BETWEEN_LISTENING, seconds_between))
            if time.monotonic() - signed >= SECONDS_BETWEEN_SIGNS:
                signed = time.monotonic()
                self._give_sign()
            if time.monotonic() - looked >= seconds_between:
                looked = time.monotonic()
                if is_over():
                    break
        waited = round(time.monotonic() - start, 1)
        words = f"Going on after a pause of {datetime.timedelta(seconds=round(waited))}."
        self._say(words)
        self._note("continued", words, reason=reason, seconds=waited)
        return True

    def _note(self, event, words, **more):
        if self._events is not None:
            self._events.note(event, words, **more)

    def _give_sign(self):
        if self._events is not None:
            self._events.give_sign()


class RunEvents:
    """The events of a run, written when they can be: a full disk, or a file that somebody holds, keeps them
    until later, in their order. A training never ends because its events cannot be written.

    Args:
        run: RunFolder. update: called without arguments for the number of updates done.
    """

    def __init__(self, run, update=lambda: 0):
        self.run, self.update = run, update
        self._unwritten = []

    def note(self, event, words, **more):
        """Write an event; see `mof.training.run_folder`."""
        now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        self._unwritten.append((event, self.update(), words, {"time": now, **more}))
        self._write()

    def _write(self):
        while self._unwritten:
            event, update, words, more = self._unwritten[0]
            try:
                self.run.append_event(event, update, words, **more)
            except OSError:
                return
            del self._unwritten[0]

    def give_sign(self):
        """Give the events' file the present time, by which a reader knows a pause from a dead process: once
        the pause itself is written."""
        self._write()
        if not self._unwritten:
            with contextlib.suppress(OSError):
                self.run.touch_events()
