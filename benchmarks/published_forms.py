"""Record for chapter 09: what each fault of the published form does to a training.

    python benchmarks/published_forms.py
    python benchmarks/published_forms.py --updates 1000 --seeds 0 1 2

Trains the small mixture of `mof.lessons.mixture_run` on the prose that ships, with all faults, with none,
and with each of the six alone (`mof.lessons.mixture_study.FORMS`), at an equal number of updates. Each is
then read three times: as in training, with the held-out rows there as a whole, and token by token. It says
beforehand what is left: about 1.5 hours with the defaults, on two cores with no other work (an estimate). A
finished training is kept in runs/published_forms/ and not done again.
"""

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.stored_results import write_results
from mof.lessons.records import ROOT, STAMP, new_stamp, take_stamps, write_record

NAME, PROGRAM = "published_forms", "benchmarks/published_forms.py"
MINUTES_PER_TRAINING = 3.75  # at 1,000 updates, estimated
DEFAULTS = {"updates": 1000, "seeds": [0, 1, 2]}
CODE = (
    "mof/lessons/mixture_run.py",
    "mof/lessons/mended_mixture.py",
    "mof/lessons/mixture_study.py",
    "mof/published/attention.py",
    "mof/published/mixture.py",
    "mof/published/recurrent.py",
    "mof/published/transformer_expert.py",
)


def result_file(options, form, seed):
    """Where one training's result lies; the number of updates is part of the name."""
    from mof.lessons.mixture_study import FORMS

    return Path(options.folder) / f"updates_{options.updates}_form_{list(FORMS).index(form)}_seed_{seed}.json"


def train(options, form, seed):
    """Train one form with one seed, read it twice, and store the result."""
    from mof.lessons.mixture_run import reading_row, train_mixture
    from mof.lessons.mixture_study import FORMS
    from mof.training.conditions import bit_identity_conditions

    stamp = new_stamp(CODE)
    run = train_mixture(form, FORMS[form], options.updates, seed)
    row = reading_row(run, num_rows=None)
    tail = run.losses[-50:]
    row |= {"num_updates": len(run.losses), "training_nats": sum(tail) / len(tail)}
    row |= {"conditions": bit_identity_conditions(), STAMP: stamp}
    write_results(result_file(options, form, seed), row)


def main(arguments=None):
    """Parse, tell the hours, train what is missing, write the record."""
    from mof.lessons.mixture_study import FORMS

    own = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=DEFAULTS["updates"], help="of each training (1000)")
    parser.add_argument("--seeds", type=int, nargs="+", default=DEFAULTS["seeds"], help="0 1 2")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / NAME, help="of the results")
    parser.add_argument("--plan", action="store_true", help="tell what is left and the hours, and stop")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(own)
    if options.worker:
        train(options, options.worker[0], int(options.worker[1]))
        return 0
    # seed by seed, so that an early stop leaves whole comparisons
    every = [(form, seed) for seed in options.seeds for form in FORMS]
    missing = [pair for pair in every if not result_file(options, *pair).is_file()]
    hours = len(missing) * MINUTES_PER_TRAINING * options.updates / DEFAULTS["updates"] / 60
    print(f"{len(missing)} of {len(every)} trainings are left: about {hours:.1f} hours, with no other work.")
    if options.plan:
        return 0
    for number, (form, seed) in enumerate(missing, start=1):
        print(f"{number} of {len(missing)}: {form}, seed {seed}", flush=True)
        # a process for each: none is warmer than another
        worker = [sys.executable, str(ROOT / PROGRAM), *own, "--worker", form, str(seed)]
        subprocess.run(worker, check=True)
    rows = [json.loads(result_file(options, *pair).read_text(encoding="utf-8")) for pair in every]
    machines = [row.pop("conditions") for row in rows]
    command = ["python", PROGRAM]
    for name, default in DEFAULTS.items():
        value = getattr(options, name)
        if value != default:
            command += [f"--{name}", *map(str, value if isinstance(value, list) else [value])]
    stamps = take_stamps(rows, NAME, lambda data: data["runs"])
    path = write_record(NAME, {"runs": rows}, shlex.join(command), machines[0], CODE, stamps=stamps)
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
