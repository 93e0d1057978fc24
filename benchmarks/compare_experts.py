"""What two experts are worth: RNN alone, Transformer alone, mixture, at equal training time, by kind of text.

    python benchmarks/compare_experts.py --minutes 10 --output benchmarks/results/compare_experts.json

Each form is trained from scratch on the same text: the prose and dialogues that ship, and questions written
by `mof corpus write` (30 MB). Three seeds each: nine runs one after the other, then judged by held-out bits
per byte and by `mof abilities`. What is equal is time, and a machine's speed wavers: so first the pace of
each form is measured, alternating (six minutes; run nothing beside them), and every run then gets as many
updates as its form makes in the minutes. The runs themselves may share the machine. Making the graphs is not
counted. A run that is finished is not made again, so the command may be stopped and started anew. With
--minutes 10 it takes about two and a half hours on two cores, and 0.5 GB in --folder.
"""

import argparse
import datetime
import itertools
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

FORMS = {"rnn": "recurrent", "transformer": "transformer", "mixture": "recurrent,transformer"}
QUESTION_MEGABYTES = 30
PACE_UPDATES, PACE_ROUNDS = 40, 2
VALIDATION_FRACTION = 0.05
HELD_OUT_BYTES = 40_000  # of each kind of questions


def mof(*arguments):
    """Run a command of the package to its end."""
    subprocess.run([sys.executable, "-m", "mof", *map(str, arguments)], cwd=ROOT, check=True)


def read_log(run):
    """The lines of a run's log."""
    return [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def seconds_by_length(log):
    """Median seconds of an update at each row length, the first of each left out: it makes the graph."""
    times, seen = {}, set()
    for before, entry in itertools.pairwise(log):
        if entry["length"] in seen:
            times.setdefault(entry["length"], []).append(entry["seconds"] - before["seconds"])
        seen.add(entry["length"])
    return {length: statistics.median(values) for length, values in times.items()}


def seconds_of_update(by_length, config):
    """Mean seconds of an update over a whole run, whose first share has the shortest rows alone.

    Args:
        by_length: dict from a row's tokens to seconds.
        config: TrainingConfig.

    Raises:
        KeyError: a length of the config was not timed; more updates are needed to meet it.
    """
    drawn = statistics.fmean(by_length[length] for length in config.lengths)
    return config.short_share * by_length[min(config.lengths)] + (1 - config.short_share) * drawn


def train_words(form, seed, corpus):
    """Arguments of `mof train` for one form."""
    text = [word for path in corpus for word in ("--corpus", path)]
    return [
        "train",
        *text,
        "--experts",
        FORMS[form],
        "--seed",
        seed,
        "--validation-fraction",
        VALIDATION_FRACTION,
    ]


def measured_pace(folder, corpus):
    """Seconds of an update of each form, measured in turns or read from what is there: dict by form."""
    result = folder / "pace.json"
    if not result.is_file():
        from mof.training.run_folder import RunFolder

        rounds = {form: [] for form in FORMS}
        for number in range(PACE_ROUNDS):
            for form in FORMS:
                run = folder / "pace" / f"{form}-{number}"
                shutil.rmtree(run, ignore_errors=True)
                counts = ["--num-updates", PACE_UPDATES, "--evaluate-seconds", 3600]
                mof(*train_words(form, number, corpus), *counts, "--run", run)
                config = RunFolder(run).training_config
                rounds[form].append(seconds_of_update(seconds_by_length(read_log(run)), config))
        pace = {form: {"seconds_of_update": statistics.fmean(v), "rounds": v} for form, v in rounds.items()}
        result.write_text(json.dumps(pace, indent=1) + "\n", encoding="utf-8")
    return json.loads(result.read_text(encoding="utf-8"))


def held_out_texts():
    """Texts that no run learns from: "prose", and for each kind sheets of its held-out questions."""
    from mof.corpus.reading import read_documents
    from mof.corpus.reading_report import ReadingReport
    from mof.corpus.splitting import is_validation
    from mof.tasks.families import choose_families
    from mof.tasks.family import KINDS
    from mof.tasks.writing import TaskWriter

    texts = {
        "prose": [
            document.text
            for document in read_documents([ROOT / "data" / "prose"], ReadingReport())
            if document.text is not None and is_validation(document, VALIDATION_FRACTION)
        ]
    }
    for kind in KINDS:
        chosen = [family for family in choose_families() if family.kind == kind]
        split = "wording" if kind == "knowledge" else "value"
        texts[kind] = list(TaskWriter(chosen, seed=1, split=split).documents(HELD_OUT_BYTES))
    return texts


def bits_per_byte_by_text(run):
    """Held-out bits per byte of a finished run: dict from the names of `held_out_texts`."""
    from mof.evaluation.reader_loss import reader_bits_per_byte
    from mof.inference.run_graphs import open_run
    from mof.training.run_folder import RunFolder

    run = RunFolder(run)
    reader, tokenizer = open_run(run), run.tokenizer()
    return {
        name: reader_bits_per_byte(reader, tokenizer, texts, max_tokens=10**6)
        for name, texts in held_out_texts().items()
    }


def judged_run(folder, form, seed, corpus, num_updates, options):
    """Train and judge one run, or read what is there; returns the dict of its figures."""
    run, result = folder / f"{form}-{seed}", folder / f"{form}-{seed}.json"
    if not result.is_file():
        if (run / "run.json").is_file():
            mof("train", "--resume", "--run", run)
        else:
            mof(*train_words(form, seed, corpus), "--num-updates", num_updates, "--run", run)
        mof("evaluate", "--run", run, "--max-tokens", 200_000, "--output", folder / "held_out.json")
        mof(
            "abilities", "--run", run, "--questions", options.questions, "--output", folder / "abilities.json"
        )
        held_out, abilities = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in ("held_out.json", "abilities.json")
        )
        log = read_log(run)
        figures = {
            "form": form,
            "seed": seed,
            "tokens": max(entry["tokens"] for entry in log),
            "updates": max(entry["update"] for entry in log),
            "bits_per_byte": {"all": held_out["bits_per_byte"], **bits_per_byte_by_text(run)},
            "kinds": abilities["kinds"],
            "router": abilities["router"],
        }
        result.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return json.loads(result.read_text(encoding="utf-8"))


def table(runs):
    """Mean and range over the seeds, by form: bits per byte and shares of right answers by kind and split."""
    rows = {}
    for form in FORMS:
        chosen = [run for run in runs if run["form"] == form]
        columns = {"tokens": [run["tokens"] for run in chosen]}
        for name in chosen[0]["bits_per_byte"]:
            columns[f"bits/byte, {name}"] = [run["bits_per_byte"][name] for run in chosen]
        for kind, splits in chosen[0]["kinds"].items():
            for split in splits:
                columns[f"{kind}, {split}"] = [
                    run["kinds"][kind][split]["num_right"] / run["kinds"][kind][split]["num_questions"]
                    for run in chosen
                ]
        rows[form] = {
            name: {"mean": statistics.fmean(values), "least": min(values), "most": max(values)}
            for name, values in columns.items()
        }
    return rows


def main():
    """Parse, train, judge, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="of training, each run")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each form")
    parser.add_argument("--questions", type=int, default=50, help="for each family and split")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "compare", help="for the runs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    from mof.training.conditions import bit_identity_conditions

    folder = options.folder.resolve()
    questions = folder / "questions.jsonl"
    mof("corpus", "write", "--megabytes", QUESTION_MEGABYTES, "--output", questions)
    corpus = [ROOT / "data" / "prose", ROOT / "data" / "dialogues", questions]
    print(f"{len(FORMS) * options.seeds} runs of {options.minutes:g} minutes, and judging.", flush=True)
    pace = measured_pace(folder, corpus)
    updates = {form: round(options.minutes * 60 / pace[form]["seconds_of_update"]) for form in FORMS}
    print("Updates in these minutes:", updates, flush=True)
    # seed by seed, so that a machine that changes changes for all forms alike
    runs = [
        judged_run(folder, form, seed, corpus, updates[form], options)
        for seed in range(options.seeds)
        for form in FORMS
    ]
    result = {
        "command": f"python benchmarks/compare_experts.py --minutes {options.minutes:g}",
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "pace": pace,
        "table": table(runs),
        "runs": runs,
    }
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for form, row in result["table"].items():
        print(form, {name: round(value["mean"], 3) for name, value in row.items()})


if __name__ == "__main__":
    main()
