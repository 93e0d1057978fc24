"""The record of a training that has ended, for the chapters that replay it.

    python benchmarks/run_record.py runs/four-days --name four_days

writes book/records/run_four_days.json: a few hundred points of each curve, the looks at held-out text,
the states of model and machine, and the samples of up to 48 marks. It trains nothing and takes seconds.
No text of the corpus enters it, and no path of this machine.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mof.lessons.records import FOLDER, write_record  # noqa: E402
from mof.panel.recorded_run import RECORD_PREFIX, record_of  # noqa: E402
from mof.panel.run_reader import RunReader  # noqa: E402
from mof.training.checkpoint import STATE_NAME, list_checkpoints  # noqa: E402

CODE = ("mof/model.py", "mof/training/loop.py", "mof/training/optimizer.py", "mof/training/schedule.py")


def machine_of(run):
    """The conditions in the newest checkpoint of a run: on what it was made; empty where there is none."""
    for path in list_checkpoints(Path(run) / "checkpoints"):
        return json.loads((path / STATE_NAME).read_text(encoding="utf-8"))["conditions"]
    return {}


def main(arguments=None):
    """Parse, read, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="the run's folder")
    parser.add_argument("--name", required=True, help="of the record, in lower-case letters and underscores")
    parser.add_argument("--title", help="how the run is called in figures (the folder's name)")
    parser.add_argument("--command", default="mof train", help="what made the run, for the record's note")
    parser.add_argument("--date", help="when it ended, as 2026-11-26 (today)")
    parser.add_argument("--records", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    data = record_of(RunReader(options.run, options.title).snapshot())
    if data["facts"].get("base"):
        data["facts"]["base"] = Path(data["facts"]["base"]).name  # the rest of the path is private
    path = write_record(
        f"{RECORD_PREFIX}{options.name}",
        data,
        options.command,
        machine_of(options.run),
        CODE,
        options.records,
        options.date,
    )
    print(f"wrote {path}, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
