"""Record for chapter 17: small trainings of several sizes and lengths, a law of the loss, and its forecasts.

    python benchmarks/scaling_study.py --corpus texts.jsonl --plan
    python benchmarks/scaling_study.py --corpus texts.jsonl

Each training is whole: it has its own schedule, that of the long trainings in `accelerator_run.json`, and is
judged at its end on their 65,536 held-out tokens. Widths 32 to 256 of the shape of `nano`, 0.13 to 4.2
million tokens each, under the tokenizer of the model that ships. It counts tokens, not seconds, so it may
share the machine. A training that is finished is not made again; one that was stopped goes on from its
checkpoint.

The text of the long trainings is the one that `shipped_corpus.py` writes, texts.jsonl. With that very file
(its SHA-256 stands in data/models/sources.json) the law is scored against them, then fitted anew with them,
and goes to benchmarks/results/loss_laws.json, where `mof plan` finds it. With another text it is fitted and
recorded without.

It says its hours beforehand: about 1.3 with the defaults, on two quiet cores. --fit fits what is there. It
writes benchmarks/results/scaling_study.json after each training, book/records/scaling_study.json at the end.
Results that do not tell their text, as older versions wrote them, make a record and no law.
"""

import argparse
import dataclasses
import hashlib
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.stored_results import (  # noqa: E402
    check_settings,
    read_results,
    unknown_settings,
    write_results,
)
from benchmarks.width_study import order_of  # noqa: E402
from mof.lessons.records import STAMP, join_stamps, new_stamp, take_stamps, write_record  # noqa: E402

OUTPUT = ROOT / "benchmarks" / "results" / "scaling_study.json"
TOKENIZER = ROOT / "data" / "models" / "base" / "tokenizer.json"
SHIPPED_SOURCES = ROOT / "data" / "models" / "sources.json"
WIDTHS, TOKENS = (32, 64, 128, 256), tuple(2**power for power in range(17, 23))
VALIDATION_FRACTION, EVALUATION_TOKENS = 0.01, 65536  # as the long trainings held out and judged
TRAINING = {
    "tokens_per_update": 2048,
    "num_streams": 8,
    "lengths": (256,),
    "short_share": 0.0,
    "schedule": "warmup_stable_decay",
    "decay_share": 0.4,
    "final_share": 0.0,
}
WARMUP_SHARE = 0.05
# on two quiet cores, about: tokens a second; seconds of a process with its graphs, and of judging a training
SPEEDS = {32: 14_000.0, 64: 11_000.0, 128: 8_000.0, 256: 4_500.0}
START_SECONDS, JUDGING_SECONDS = 60.0, 15.0
CODE = (
    "mof/lessons/scaling_study.py",
    "mof/model.py",
    "mof/planning/scaling_law.py",
    "mof/training/loop.py",
    "mof/training/optimizer.py",
    "mof/training/parameters.py",
    "mof/training/schedule.py",
)


def cost(pairs):
    """Seconds on two quiet cores, about, of trainings given as (width, tokens)."""
    seconds = sum(tokens / SPEEDS.get(width, 4_500.0 * (256 / width) ** 2) for width, tokens in pairs)
    return seconds + START_SECONDS * len({width for width, _ in pairs}) + JUDGING_SECONDS * len(pairs)


def work(width, token_counts, options, settings):
    """A worker's part: all trainings of one width, with one set of graphs, each written down when it ends."""
    from mof.cli.backend import start_backend

    start_backend()
    stamp = {STAMP: new_stamp(CODE)}
    first = None
    for count in token_counts:
        first, row = train(width, count, options, first)
        results = read_results(options.output, settings)
        results["trainings"].append(row | stamp)
        write_results(options.output, results)
        # a finished training needs them no more, now that its row is stored
        shutil.rmtree(run_folder(options, width, count) / "checkpoints", ignore_errors=True)
        print(f"width {width}, {count:,} tokens: {row['bits_per_byte']:.4f} bits per byte", flush=True)


def run_folder(options, width, num_tokens):
    """Where one training lies."""
    return options.folder / f"width_{width}_tokens_{num_tokens}"


def train(width, num_tokens, options, first=None):
    """One training from its beginning, or from where it was stopped.

    Args:
        width: of the model. num_tokens: to read. options: with corpus, tokenizer and folder.
        first: an earlier Training of this width, whose graphs it uses; or None.

    Returns:
        (the Training to go on with in the next, the row of results).
    """
    from mof.config import ModelConfig
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.lessons.width_rules import PRESET, shape_at
    from mof.lessons.width_trainer import share_graphs
    from mof.model import MixtureLanguageModel
    from mof.presets import preset
    from mof.tokenizer.loading import load_tokenizer
    from mof.training.assembly import begin_training, existing_run, open_cache
    from mof.training.conditions import bit_identity_conditions
    from mof.training.config import TrainingConfig
    from mof.training.observer import Observer
    from mof.training.run_folder import RunFolder

    folder = run_folder(options, width, num_tokens)
    if (folder / "run.json").is_file():
        run, model, cache = existing_run(folder)
    else:
        tokenizer = load_tokenizer(options.tokenizer)
        shape: ModelConfig = preset(PRESET).model.replace(
            **shape_at(width), vocabulary_size=tokenizer.vocabulary_size
        )
        updates = num_tokens // TRAINING["tokens_per_update"]
        warmup = max(1, round(WARMUP_SHARE * updates))
        config = TrainingConfig(
            **TRAINING, num_updates=updates, warmup_updates=warmup, checkpoint_seconds=120.0
        )
        corpus = [str(Path(path).resolve()) for path in options.corpus]
        facts = {"preset": PRESET, "base": None, "corpus": corpus}
        facts["validation_fraction"] = VALIDATION_FRACTION
        run = RunFolder.create(folder, shape, config, tokenizer, facts)
        model, cache = MixtureLanguageModel(shape, config.seed), open_cache(run, tokenizer)
    with run.locked():
        training = begin_training(run, model, cache, Observer())
        if first is None:
            first = training
        else:
            share_graphs(training, first.engine)
        training.run_to_end()
    held_out = HeldOutEvaluation(first.model, cache.validation, EVALUATION_TOKENS)()
    updates = [entry for entry in run.read_log() if "loss" in entry]
    return first, {
        "width": width,
        "parameters": model.num_parameters(),
        "tokens": updates[-1]["tokens"],
        "updates": len(updates),
        "unique_tokens": cache.train.num_tokens,
        "bits_per_byte": held_out.bits_per_byte,
        "nats_per_token": held_out.nats_per_token,
        "conditions": bit_identity_conditions(),
    }


def is_shipped_text(paths):
    """Whether the corpus is the very text that the long trainings read."""
    if len(paths) != 1 or not SHIPPED_SOURCES.is_file():
        return False
    wanted = json.loads(SHIPPED_SOURCES.read_text(encoding="utf-8"))["texts"]["sha256"]
    with open(paths[0], "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == wanted


def study(trainings, with_long_runs):
    """What the fits say: the data of the record, and the FittedLaw that a plan may use.

    Args:
        trainings: rows as `train` gives, less their conditions.
        with_long_runs: whether they read the text of the long trainings.

    Returns:
        (dict, FittedLaw).

    Raises:
        ValueError: the trainings are too few for a fit.
    """
    from mof.lessons.scaling_study import fit_entry, long_points, scores, small_points
    from mof.planning.scaling_law import fit

    unique_tokens = trainings[0]["unique_tokens"]
    small = small_points(trainings, unique_tokens)
    fitted = fit(list(small.values()))
    data = {"trainings": trainings, "unique_tokens": unique_tokens, "small_fit": fit_entry(fitted)}
    if with_long_runs:
        long = {name: point for name, (point, _) in long_points().items()}
        passes = {name: count for name, (_, count) in long_points().items()}
        data["long"] = {name: list(point) for name, point in long.items()}
        data["scores"] = scores(small, long, passes)
        fitted = fit([*small.values(), *long.values()])
        data["whole_fit"] = fit_entry(fitted)
    return data, fitted


def loss_law(fitted, trainings, options, with_long_runs, date):
    """The entry of loss_laws.json: a LossLaw. date: ISO, of the last training."""
    from mof.lessons.scaling_study import LONG_RUNS, fit_entry, long_points
    from mof.lessons.width_rules import PRESET
    from mof.planning.corpus_look import corpus_fingerprint
    from mof.planning.loss_forecast import LossLaw, family_key
    from mof.presets import preset
    from mof.tokenizer.loading import load_tokenizer

    passes = [row["tokens"] / row["unique_tokens"] for row in trainings]
    batches = {TRAINING["tokens_per_update"]}
    if with_long_runs:
        passes += [count for _, count in long_points().values()]
        for path in LONG_RUNS.values():
            run = json.loads(path.read_text(encoding="utf-8"))["runs"]["pretraining"]
            batches.add(run["training"]["tokens_per_update"])
    names = ", ".join(Path(path).name for path in options.corpus)
    return LossLaw(
        family=family_key(preset(PRESET).model),
        tokenizer="bpe",
        vocabulary_size=load_tokenizer(options.tokenizer).vocabulary_size,
        corpus=corpus_fingerprint(options.corpus),
        unique_tokens=trainings[0]["unique_tokens"],
        most_passes=max(passes),
        tokens_per_update=sorted(batches),
        source=f"benchmarks/scaling_study.py on {names}, {date}",
        **fit_entry(fitted),
    )


def write_law(law, path):
    """Put a law into the file of laws, in place of an older one of its corpus."""
    from mof.planning.loss_forecast import recorded_laws

    laws = [old for old in recorded_laws(path) if old.corpus != law.corpus]
    write_results(path, [dataclasses.asdict(entry) for entry in (*laws, law)])


def main(arguments=None):
    """Parse, tell the hours, train what is missing, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--corpus", nargs="+", required=True, help="texts.jsonl of shipped_corpus.py, or other"
    )
    parser.add_argument("--widths", type=int, nargs="+", default=list(WIDTHS), help="32 64 128 256")
    parser.add_argument("--tokens", type=int, nargs="+", default=list(TOKENS), help="of each training")
    parser.add_argument("--tokenizer", type=Path, default=TOKENIZER, help="the shipped model's")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "runs" / "scaling_study", help="of the trainings"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, help="of the results, and to go on from")
    parser.add_argument("--plan", action="store_true", help="tell the hours that are left, and stop")
    parser.add_argument("--fit", action="store_true", help="fit what is there, and stop")
    parser.add_argument("--worker", type=int, nargs="+", help=argparse.SUPPRESS)
    own = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(own)
    batch = TRAINING["tokens_per_update"]
    for count in options.tokens:
        if count < batch or count % batch:
            good = max(1, round(count / batch)) * batch
            parser.error(f"--tokens {count}: expected a multiple of {batch}, an update's, such as {good}.")
    options.folder = options.folder.resolve()
    settings = study_settings(options)
    if options.worker:
        work(options.worker[0], options.worker[1:], options, settings)
        return 0
    results = read_results(options.output, settings)
    check_settings(options.folder, settings, options.plan or options.fit)
    unknown = unknown_settings(results, settings)
    if unknown:
        print(f"{options.output} does not tell the {' and '.join(unknown)} of its trainings: it is taken for")
        print("what was given here, and no law is written. Another --output begins anew.", flush=True)
    done = {(row["width"], row["tokens"]) for row in results["trainings"]}
    every = [(width, count) for width in options.widths for count in options.tokens]
    missing = [pair for pair in every if pair not in done]
    hours = cost(missing) / 3600
    print(f"{len(missing)} trainings are left: about {hours:.1f} hours.", flush=True)
    if options.plan:
        return 0
    for width in [] if options.fit else order_of({width for width, _ in missing}):
        # a process for each: its memory is free afterwards
        counts = sorted(count for other, count in missing if other == width)
        words = [sys.executable, __file__, *own, "--worker", str(width), *map(str, counts)]
        subprocess.run(words, check=True)
    write_study(read_results(options.output, settings)["trainings"], options, with_law=not unknown)
    return 0


def study_settings(options):
    """What all trainings of a study share: the names of the texts, what is in them, the tokenizer."""
    from mof.planning.corpus_look import corpus_fingerprint
    from mof.tokenizer.loading import load_tokenizer

    return {
        "corpus": [Path(path).name for path in options.corpus],  # the rest of a path is private
        "fingerprint": corpus_fingerprint(options.corpus),
        "tokenizer": load_tokenizer(options.tokenizer).hash,
    }


def write_study(trainings, options, with_law=True):
    """Fit, score, and write the record and, on the text of the long trainings, the law."""
    from mof.lessons.scaling_study import describe_law, describe_scores
    from mof.planning.loss_forecast import LAWS_PATH

    with_long_runs = is_shipped_text(options.corpus)
    machine = trainings[0]["conditions"]
    trainings = [{key: row[key] for key in row if key != "conditions"} for row in trainings]
    stamps = take_stamps(trainings, "scaling_study", lambda data: data["trainings"])
    data, fitted = study(trainings, with_long_runs)
    widths, tokens = (sorted({row[name] for row in trainings}) for name in ("width", "tokens"))
    words = ["--corpus", *(Path(path).name for path in options.corpus)]
    words += ["--widths", *map(str, widths), "--tokens", *map(str, tokens)]
    command = shlex.join(["python", "benchmarks/scaling_study.py", *words])
    print(describe_law(fitted.law))
    if "scores" in data:
        print(*describe_scores(data["scores"]), sep="\n")
    print(f"wrote {write_record('scaling_study', data, command, machine, CODE, stamps=stamps)}")
    if with_long_runs and with_law:
        date = join_stamps(stamps, CODE)["date"]
        write_law(loss_law(fitted, trainings, options, with_long_runs, date), LAWS_PATH)
        print(f"wrote {LAWS_PATH}")


if __name__ == "__main__":
    sys.exit(main())
