"""Record for chapter 02: one model under bytes, characters and byte pairs, at equal time.

    python benchmarks/tokenizer_study.py
    python benchmarks/tokenizer_study.py --corpus my-texts --minutes 3 --seeds 0 1 2

Trains the model of the chapter under each of `mof.lessons.tokenizer_study.VOCABULARIES` with every seed, and
a Kneser-Ney model of characters on the same text. It says beforehand how many hours that takes: an hour and a
quarter with the defaults, on a machine with no other work. The same command goes on after a stop; a finished
training is not done again. The record is written when all are done.

The number of updates is set after the first sixteen, so a training takes a little more or less than its
minutes: each row tells its seconds.

On the text that ships, three minutes are many passes over few characters: prefer a larger --corpus of plain
texts.
"""

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.stored_results import write_results  # noqa: E402
from mof.lessons.records import STAMP, new_stamp, take_stamps, write_record  # noqa: E402
from mof.lessons.shipped_text import PROSE, divided_texts  # noqa: E402
from mof.lessons.tokenizer_study import VOCABULARIES, study_row, yardstick_row  # noqa: E402

EXTRA_MINUTES_PER_TRAINING = 1.0  # start of the process, tokens, graphs, held-out text; on two cores, about
CODE = (
    "mof/lessons/tokenizer_study.py",
    "mof/lessons/short_run.py",
    "mof/tokenizer/byte_pair_training.py",
    "mof/tokenizer/byte_pair_tokenizer.py",
    "mof/tokenizer/character_tokenizer.py",
    "mof/evaluation/ngram_baseline.py",
)
DEFAULTS = {"corpus": [str(PROSE)], "minutes": 3.0, "seeds": [0, 1, 2]}


def result_file(folder, name, seed):
    """Where one training's result lies: FOLDER/vocabulary_0_seed_0.json, by its place in VOCABULARIES."""
    return Path(folder) / f"vocabulary_{list(VOCABULARIES).index(name)}_seed_{seed}.json"


def list_trainings(folder, seeds):
    """(all, missing): pairs (name, seed), seed by seed, so that an early stop leaves whole comparisons."""
    every = [(name, seed) for seed in seeds for name in VOCABULARIES]
    return every, [pair for pair in every if not result_file(folder, *pair).is_file()]


def expected_hours(num_trainings, minutes):
    """Hours that so many trainings take."""
    return num_trainings * (minutes + EXTRA_MINUTES_PER_TRAINING) / 60


def train(name, seed, options):
    """Train under one tokenizer with one seed, and store its row with the machine it ran on."""
    from mof.lessons.short_run import short_run
    from mof.training.conditions import bit_identity_conditions

    stamp = new_stamp(CODE)
    run = short_run(name, 60 * options.minutes, corpus=options.corpus, seed=seed, **VOCABULARIES[name])
    result = {
        "row": study_row(run, seed) | {STAMP: stamp},
        "settings": settings(options),
        "machine": bit_identity_conditions(),
    }
    write_results(result_file(options.folder, name, seed), result)


def settings(options):
    """What must be equal for two trainings to belong to one study."""
    return {"corpus": [str(path) for path in options.corpus], "minutes": options.minutes}


def read_results(folder, every, wanted):
    """The stored results of all trainings.

    Raises:
        SystemExit: one was made with other settings.
    """
    results = []
    for pair in every:
        file = result_file(folder, *pair)
        result = json.loads(file.read_text(encoding="utf-8"))
        if result["settings"] != wanted:
            raise SystemExit(
                f"{file} was made with {result['settings']}, not with {wanted}: give the same settings, or "
                "another --folder."
            )
        results.append(result)
    return results


def record_command(options):
    """The command that repeats the study; of a path only the last part, the rest is private."""
    command = ["python", "benchmarks/tokenizer_study.py"]
    for name, default in DEFAULTS.items():
        value = getattr(options, name)
        if value != default:
            values = value if isinstance(value, list) else [value]
            command += [f"--{name}", *(Path(x).name if name == "corpus" else str(x) for x in values)]
    return shlex.join(command)


def main(arguments=None):
    """Parse, tell the hours, train what is missing, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", nargs="+", default=DEFAULTS["corpus"], help="plain texts (data/prose)")
    parser.add_argument("--minutes", type=float, default=DEFAULTS["minutes"], help="of each training (3)")
    parser.add_argument("--seeds", type=int, nargs="+", default=DEFAULTS["seeds"], help="0 1 2")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "tokenizer_study", help="of results")
    parser.add_argument("--plan", action="store_true", help="tell what is left and the hours, and stop")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        train(options.worker[0], int(options.worker[1]), options)
        return 0
    every, missing = list_trainings(options.folder, options.seeds)
    done = [pair for pair in every if pair not in missing]
    read_results(options.folder, done, settings(options))
    hours = expected_hours(len(missing), options.minutes)
    print(f"{len(missing)} of {len(every)} trainings are left: about {hours:.1f} hours, with no other work.")
    if options.plan:
        return 0
    for number, (name, seed) in enumerate(missing, start=1):
        print(f"{number} of {len(missing)}: {name}, seed {seed}", flush=True)
        own = sys.argv[1:] if arguments is None else arguments
        # a process for each: none is warmer than another
        worker = [sys.executable, str(Path(__file__).resolve()), *own, "--worker", name, str(seed)]
        subprocess.run(worker, check=True)
    results = read_results(options.folder, every, settings(options))
    if any(result["machine"] != results[0]["machine"] for result in results):
        print("Warning: the trainings ran under different conditions; the record names the first one's.")
    yardstick = yardstick_row(*divided_texts(options.corpus)) | {STAMP: new_stamp(CODE)}
    rows = [result["row"] for result in results] + [yardstick]
    stamps = take_stamps(rows, "tokenizer_study", lambda data: data["runs"])
    command, machine = record_command(options), results[0]["machine"]
    path = write_record("tokenizer_study", {"runs": rows}, command, machine, CODE, stamps=stamps)
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
