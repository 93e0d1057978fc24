"""How good the forecast of a running training is: the logs of finished runs, read as they once were.

    python benchmarks/forecast_accuracy.py --run runs/first --run runs/chat \\
        --output benchmarks/results/forecast_accuracy.json

For each run and each of some minutes, the log is cut there, the rest is forecast, and held against what came.
Takes seconds; changes nothing in the runs.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # judge the package this file came with

MINUTES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 45.0)
LEAST_SHARE_LEFT = 0.1  # nearer to the end there is little to forecast


def judge(entries, config, minutes):
    """The forecast after so many minutes against what came.

    Args:
        entries: the whole log of a finished run. config: its TrainingConfig. minutes: float.

    Returns:
        dict for the JSON, or None where the run was over or had hardly begun.
    """
    from mof.machine.forecast import forecast_run

    updates = [entry for entry in entries if "event" not in entry]
    so_far = [entry for entry in entries if entry["seconds"] <= 60 * minutes]
    total = updates[-1]["seconds"]
    if total - 60 * minutes < LEAST_SHARE_LEFT * total:
        return None
    forecast = forecast_run(so_far, config, updates[-1]["update"])
    if forecast is None:
        return None
    left = total - max(entry["seconds"] for entry in so_far if "event" not in entry)
    return {
        "minutes": minutes,
        "real_seconds_left": round(left, 1),
        "forecast_over_real": round(forecast.training_seconds / left, 4),
        "low_over_real": round(forecast.training_low / left, 4),
        "high_over_real": round(forecast.training_high / left, 4),
        "in_interval": forecast.training_low <= left <= forecast.training_high,
    }


def main():
    """Parse, judge, print, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", action="append", required=True, type=Path, help="folder of a finished run")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    from mof.training.run_folder import RunFolder

    results = []
    for path in options.run:
        folder = RunFolder(path)
        entries = list(folder.read_log())
        for minutes in MINUTES:
            found = judge(entries, folder.training_config, minutes)
            if found is not None:
                results.append({"run": path.name, **found})
                error, held = found["forecast_over_real"] - 1, "held" if found["in_interval"] else "missed"
                print(f"{path.name} after {minutes:g} min: {error:+.1%}, interval {held}")
    record = {
        "command": "python benchmarks/forecast_accuracy.py",
        "date": datetime.date.today().isoformat(),
        "results": results,
    }
    options.output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
