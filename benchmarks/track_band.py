"""How the loss of a preset falls from five seeds, so that a reader's training can be held against it.

    python benchmarks/track_band.py --preset tiny

Trains the preset on the text that ships, `mof train --corpus data` with another seed each time, for its first
200 updates, and writes the losses to book/records/track_tiny.json, which `mof.panel` shows as a band. Each
training is a process of its own and lies in a folder of its own; one that is finished is not made again,
and one that was stopped goes on from its last checkpoint, so the command may be stopped and started anew. It
may share the machine: no time is measured. On two quiet cores it takes about 0.1 h for `nano`, 0.5 h for
`tiny`, 2 h for `small`; it tells what is left before it starts, and --plan tells nothing else.

    python benchmarks/track_band.py --preset tiny --check

also trains three further seeds, which must stay inside, and three trainings that are wrong, which must leave
the band: learning rates times ten, the other kind of tokenizer, targets shuffled within a batch. What came of
each goes into the record; one of these may also diverge, and is found by that.
"""

import argparse
import dataclasses
import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # train the package this file came with

from benchmarks.stored_results import check_settings, write_results  # noqa: E402
from mof.lessons.records import STAMP, new_stamp, write_record  # noqa: E402
from mof.panel.track import MEAN_UPDATES, T_QUANTILES, band_of_seeds, compare_with_band  # noqa: E402

NUM_UPDATES = 200
# of the whole run that these would be the beginning of: warm-up, then the top of the schedule
PLANNED_UPDATES = 10_000
# seconds of an update and of a start on two quiet cores, about
SECONDS = {"nano": (0.25, 40.0), "tiny": (1.2, 60.0), "small": (7.0, 90.0), "full": (60.0, 240.0)}
CLEAN_SEEDS = (5, 6, 7)
RESULT_NAME = "result.json"
DEFAULTS = {"seeds": [0, 1, 2, 3, 4], "updates": NUM_UPDATES, "corpus": [str(ROOT / "data")]}
FAULTS = ("learning rate x 10", "wrong tokenizer", "shuffled targets")
CODE = (
    "mof/model.py",
    "mof/training/loop.py",
    "mof/training/optimizer.py",
    "mof/training/schedule.py",
    "mof/ops/gated_recurrence.py",
    "mof/ops/linear_attention.py",
)


def planned_cases(seeds, with_checks):
    """Names of the trainings: "seed 0" and so on, then those of --check."""
    cases = [f"seed {seed}" for seed in seeds]
    if with_checks:
        cases += [f"seed {seed}" for seed in CLEAN_SEEDS if seed not in seeds] + list(FAULTS)
    return cases


def case_folder(folder, case):
    """Where one training lies."""
    return Path(folder) / case.replace(" ", "_")


def train_case(folder, case, preset_name, corpus, num_updates, training=None, report=print):
    """Train one case to its end or until it diverges, or read what is there.

    Args:
        folder: of all cases. case: one of `planned_cases`.
        preset_name: str. corpus: list of paths. num_updates: how many to make.
        training: dict of TrainingConfig fields to change, or None. report: called with sentences.

    Returns:
        dict: "losses", "factors", "lengths" (lists, one number an update), "diverged" (the update, or None),
        and what the band holds for ("facts": run.json, "fingerprint", "conditions", STAMP).
    """
    run_folder = case_folder(folder, case)
    result = run_folder / RESULT_NAME
    if result.is_file():
        return json.loads(result.read_text(encoding="utf-8"))
    from mof.presets import preset
    from mof.training.assembly import begin_training, existing_run, new_run
    from mof.training.conditions import bit_identity_conditions
    from mof.training.config import TrainingConfig
    from mof.training.loop import TrainingDiverged

    stamp = new_stamp(CODE)
    shape = preset(preset_name)
    if (run_folder / "run.json").is_file():
        prepared = existing_run(run_folder, report)
    else:
        settings = {"tokens_per_update": shape.tokens_per_update, "tokens_at_once": shape.tokens_at_once}
        settings |= {"num_updates": PLANNED_UPDATES, "checkpoint_seconds": 60.0, **(training or {})}
        config = TrainingConfig(**settings, seed=int(case.split()[1]) if case.startswith("seed") else 0)
        if case == "learning rate x 10":
            config = config.replace(
                learning_rate=10 * config.learning_rate, muon_learning_rate=10 * config.muon_learning_rate
            )
        if case == "wrong tokenizer":
            other = {"bpe": "characters", "characters": "bpe"}[shape.tokenizer]
            shape = dataclasses.replace(shape, tokenizer=other)
        prepared = new_run(run_folder, shape, {}, config, corpus, report=report)
    run, model, cache = prepared
    diverged = None
    with run.locked():
        going = begin_training(run, model, cache, stopping_observer(num_updates), report)
        if case == "shuffled targets":
            shuffle_targets(going)
        if going.progress.update < num_updates:
            try:
                going.run_to_end()
            except TrainingDiverged as error:
                report(f"{case}: {error}")
                diverged = going.progress.update
    updates = [entry for entry in run.read_log() if "event" not in entry][:num_updates]
    found = {
        "losses": [round(entry["loss"], 4) for entry in updates],
        "factors": [round(entry["factor"], 6) for entry in updates],
        "lengths": [entry["length"] for entry in updates],
        "diverged": diverged,
        "facts": run.facts,
        "fingerprint": going.batches.cursor["fingerprint"],
        "conditions": bit_identity_conditions(),
        STAMP: stamp,
    }
    write_results(result, found)
    return found


def stopping_observer(num_updates):
    """An Observer that ends a training after so many updates."""
    from mof.training.observer import Observer

    class Stopping(Observer):
        has_enough = False

        def updated(self, training):
            self.has_enough = training.progress.update >= num_updates

        def wants_stop(self):
            return self.has_enough

    return Stopping()


def shuffle_targets(training):
    """From here on the targets of each batch stand in an order of chance: nothing is left to learn but how
    often each token comes."""
    import numpy as np

    batches, draw = training.batches, np.random.default_rng(0)
    next_batch = batches.next_batch

    def shuffled(num_tokens):
        batch = next_batch(num_tokens)
        targets = draw.permutation(batch.targets.ravel()).reshape(batch.targets.shape)
        return dataclasses.replace(batch, targets=targets)

    batches.next_batch = shuffled


def band_data(results, seeds, preset_name, corpus):
    """The data of a record: what the band is made of, and what it holds for.

    Args:
        results: dict from a case to what `train_case` gave. seeds: those of the band.
        preset_name: str. corpus: names of the texts.

    Returns:
        dict.

    Raises:
        ValueError: a seed diverged, or they were not trained on the same text, tokenizer and schedule.
    """
    chosen = [results[f"seed {seed}"] for seed in seeds]
    for seed, result in zip(seeds, chosen, strict=True):
        if result.get("diverged") is not None:
            raise ValueError(
                f"seed {seed} diverged after update {result['diverged']}: there is no band of trainings that "
                "fail. Mend the preset, or take other --seeds."
            )
    first = chosen[0]
    for other in chosen[1:]:
        for name in ("fingerprint", "factors", "lengths"):
            if other[name] != first[name]:
                raise ValueError(
                    f"the seeds differ in their {name}: delete their folder and train them again."
                )
    training = first["facts"]["training"]
    batch = {name: training[name] for name in ("tokens_per_update", "num_streams", "lengths")}
    data = {
        "preset": preset_name,
        "corpus": corpus,
        "model": first["facts"]["model"],
        "training": training,
        "tokenizer_hash": first["facts"]["tokenizer_hash"],
        "fingerprint": first["fingerprint"],
        "batch": batch,
        "seeds": list(seeds),
        "factors": first["factors"],
        "lengths": first["lengths"],
        "losses": [result["losses"] for result in chosen],
    }
    own = {f"seed {seed}" for seed in seeds}
    checked = {case: result for case, result in results.items() if case not in own}
    band = band_of_seeds(data["losses"], data["factors"], data["lengths"])
    if checked:
        data["checks"] = {case: checked_case(band, result) for case, result in checked.items()}
    return data


def checked_case(band, result):
    """How a training fared against the band: its place, and the update at which it was found off track. One
    that diverged while it was not is at the place "diverged"."""
    track = compare_with_band(band, result["losses"], result["factors"], result["lengths"])
    place, since = track.place, track.since
    if since is None and result.get("diverged") is not None:
        place, since = "diverged", result["diverged"]
    return {"place": place, "since": since, "last_loss": result["losses"][-1] if result["losses"] else None}


def hours_left(folder, cases, preset_name, num_updates):
    """Hours of the trainings that are not finished, on two quiet cores."""
    missing = [case for case in cases if not (case_folder(folder, case) / RESULT_NAME).is_file()]
    seconds, start = SECONDS[preset_name]
    return len(missing) * (num_updates * seconds + start) / 3600


def check_counts(parser, options):
    """Stop with a sentence where the band could not be made of so many seeds or updates."""
    least, most = min(T_QUANTILES) + 1, max(T_QUANTILES) + 1
    if not least <= len(set(options.seeds)) == len(options.seeds) <= most:
        given = " ".join(map(str, options.seeds))
        parser.error(f"--seeds {given}: expected {least} to {most} seeds, each once.")
    if not MEAN_UPDATES <= options.updates <= PLANNED_UPDATES:
        parser.error(f"--updates {options.updates}: expected {MEAN_UPDATES} to {PLANNED_UPDATES}.")


def record_command(options):
    """The command that repeats the study; of a path only the last part, the rest is private."""
    command = ["python", "benchmarks/track_band.py", "--preset", options.preset]
    for name, default in DEFAULTS.items():
        value = getattr(options, name)
        if value != default:
            values = value if isinstance(value, list) else [value]
            command += [f"--{name}", *(Path(x).name if name == "corpus" else str(x) for x in values)]
    return shlex.join([*command, *(["--check"] if options.check else [])])


def main(arguments=None):
    """Parse, tell the hours, train what is missing, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="tiny", choices=tuple(SECONDS), help="size of the model (tiny)")
    parser.add_argument("--seeds", type=int, nargs="+", default=DEFAULTS["seeds"], help="0 1 2 3 4")
    parser.add_argument("--updates", type=int, default=DEFAULTS["updates"], help="of each training (200)")
    parser.add_argument("--corpus", nargs="+", default=DEFAULTS["corpus"], help="text to learn (data)")
    parser.add_argument("--folder", type=Path, help="of the trainings (runs/track_PRESET)")
    parser.add_argument("--check", action="store_true", help="also clean seeds and faulty trainings")
    parser.add_argument("--plan", action="store_true", help="tell the hours that are left, and stop")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    own = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(own)
    check_counts(parser, options)
    folder = options.folder or ROOT / "runs" / f"track_{options.preset}"
    if options.worker:
        train_case(folder, options.worker, options.preset, options.corpus, options.updates)
        return 0
    settings = {name: getattr(options, name) for name in ("preset", "updates", "corpus")}
    check_settings(folder, settings, options.plan)
    cases = planned_cases(options.seeds, options.check)
    hours = hours_left(folder, cases, options.preset, options.updates)
    print(
        f"{len(cases)} trainings of {options.updates} updates: about {hours:.1f} hours are left.", flush=True
    )
    if options.plan:
        return 0
    results = {}
    for case in cases:
        print(case, flush=True)
        if not (case_folder(folder, case) / RESULT_NAME).is_file():
            # a process for each: its memory is free afterwards
            subprocess.run([sys.executable, __file__, *own, "--worker", case], check=True)
        results[case] = train_case(folder, case, options.preset, options.corpus, options.updates)
    names = [Path(path).name for path in options.corpus]  # the last part says what it is, the rest is private
    data = band_data(results, options.seeds, options.preset, names)
    machine = results[cases[0]]["conditions"]
    stamps = [result.get(STAMP) for result in results.values()]
    name, command = f"track_{options.preset}", record_command(options)
    print(f"wrote {write_record(name, data, command, machine, CODE, stamps=stamps)}")
    for case, found in data.get("checks", {}).items():
        print(f"  {case}: {found['place']}" + (f" since update {found['since']}" if found["since"] else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
