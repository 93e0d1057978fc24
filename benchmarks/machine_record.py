"""Record for chapter 00: a machine's roof, and the doctor's full report on it.

    python benchmarks/machine_record.py

About three minutes, on a machine with no other work.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

CODE = (
    "mof/lessons/machine_rates.py",
    "mof/machine/bandwidth_measurement.py",
    "mof/machine/cost_model.py",
    "mof/machine/prediction.py",
    "mof/machine/rate_measurement.py",
    "mof/machine/step_measurement.py",
)


def main(arguments=None):
    """Measure, and write the record."""
    from mof.lessons.machine_rates import measure_roof
    from mof.lessons.machine_study import RECORD, machine_data
    from mof.lessons.records import write_record
    from mof.machine.examination import examine
    from mof.training.conditions import bit_identity_conditions

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0, help="of the doctor's measurements (120)")
    options = parser.parse_args(arguments)
    roof = measure_roof(seconds_each=1.0)
    report = examine(96.0, options.seconds, folder=ROOT / "runs", tell=lambda words: print(words, flush=True))
    if any(advice.name in ("busy", "unsteady", "on_battery") for advice in report.advice):
        raise SystemExit(
            "Something disturbed the measurement; nothing was written. Run it on a quiet machine."
        )
    command = "python benchmarks/machine_record.py"
    print(
        f"wrote {write_record(RECORD, machine_data(roof, report), command, bit_identity_conditions(), CODE)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
