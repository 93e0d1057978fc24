"""Record for chapter 05: what decay, a norm of each head and a gate are worth, at equal time.

    python benchmarks/attention_forms.py
    python benchmarks/attention_forms.py --corpus corpus/text --minutes 10 --seeds 0 1 2

Trains one Transformer expert alone, without thought space, in four forms of its linear attention
(`mof.lessons.attention_forms`), each with every seed. It says beforehand how many hours that takes: 2.4 with
the defaults, on a machine with no other work. Each training is a run in a folder of its own under --folder;
the same command goes on after a stop, a finished training is not done again, and an interrupted one resumes
at its last checkpoint. The record is written when all are done.

On the text that ships, ten minutes are many passes over few characters: prefer a larger --corpus, and look at
"passes" in the record.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from mof.lessons.attention_forms import FORMS, form_settings  # noqa: E402
from mof.lessons.attention_study import form_row  # noqa: E402
from mof.lessons.records import write_record  # noqa: E402

# making the graphs, looks at held-out text, start of the process; on two cores, about
EXTRA_MINUTES_PER_TRAINING = 2.0
EVALUATION_TOKENS = 131072  # of held-out text at the end, drawn with a seed of its own
SENTENCE = (
    "小明把书还给了小红，因为她"  # "Xiaoming gave the book back to Xiaohong, because she": the chapter's
)
RESULT_NAME = "result.json"
CODE = (
    "mof/lessons/attention_forms.py",
    "mof/layers/linear_attention.py",
    "mof/ops/linear_attention.py",
    "mof/ops/chunks.py",
    "mof/experts/transformer_expert.py",
)


def training_folder(folder, form, seed):
    """Where one training lies: FOLDER/form_0_seed_0 and so on, by the form's place in FORMS."""
    return Path(folder) / f"form_{list(FORMS).index(form)}_seed_{seed}"


def read_result(folder, form, seed):
    """The stored result of a finished training, or None."""
    file = training_folder(folder, form, seed) / RESULT_NAME
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def list_trainings(folder, seeds):
    """(all, missing): pairs (form, seed), seed by seed, so that an early stop leaves whole comparisons."""
    every = [(form, seed) for seed in seeds for form in FORMS]
    return every, [pair for pair in every if read_result(folder, *pair) is None]


def expected_hours(num_trainings, minutes):
    """Hours that so many trainings take."""
    return num_trainings * (minutes + EXTRA_MINUTES_PER_TRAINING) / 60


def train(folder, form, seed, options):
    """Train one form with one seed, or the rest of it, judge it, and store the result.

    Args:
        folder: pathlib.Path of the training.
        form: a name in FORMS. seed: int.
        options: with minutes, preset, corpus and validation_fraction.
    """
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.presets import preset
    from mof.training.assembly import begin_training, existing_run, new_run
    from mof.training.conditions import bit_identity_conditions
    from mof.training.config import TrainingConfig
    from mof.training.observer import Observer

    if (folder / "run.json").exists():
        run, model, cache = existing_run(folder)
    else:
        config = TrainingConfig(minutes=options.minutes, seed=seed)
        shape, changes = preset(options.preset), form_settings(form)
        run, model, cache = new_run(
            folder, shape, changes, config, options.corpus, options.validation_fraction
        )
    with run.locked():
        training = begin_training(run, model, cache, Observer())
        training.run_to_end()
    held_out = HeldOutEvaluation(model, cache.validation, EVALUATION_TOKENS)()
    updates = [entry for entry in run.read_log() if "loss" in entry]
    seconds, num_tokens = updates[-1]["seconds"], updates[-1]["tokens"]
    stretch = max(1, len(updates) // 60)  # the curve of the loss in at most some 60 points
    parts = [updates[i : i + stretch] for i in range(0, len(updates), stretch)]
    result = {
        **form_row(form, seed, held_out.bits_per_byte, seconds),
        "parameters": model.num_parameters(),
        "tokens": num_tokens,
        "passes": num_tokens / cache.train.num_tokens,
        "loss_curve": [[part[-1]["seconds"], sum(e["loss"] for e in part) / len(part)] for part in parts],
        "sharpness": measure_sharpness(model, run.tokenizer()),
        "conditions": bit_identity_conditions(),
    }
    unfinished = folder / f"{RESULT_NAME}.partial"
    text = json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False)
    unfinished.write_text(text + "\n", encoding="utf-8", newline="\n")
    unfinished.replace(folder / RESULT_NAME)
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)  # a finished training needs them no more


def measure_sharpness(model, tokenizer):
    """How many tokens the last one of the chapter's sentence reads in the first block, mean over the heads:
    as linear attention without decay, and as softmax would with the same queries and keys."""
    from mof.lessons.sharpness import linear_weights, num_tokens_read, softmax_weights, undo_features
    from mof.viz.attention_figure import attention_heads

    queries, keys, _, tokens = attention_heads(model, tokenizer, SENTENCE)
    queries, keys = undo_features(queries), undo_features(keys)
    read = {
        name: float(num_tokens_read(form(queries, keys)[:, -1]).mean())
        for name, form in (("linear", linear_weights), ("softmax", softmax_weights))
    }
    return {**read, "tokens": len(tokens)}


def main(arguments=None):
    """Parse, tell the hours, train what is missing, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--corpus", nargs="+", default=[str(ROOT / "data")], help="files and folders of text (data)"
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="of each training (10)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="0 1 2")
    parser.add_argument("--preset", default="tiny", help="size of the expert (tiny)")
    parser.add_argument("--validation-fraction", type=float, default=0.05, help="share held out (0.05)")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "attention_forms", help="of the runs")
    parser.add_argument("--plan", action="store_true", help="tell what is left and the hours, and stop")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        form, seed = options.worker[0], int(options.worker[1])
        train(training_folder(options.folder, form, seed), form, seed, options)
        return 0
    check_settings(options)
    every, missing = list_trainings(options.folder, options.seeds)
    hours = expected_hours(len(missing), options.minutes)
    print(f"{len(missing)} of {len(every)} trainings are left: about {hours:.1f} hours, with no other work.")
    if options.plan:
        return 0
    for number, (form, seed) in enumerate(missing, start=1):
        print(f"{number} of {len(missing)}: {form}, seed {seed}", flush=True)
        own = sys.argv[1:] if arguments is None else arguments
        # a process for each: its memory is free afterwards, and none is warmer than another
        worker = [sys.executable, str(Path(__file__).resolve()), *own, "--worker", form, str(seed)]
        subprocess.run(worker, check=True)
        result = read_result(options.folder, form, seed)
        print(f"  {result['bits_per_byte']:.3f} bits per byte, {result['passes']:.1f} passes", flush=True)
    print(f"wrote {write_study(options, every)}")
    return 0


def check_settings(options):
    """Stop where the folder holds trainings with other settings: they are no part of this study.

    Raises:
        SystemExit: with a sentence.
    """
    file = Path(options.folder) / "settings.json"
    names = ("corpus", "minutes", "preset", "validation_fraction")
    settings = {name: getattr(options, name) for name in names}
    if file.is_file():
        before = json.loads(file.read_text(encoding="utf-8"))
        if before != settings:
            raise SystemExit(
                f"{options.folder} holds a study with {before}, not with {settings}: give the same settings, "
                "or another --folder."
            )
    elif not options.plan:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def write_study(options, every):
    """The record of all trainings, in book/records; returns its path."""
    rows = [read_result(options.folder, *pair) for pair in every]
    machines = [row.pop("conditions") for row in rows]
    if any(machine != machines[0] for machine in machines):
        print("Warning: the trainings ran under different conditions; the record names the first one's.")
    command = ["python", "benchmarks/attention_forms.py"]
    if options.corpus != [str(ROOT / "data")]:  # the last part of a path says what it is, the rest is private
        command += ["--corpus", *[Path(path).name for path in options.corpus]]
    defaults = {"minutes": 10.0, "seeds": [0, 1, 2], "preset": "tiny", "validation_fraction": 0.05}
    for name, default in defaults.items():
        value = getattr(options, name)
        if value != default:
            values = value if isinstance(value, list) else [value]
            command += [f"--{name.replace('_', '-')}", *map(str, values)]
    return write_record("attention_forms", {"runs": rows}, shlex.join(command), machines[0], CODE)


if __name__ == "__main__":
    sys.exit(main())
