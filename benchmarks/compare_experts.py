"""What two experts are worth: RNN alone, Transformer alone, mixture, at equal training time, by kind of text.

    python benchmarks/compare_experts.py --minutes 10 --output benchmarks/results/compare_experts.json

Each form is trained from scratch for the same minutes on the same text: the prose and dialogues that ship,
and questions written by `mof corpus write` (30 MB). Three seeds each: nine runs one after the other, then
judged by held-out bits per byte and by `mof abilities`. A run that is finished is not made again, so the
command may be stopped and started anew. With --minutes 10 it takes about two and a half hours on two cores,
and 0.5 GB in --folder. Run nothing beside it: what is equal is time.
"""

import argparse
import datetime
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

FORMS = {"rnn": "recurrent", "transformer": "transformer", "mixture": "recurrent,transformer"}
QUESTION_MEGABYTES = 30


def mof(*arguments):
    """Run a command of the package to its end."""
    subprocess.run([sys.executable, "-m", "mof", *map(str, arguments)], cwd=ROOT, check=True)


def judged_run(folder, form, seed, corpus, options):
    """Train and judge one run, or read what is there; returns the dict of its figures."""
    run, result = folder / f"{form}-{seed}", folder / f"{form}-{seed}.json"
    if not result.is_file():
        if (run / "run.json").is_file():
            mof("train", "--resume", "--run", run)
        else:
            settings = ["--experts", FORMS[form], "--seed", seed, "--minutes", options.minutes]
            text = [word for path in corpus for word in ("--corpus", path)]
            mof("train", *text, "--run", run, *settings, "--validation-fraction", 0.02)
        mof("evaluate", "--run", run, "--max-tokens", 200_000, "--output", folder / "held_out.json")
        mof(
            "abilities", "--run", run, "--questions", options.questions, "--output", folder / "abilities.json"
        )
        held_out, abilities = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in ("held_out.json", "abilities.json")
        )
        log = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        figures = {
            "form": form,
            "seed": seed,
            "tokens": max(entry["tokens"] for entry in log),
            "seconds": max(entry["seconds"] for entry in log),
            "bits_per_byte": held_out["bits_per_byte"],
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
        columns = {
            "tokens": [run["tokens"] for run in chosen],
            "bits_per_byte": [run["bits_per_byte"] for run in chosen],
        }
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
    # seed by seed, so that a machine that changes changes for all forms alike
    runs = [
        judged_run(folder, form, seed, corpus, options) for seed in range(options.seeds) for form in FORMS
    ]
    result = {
        "command": f"python benchmarks/compare_experts.py --minutes {options.minutes:g}",
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "table": table(runs),
        "runs": runs,
    }
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for form, row in result["table"].items():
        print(form, {name: round(value["mean"], 3) for name, value in row.items()})


if __name__ == "__main__":
    main()
