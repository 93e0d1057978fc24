"""Record for chapter 03: one GRU watched as it learns too much, beside models that count, on one test text.

    python benchmarks/first_language_model.py
    python benchmarks/first_language_model.py --shares 0.5 1 --seeds 0 1 2 3 4 --updates 1000

Trains one GRU on a quarter, a half and all of the training part of the shipped prose, three seeds each, and
measures n-grams on the same texts. Less text is learnt by heart sooner, so it gets fewer updates. Their
numbers are fixed: another machine takes another time and finds the same curves, but for rounding. The record
is written after each seed.
"""

import argparse
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from mof.lessons.first_model_study import RECORD, counting_rows  # noqa: E402
from mof.lessons.prose_parts import prose_parts  # noqa: E402
from mof.lessons.records import new_stamp, write_record  # noqa: E402

DEFAULTS = {"shares": [0.25, 0.5, 1.0], "seeds": [0, 1, 2], "updates": 600}
NUM_LOOKS = 15
PROMPT = "早上，"  # "in the morning,": the chapter's
CODE = (
    "mof/lessons/watched_run.py",
    "mof/lessons/prose_parts.py",
    "mof/lessons/bigram.py",
    "mof/ops/gru.py",
    "mof/layers/gated_recurrence.py",
    "mof/experts/recurrent_expert.py",
    "mof/evaluation/ngram_baseline.py",
)


def measure_counting(share):
    """The n-grams on one share of the training part: a dict for the record."""
    parts = prose_parts(share)
    return {
        "share": share,
        "num_texts": len(parts.training),
        "num_characters": sum(map(len, parts.training)),
        "rows": counting_rows(parts),
    }


def measure_run(share, seed, full_updates):
    """One watched training: a dict for the record. full_updates: those that the whole text would get."""
    from mof.lessons.watched_run import watched_run

    num_updates = round(full_updates * share**0.5)
    label = f"share {share:g}, seed {seed}"
    run = watched_run(prose_parts(share), label, num_updates, max(1, num_updates // NUM_LOOKS), seed, PROMPT)
    looks = [{name: _rounded(value) for name, value in look.items()} for look in run.looks]
    return {
        "share": share,
        "seed": seed,
        "num_updates": num_updates,
        "num_parameters": run.model.num_parameters(),
        "looks": looks,
        "best": run.best,
        "test_best": run.test_best,
        "test_last": run.test_last,
        "seconds": round(run.seconds, 1),
    }


def _rounded(value):
    return round(value, 4) if isinstance(value, float) else value


def command(options, seeds):
    """What makes the record of these seeds again."""
    words = ["python", "benchmarks/first_language_model.py"]
    for name, default in DEFAULTS.items():
        value = seeds if name == "seeds" else getattr(options, name)
        if value != default:
            words += [f"--{name}", *(f"{v:g}" for v in (value if isinstance(value, list) else [value]))]
    return shlex.join(words)


def main(arguments=None):
    """Parse, train, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shares", type=float, nargs="+", default=DEFAULTS["shares"], help="of the text")
    parser.add_argument("--seeds", type=int, nargs="+", default=DEFAULTS["seeds"], help="0 1 2")
    parser.add_argument(
        "--updates", type=int, default=DEFAULTS["updates"], help="of a training on all texts (600)"
    )
    options = parser.parse_args(arguments)
    from mof.lessons.start import start_lesson

    start_lesson()
    from mof.training.conditions import bit_identity_conditions

    stamps = [new_stamp(CODE)]
    counting = [measure_counting(share) for share in options.shares]
    runs = []
    for i, seed in enumerate(options.seeds):
        runs += [measure_run(share, seed, options.updates) for share in options.shares]
        data, words = {"runs": runs, "counting": counting}, command(options, options.seeds[: i + 1])
        path = write_record(RECORD, data, words, bit_identity_conditions(), CODE, stamps=stamps)
        print(f"wrote {path}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
