"""What two experts are worth: RNN alone, Transformer alone, mixture, at equal training time, by kind of text.

    python benchmarks/compare_experts.py --minutes 10 --output benchmarks/results/compare_experts.json

Each form is trained from scratch on the same text: the prose and dialogues that ship, and questions written
by `mof corpus write` (30 MB). Three seeds each: nine runs one after the other, then judged by held-out bits
per byte and by `mof abilities`. What is equal is time, and a machine's speed wavers: so first the pace of
each form is measured, alternating (six minutes; run nothing beside them), and every run then gets as many
updates as its form makes in the minutes. The runs themselves may share the machine. Making the graphs is not
counted. A run that is finished is not made again, so the command may be stopped and started anew. With
--minutes 10 it takes about two and a half hours on two cores, and 0.5 GB in --folder.

    python benchmarks/compare_experts.py --record --output benchmarks/results/compare_experts.json

makes the record that chapter 08 shows from such a file, without a training.
"""

import argparse
import datetime
import json
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from equal_time_peers import check_settings  # noqa: E402
from pace import measured_pace, mof, read_log, updates_in  # noqa: E402
from questions_and_prose import held_out_texts, questions_and_prose  # noqa: E402
from stored_results import write_results  # noqa: E402

from mof.lessons.records import STAMP, new_stamp, take_stamps, write_record  # noqa: E402

FORMS = {"rnn": "recurrent", "transformer": "transformer", "mixture": "recurrent,transformer"}
VALIDATION_FRACTION = 0.05
CODE = (
    "mof/model.py",
    "mof/layers/router.py",
    "mof/experts/recurrent_expert.py",
    "mof/experts/transformer_expert.py",
    "mof/ops/gated_recurrence.py",
    "mof/ops/linear_attention.py",
)


def train_words(form, corpus):
    """Words of `mof train` for one form."""
    text = [word for path in corpus for word in ("--corpus", path)]
    return [*text, "--validation-fraction", VALIDATION_FRACTION, "--experts", FORMS[form]]


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
        stamp = new_stamp(CODE)
        if (run / "run.json").is_file():
            mof("train", "--resume", "--run", run)
        else:
            length = ["--num-updates", num_updates, "--seed", seed]
            mof("train", "--run", run, *train_words(form, corpus), *length)
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
            "tokens": max(entry.get("tokens", 0) for entry in log),
            "updates": max(entry["update"] for entry in log),
            "bits_per_byte": {"all": held_out["bits_per_byte"], **bits_per_byte_by_text(run)},
            "kinds": abilities["kinds"],
            "router": abilities["router"],
            STAMP: stamp,
        }
        write_results(result, figures)
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


def write_experts_record(path, **places):
    """The record of chapter 08 from a file that this program wrote.

    Args:
        path: pathlib.Path of it. places: `folder`, where records lie.

    Returns:
        Path of the record.

    Raises:
        FileNotFoundError, ValueError: there is no such file, or it is none of this program's.
    """
    result = json.loads(path.read_text(encoding="utf-8"))
    missing = [name for name in ("runs", "pace", "command", "date", "machine") if name not in result]
    if missing:
        raise ValueError(f"{path} holds no {', '.join(missing)}: it is no result of compare_experts.py.")
    data = {"pace": result["pace"], "runs": result["runs"]}
    stamps = take_stamps(data["runs"], "compare_experts", lambda data: data["runs"], **places)
    how = {"date": result["date"], "stamps": stamps, **places}
    return write_record("compare_experts", data, result["command"], result["machine"], CODE, **how)


def main():
    """Parse, train, judge, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="of training, each run")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each form")
    parser.add_argument("--questions", type=int, default=50, help="for each family and split")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "compare", help="for the runs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument(
        "--record", action="store_true", help="make the book's record from --output, and stop"
    )
    options = parser.parse_args()
    if options.record:
        print(f"wrote {write_experts_record(options.output)}")
        return
    from mof.training.conditions import bit_identity_conditions

    folder = options.folder.resolve()
    check_settings(folder / "settings.json", {"minutes": options.minutes, "questions": options.questions})
    corpus = questions_and_prose(folder)
    print(f"{len(FORMS) * options.seeds} runs of {options.minutes:g} minutes, and judging.", flush=True)
    pace = measured_pace(folder, {form: train_words(form, corpus) for form in FORMS})
    updates = {form: updates_in(options.minutes, pace[form]) for form in FORMS}
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
