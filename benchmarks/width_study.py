"""Record for chapter 17: does the best step size stay where it is when the model gets wider?

    python benchmarks/width_study.py --plan
    python benchmarks/width_study.py

Two measurements on the shape of `nano`, 32 to 256 channels wide. The coordinate check: how far four updates
of full size move embedding, experts, router and logits. The grid: short trainings with all step sizes 1/32
to 32 times the usual ones, in factors of two, as many as it takes to have the best between two that are
worse. Both for the step sizes as the package has them, and for the embedding's step divided by the root of
the width.

It says its hours beforehand: about 0.5 with the defaults, on two quiet cores. It counts updates, not seconds,
so it may share the machine. After each training it writes benchmarks/results/width_study.json; the same
command goes on from there. At the end it writes book/records/width_study.json. Text: what ships with the
course; --corpus takes another.
"""

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.stored_results import read_results, write_results  # noqa: E402
from mof.lessons.records import STAMP, new_stamp, take_stamps, write_record  # noqa: E402
from mof.lessons.step_grid import mean_losses, next_exponent  # noqa: E402
from mof.lessons.width_rules import BY_ROOT, ONE_STEP, POWERS, WIDTHS  # noqa: E402

OUTPUT = ROOT / "benchmarks" / "results" / "width_study.json"
GRID_RULES = (ONE_STEP, BY_ROOT)
NUM_UPDATES = 120
FIRST_EXPONENT = 2  # short trainings want larger steps than long ones
TRAININGS_EACH = 4  # of a rule, a width and a seed, about: the best, its neighbours, one more
# seconds on two quiet cores, about: an update of 1,024 tokens, and what a training takes besides
SECONDS = {32: (0.05, 2.0), 64: (0.07, 2.0), 128: (0.14, 3.0), 256: (0.35, 5.0)}
START_SECONDS = 45.0  # of a process, with its graphs
CODE = (
    "mof/lessons/coordinate_check.py",
    "mof/lessons/width_rules.py",
    "mof/lessons/width_trainer.py",
    "mof/model.py",
    "mof/training/engine_tensorflow.py",
    "mof/training/loop.py",
    "mof/training/optimizer.py",
    "mof/training/parameters.py",
)


def order_of(widths):
    """The narrowest and the widest first, so that an early stop leaves the comparison that counts."""
    widths = sorted(widths)
    return [widths[0], *widths[:0:-1][:1], *widths[1:-1]] if len(widths) > 1 else widths


def next_trainings(trainings, rule, width, seeds):
    """(exponent, seeds) that are still to be trained for a rule and a width, or None where it is done."""
    own = [row for row in trainings if (row["rule"], row["width"]) == (rule, width)]
    for exponent in dict.fromkeys(row["exponent"] for row in own):
        missing = [s for s in seeds if s not in {r["seed"] for r in own if r["exponent"] == exponent}]
        if missing:
            return exponent, missing
    exponent = next_exponent(mean_losses(own, rule, width), FIRST_EXPONENT)
    return None if exponent is None else (exponent, list(seeds))


def is_done(results, width, seeds):
    """Whether everything at this width is measured."""
    checked = {(row["width"], row["rule"]) for row in results.get("coordinates", [])}
    return all((width, rule) in checked for rule in POWERS) and not any(
        next_trainings(results["trainings"], rule, width, seeds) for rule in GRID_RULES
    )


def work(width, options, settings):
    """A worker's part: everything that is missing at one width, written down piece by piece."""
    from mof.cli.backend import start_backend
    from mof.lessons.coordinate_check import coordinate_row
    from mof.lessons.width_trainer import width_trainer
    from mof.training.conditions import bit_identity_conditions

    start_backend()
    stamp = {STAMP: new_stamp(CODE)}
    results = read_results(options.output, settings)
    results.setdefault("coordinates", [])
    results["machine"] = bit_identity_conditions()
    with width_trainer(width, options.corpus) as trainer:
        for rule in POWERS:
            if not any((row["width"], row["rule"]) == (width, rule) for row in results["coordinates"]):
                results["coordinates"].append(coordinate_row(trainer, rule) | stamp)
                write_results(options.output, results)
        for rule in GRID_RULES:
            while (missing := next_trainings(results["trainings"], rule, width, options.seeds)) is not None:
                for seed in missing[1]:
                    judged = trainer.train(rule, missing[0], seed, options.updates)
                    row = {"width": width, "rule": rule, "exponent": missing[0], "seed": seed}
                    row["nats"] = None if judged is None else judged.nats_per_token
                    results["trainings"].append(row | stamp)
                    write_results(options.output, results)
                    print(f"  width {width}, {rule}, 2^{missing[0]}, seed {seed}: {row['nats']}", flush=True)


def hours_left(results, widths, seeds, num_updates):
    """Hours of what is missing, on two quiet cores, about."""
    seconds = 0.0
    for width in widths:
        if is_done(results, width, seeds):
            continue
        update, besides = SECONDS.get(width, (0.35 * (width / 256) ** 2, 5.0))
        done = sum(row["width"] == width for row in results["trainings"])
        missing = max(1, len(GRID_RULES) * len(seeds) * TRAININGS_EACH - done)
        seconds += START_SECONDS + missing * (num_updates * update + besides)
    return seconds / 3600


def main(arguments=None):
    """Parse, tell the hours, train what is missing, write the record."""
    from mof.lessons.shipped_text import SHIPPED_TEXT

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--widths", type=int, nargs="+", default=list(WIDTHS), help="32 64 128 256")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1], help="0 1")
    parser.add_argument("--updates", type=int, default=NUM_UPDATES, help=f"of a training ({NUM_UPDATES})")
    parser.add_argument(
        "--corpus", nargs="+", default=[str(path) for path in SHIPPED_TEXT], help="text to learn"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, help="of the results, and to go on from")
    parser.add_argument("--plan", action="store_true", help="tell the hours that are left, and stop")
    parser.add_argument("--record", action="store_true", help="write the record of what is there, and stop")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    own = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(own)
    # the last part of a path says what it is, the rest is private
    settings = {"updates": options.updates, "corpus": [Path(path).name for path in options.corpus]}
    if options.worker:
        work(options.worker, options, settings)
        return 0
    results = read_results(options.output, settings)
    missing = [w for w in order_of(options.widths) if not is_done(results, w, options.seeds)]
    hours = hours_left(results, missing, options.seeds, options.updates)
    print(f"{len(missing)} of {len(options.widths)} widths are left: about {hours:.1f} hours.", flush=True)
    if options.plan:
        return 0
    for width in [] if options.record else missing:
        # a process for each: its memory is free afterwards
        subprocess.run([sys.executable, __file__, *own, "--worker", str(width)], check=True)
    results = read_results(options.output, settings)
    if "coordinates" not in results:
        raise SystemExit(f"{options.output} holds no measurement yet: run it without --record first.")
    words = [word for word in own if word != "--record"]
    command = shlex.join(["python", "benchmarks/width_study.py", *_public(words)])
    data = {name: results[name] for name in ("settings", "coordinates", "trainings")}
    stamps = take_stamps(_rows(data), "width_study", _rows)
    print(f"wrote {write_record('width_study', data, command, results['machine'], CODE, stamps=stamps)}")
    return 0


def _rows(data):
    return [*data["coordinates"], *data["trainings"]]


def _public(words):
    """Words of a command without --output and its path, and with the last parts of paths alone."""
    kept = list(words)
    if "--output" in kept:
        place = kept.index("--output")
        del kept[place : place + 2]
    return [Path(word).name if os.sep in word else word for word in kept]


if __name__ == "__main__":
    sys.exit(main())
