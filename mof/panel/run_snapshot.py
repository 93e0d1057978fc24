"""One moment of a run, as arrays and plain values: what figures, words and the terminal view are made from.

A run that is being trained gives one at every look (`mof.panel.run_reader`), a record gives the last one of a
run long ended (`mof.panel.recorded_run`).
"""

import dataclasses

import numpy as np

from mof.experts.names import expert_names
from mof.panel.log_tail import COLUMNS
from mof.panel.signals import is_silent

# a run that waits gives a sign of life every 15 s (`mof.planning.waiting`)
MOST_SILENT_SECONDS_OF_A_PAUSE = 90.0


@dataclasses.dataclass(frozen=True)
class RunSnapshot:
    """A run at one moment.

    Attributes:
        name: str, for legends.
        facts: dict, run.json.
        columns: dict from each of `mof.panel.log_tail.COLUMNS` to a [U] float64 array, an entry for each
            update (or for each block of them, in a record).
        events: dict from a kind to its dicts.
        marks: list of dicts of samples.
        befell: what befell the run, as its events.jsonl tells it; may be empty.
        num_updates: of the whole run; None while the minutes have not been turned into updates.
        forecast: `mof.machine.forecast.Forecast` or None.
        silent_seconds: since the run's files were last changed; None for a record.
        is_saved: whether the newest checkpoint holds the newest update.
        num_bad_lines: lines of the log that were passed over.
        fingerprint: of its text as tokens; None before its log or a checkpoint has told it.
        day_hours: in which its plan lets it train, such as "22-7"; "" for the whole day.
        is_there: whether its folder could be found.
    """

    name: str
    facts: dict
    columns: dict
    events: dict = dataclasses.field(default_factory=dict)
    marks: tuple = ()
    befell: tuple = ()
    num_updates: int | None = None
    forecast: object = None
    silent_seconds: float | None = None
    is_saved: bool = False
    num_bad_lines: int = 0
    fingerprint: str | None = None
    day_hours: str = ""
    is_there: bool = True

    @property
    def update(self):
        """Updates done."""
        return int(self._last("update"))

    @property
    def seconds(self):
        """Seconds of training."""
        return self._last("seconds")

    @property
    def tokens(self):
        """Tokens read."""
        return int(self._last("tokens"))

    @property
    def is_silent(self):
        """Whether nothing has been written for too long (`mof.panel.signals.is_silent`), as in a record."""
        return self.silent_seconds is None or is_silent(self.silent_seconds, self.columns["seconds"])

    @property
    def has_last_update(self):
        """Whether its last update is done. Its last look at held-out text comes after that, and may take
        minutes."""
        return self.num_updates is not None and self.update >= self.num_updates

    @property
    def is_finished(self):
        """Whether its last update is done and saved, and its last look written: it said so; or it is saved,
        and silent."""
        if not self.has_last_update:
            return False
        if self.silent_seconds is None or self._last_event() == "finished":
            return True
        return self.is_saved and self.is_silent

    @property
    def is_over(self):
        """Whether nothing more will come: it has finished, or its last update is done and it is silent."""
        return self.is_finished or (self.has_last_update and self.is_silent)

    @property
    def is_training(self):
        """Whether a process trains it, as far as its files tell: what its last lines say of the machine still
        holds. Not so of a record, or of a run of long ago."""
        if self.silent_seconds is None or not self.is_there:
            return False
        if self.is_finished or self.has_diverged or self.was_stopped:
            return False
        return self.is_waiting or not self.is_silent

    @property
    def is_waiting(self):
        """Whether it waits, for its hours, a cooler machine or room on the disk: it said so, and lives."""
        if self.silent_seconds is None or self._last_event() != "paused":
            return False
        return self.silent_seconds < MOST_SILENT_SECONDS_OF_A_PAUSE

    @property
    def was_stopped(self):
        """Whether it says that it was stopped and saved, or restored, and has not gone on since."""
        return self._last_event() in ("stopped", "restored") and self.befell[-1]["update"] >= self.update

    @property
    def has_diverged(self):
        """Whether it has ended because the loss was no number any more."""
        return self._last_event() == "diverged"

    @property
    def experts(self):
        """Names of its experts, as the router orders them."""
        return expert_names(self.facts.get("model", {}).get("experts", ()))

    @property
    def evaluations(self):
        """Looks at held-out text, in order."""
        return self.events.get("evaluation", [])

    @property
    def states(self):
        """Events of `mof.training.run_recorder`, in order."""
        return self.events.get("state", [])

    def event_column(self, kind, name):
        """[N] float64 array of one entry of all events of a kind; NaN where an event lacks it."""
        values = [event.get(name) for event in self.events.get(kind, [])]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def _last_event(self):
        return self.befell[-1]["event"] if self.befell else ""

    def _last(self, name):
        known = self.columns[name][np.isfinite(self.columns[name])]  # a line may lack it
        return float(known[-1]) if len(known) else 0.0


def empty_columns():
    """Columns of a run without updates."""
    return {name: np.zeros(0) for name in COLUMNS}
