"""Ends what would run forever: a thread that is watched and, past its time, stopped. Works on Windows too.

Signals would be simpler, but Windows has no alarm and a notebook's kernel has handlers of its own. The thread
is ended by an exception that Python raises in it at its next instruction (`PyThreadState_SetAsyncExc`); a
single long call into C ends only when it returns, and the reader is told so.
"""

import contextvars
import ctypes
import threading

_LOOK_SECONDS = 0.5  # each look takes the interpreter from the reader for a moment, long on a busy machine
_END_TRIES, _END_SECONDS = 20, 0.1


class OutOfTime(Exception):
    """The limit was passed.

    Args:
        limit_seconds: float. is_ended: whether the thread could be stopped.
    """

    def __init__(self, limit_seconds, is_ended):
        super().__init__("out of time")
        self.limit_seconds, self.is_ended = limit_seconds, is_ended


class _Stop(BaseException):
    """Raised in the thread; `except Exception` in a reader's loop does not catch it."""


def run_within(job, limit_seconds, spent_seconds):
    """Run `job()` in a thread of its own until it ends or has spent its time.

    Args:
        job: function without arguments.
        limit_seconds: float.
        spent_seconds: function that returns the seconds that count so far.

    Returns:
        What `job` returns.

    Raises:
        OutOfTime: it was stopped. Whatever `job` raises.
    """
    outcome = {}

    def work():
        try:
            outcome["result"] = job()
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_LOOK_SECONDS)
            if thread.is_alive() and spent_seconds() > limit_seconds:
                raise OutOfTime(limit_seconds, is_ended=_end(thread))
    except KeyboardInterrupt:
        _end(thread)
        raise
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


def _end(thread):
    """Raises _Stop in the thread until it is over; returns whether it is."""
    for _try in range(_END_TRIES):
        if not thread.is_alive():
            return True
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop))
        thread.join(_END_SECONDS)
    return not thread.is_alive()
