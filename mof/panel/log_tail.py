"""Follows a run's files of lines while they are written: reads what has been added, and nothing twice.

The last line may be half written; a resumed run replaces its log by a shorter one and goes on
(`mof.training.run_folder.RunFolder.rewind_log`). What was read last is therefore looked for in its place
first; where it is not there, the file is read from its beginning again.
"""

import array
import json
import math

import numpy as np

COLUMNS = ("update", "loss", "gradient_norm", "factor", "length", "tokens", "seconds")


class LineTail:
    """The lines of one growing file of JSON objects; a subclass says what a line is.

    Args:
        path: pathlib.Path; the file need not be there yet.

    Attributes:
        num_bad_lines: lines passed over because they are not what they should be.
        num_reads_from_start: how often the file was read from its beginning.
    """

    def __init__(self, path):
        self.path = path
        self.num_reads_from_start = 0
        self._start_again()

    def refresh(self):
        """Read what is new.

        Returns:
            bool, whether anything was.
        """
        try:
            with open(self.path, "rb") as file:
                goes_on = self._goes_on(file)
                file.seek(self._offset if goes_on else 0)
                added = file.read()
        except OSError:  # not there yet, or just being replaced
            return False
        if not goes_on:
            self._start_again()
        end = added.rfind(b"\n") + 1  # what follows the last line end is still being written
        lines = added[:end].split(b"\n")[:-1]
        if lines:
            self.num_reads_from_start += self._offset == 0
            self._last_line = lines[-1] + b"\n"
            self._offset += end
        for line in lines:
            try:
                self.take(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError):
                self.num_bad_lines += 1
        return bool(lines) or not goes_on

    def take(self, entry):
        """Keep one JSON value. Raises ValueError, TypeError, KeyError or AttributeError where it is none of
        this file's."""
        raise NotImplementedError(f"{type(self).__name__} must say what it keeps of a line.")

    def _start_again(self):
        self.num_bad_lines = 0
        self._offset, self._last_line = 0, b""

    def _goes_on(self, file):
        """Whether the line that was read last still stands where it stood."""
        file.seek(self._offset - len(self._last_line))
        return file.read(len(self._last_line)) == self._last_line


class LogTail(LineTail):
    """log.jsonl: the updates as columns of numbers, and the events by kind.

    Attributes:
        events: dict from a kind ("evaluation", "state", "checkpoint", "session", ...) to its dicts, in order.
    """

    def column(self, name):
        """[U] float64 array of one of COLUMNS, a number for each update; NaN where a line lacks it."""
        return np.array(self._columns[name], dtype=np.float64)

    def __len__(self):
        return len(self._columns["update"])

    def last(self, name):
        """The newest number of a column; NaN where there is no update yet."""
        column = self._columns[name]
        return column[-1] if column else float("nan")

    def take(self, entry):
        """See `LineTail.take`."""
        update = float(entry["update"])
        if not math.isfinite(update):
            raise ValueError(f"update is {update}, expected the number of one.")
        if "event" in entry:
            for name in ("seconds", "tokens"):  # without them an event has no place in a figure
                entry[name] = float(entry.get(name, "nan"))
            self.events.setdefault(str(entry["event"]), []).append(entry)
            return
        values = [float(entry.get(name, "nan")) for name in COLUMNS]
        while len(self) and self._columns["update"][-1] >= update:  # done again, in the same file
            for column in self._columns.values():
                column.pop()
        for name, value in zip(COLUMNS, values, strict=True):
            self._columns[name].append(value)

    def _start_again(self):
        super()._start_again()
        self._columns = {name: array.array("d") for name in COLUMNS}
        self.events = {}


class MarksTail(LineTail):
    """samples.jsonl, as `mof.generation.sample_marks` writes it."""

    def marks(self, last_update=float("inf")):
        """Its dicts up to an update, in order; a mark that was made again counts once."""
        return [self._marks[update] for update in sorted(self._marks) if update <= last_update]

    def take(self, entry):
        """See `LineTail.take`."""
        pairs = [(str(prompt), str(text)) for prompt, text in entry["samples"]]
        self._marks[int(entry["update"])] = {**entry, "samples": pairs}

    def _start_again(self):
        super()._start_again()
        self._marks = {}


class BefellTail(LineTail):
    """events.jsonl: what befell a run ("started", "resumed", "paused", "continued", "stopped" ...), each with
    "update" and "words". A run need not have one.

    Attributes:
        entries: its dicts, in order.
    """

    def take(self, entry):
        """See `LineTail.take`."""
        words = {"event": str(entry["event"]), "words": str(entry["words"])}
        self.entries.append({**entry, **words, "update": int(entry["update"])})

    def _start_again(self):
        super()._start_again()
        self.entries = []
