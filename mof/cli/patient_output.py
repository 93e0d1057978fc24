"""An output that never ends a program: what it cannot write, it leaves out."""

import contextlib


class PatientOutput:
    """Stands before a text stream whose disk may be full or whose reader may be gone.

    Args:
        stream: what is written to.
    """

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        """Write, if it can be written; returns the number of characters either way."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self):
        """Flush, if that is possible."""
        with contextlib.suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name):
        return getattr(self._stream, name)
