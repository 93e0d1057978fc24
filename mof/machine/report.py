"""All that the doctor found, in one record: written beside the runs, read by later commands.

{"date": ..., "hours": ..., "facts": {...}, "bandwidths": {...}, "rates": [...], "steps": [...],
 "predictions": [...], "advice": [...], "recommended": "small", "reason": ...}
"""

import dataclasses
import json
from pathlib import Path

from mof.machine.advice import Advice
from mof.machine.facts import MachineFacts
from mof.machine.measurements import Bandwidths, Rate, StepTimes
from mof.machine.prediction import PresetPrediction
from mof.patient_files import replace

DEFAULT_PATH = Path("runs") / "machine.json"
ASSUMED_CHARACTERS = 50e6  # of a reader's text, until a reader tells another size
SINGLE = {"facts": MachineFacts, "bandwidths": Bandwidths}
LISTS = {"rates": Rate, "steps": StepTimes, "predictions": PresetPrediction, "advice": Advice}
TEXTS = ("date", "recommended", "reason")
NUMBERS = ("hours", "measured_seconds")


@dataclasses.dataclass(frozen=True)
class DoctorReport:
    """A machine, what was measured on it, and what follows.

    Attributes:
        date: ISO date and time of the measurement.
        hours: of training that the recommendation is for.
        measured_seconds: how long the measurements took.
        facts: MachineFacts. bandwidths: Bandwidths.
        rates, steps, predictions, advice: tuples of Rate, StepTimes, PresetPrediction, Advice.
        recommended: name of a preset, or empty where none fits.
        reason: why, in a sentence.
    """

    date: str
    hours: float
    measured_seconds: float
    facts: MachineFacts
    bandwidths: Bandwidths
    rates: tuple
    steps: tuple
    predictions: tuple
    advice: tuple
    recommended: str
    reason: str

    def prediction(self, preset, product_dtype="float32"):
        """The PresetPrediction of that name and format, or None."""
        for prediction in self.predictions:
            if (prediction.preset, prediction.product_dtype) == (preset, product_dtype):
                return prediction
        return None

    def to_json(self):
        """The record as JSON text."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text):
        """The record that `to_json` wrote.

        Raises:
            ValueError: for text that is no such record, saying what is wrong with it.
        """
        again = "Make it anew with: mof doctor"
        try:
            fields = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"the doctor's report is no JSON ({error}). {again}") from error
        names = [field.name for field in dataclasses.fields(cls)]
        if not isinstance(fields, dict) or sorted(fields) != sorted(names):
            raise ValueError(
                f"the doctor's report must be an object with the fields {', '.join(names)}. {again}"
            )
        for name in TEXTS:
            if not isinstance(fields[name], str):
                raise ValueError(f"{name} of the doctor's report is {fields[name]!r}, expected text. {again}")
        for name in NUMBERS:
            if isinstance(fields[name], bool) or not isinstance(fields[name], int | float):
                raise ValueError(
                    f"{name} of the doctor's report is {fields[name]!r}, expected a number. {again}"
                )
        for name, kind in SINGLE.items():
            fields[name] = _record(kind, fields[name])
        for name, kind in LISTS.items():
            if not isinstance(fields[name], list):
                raise ValueError(f"{name} of the doctor's report is no list. {again}")
            fields[name] = tuple(_record(kind, item) for item in fields[name])
        return cls(**fields)

    def save(self, path):
        """Write the record whole or not at all, making its folder.

        Raises:
            OSError: nothing can be written there.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".partial")
        unfinished.write_text(self.to_json() + "\n", encoding="utf-8")
        replace(unfinished, path)


def load_report(path=DEFAULT_PATH):
    """The report in a file, or None where there is no file.

    Raises:
        ValueError: the file holds something else.
    """
    path = Path(path)
    return DoctorReport.from_json(path.read_text(encoding="utf-8")) if path.is_file() else None


def _record(kind, fields):
    return kind.from_json(json.dumps(fields))
