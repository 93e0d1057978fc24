"""What the models that ship can do: questions of all families, asked, counted, and condensed to one record.

    python benchmarks/model_abilities.py

Asks `data/models/base` and `data/models/chat` forty questions of each family and split by `mof abilities`,
about a quarter of an hour for both on two cores; stopped, it goes on where it was. A model whose answers lie
in the folder already is not asked again, unless its weights, its tokenizer or the program that asks have
changed. The record holds counts, not answers; the answers stay in the folder. Prints the table of the models'
card.
"""

import argparse
import datetime
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.stored_results import write_results  # noqa: E402

MODELS = ("base", "chat")
NUM_QUESTIONS = 40
OUTPUT = ROOT / "benchmarks" / "results" / "abilities.json"
FAMILY_FIELDS = ("family", "kind", "split", "num_questions", "num_right", "majority", "nearest")


def asked_now(name):
    """What answers of a model that ships depend on: hashes of its weights, its tokenizer and what asks."""
    from mof.evaluation.ability_report import asking_hash
    from mof.inference.exported_folder import read_facts
    from mof.inference.graph_builder import WEIGHTS_NAME

    facts = read_facts(ROOT / "data" / "models" / name)
    weights = facts["files"][WEIGHTS_NAME]["sha256"]
    return {"weights": weights, "tokenizer": facts["tokenizer_hash"], "program": asking_hash()}


def read_answers(file, asked):
    """A report of `mof abilities`, or None where there is none of what is asked now."""
    if not file.is_file():
        return None
    report = json.loads(file.read_text(encoding="utf-8"))
    before = report.get("asked", {})
    others = [key for key in asked if before.get(key) != asked[key]]
    if others:
        print(f"{file} holds answers by another {' and another '.join(others)}: asking anew.", flush=True)
        return None
    return report


def condense(report):
    """The counts of a report of `mof abilities`, by kind and by family, without the answers."""
    families = [{name: row[name] for name in FAMILY_FIELDS} for row in report["families"]]
    return {name: report[name] for name in ("date", "asked", "kinds")} | {"families": families}


def table_lines(models):
    """The models beside what needs no reading, as lines of Markdown.

    Args:
        models: dict from names to what `condense` gives, all of the same questions.

    Returns:
        list of str.
    """
    names = list(models)
    heads = ["questions", *(f"`{name}`" for name in names), "commonest answer", "most similar question"]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for kind, splits in models[names[0]]["kinds"].items():
        for split, blind in splits.items():
            cells = [f"{kind}, {split}"]
            for name in names:
                row = models[name]["kinds"][kind][split]
                share = row["num_right"] / row["num_questions"]
                cells.append(f"{share:.0%} ({row['low']:.0%} to {row['high']:.0%})")
            cells += [f"{blind['majority']:.0%}", f"{blind['nearest']:.0%}"]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def best_families(counts, split_of_kind, number=5):
    """The families in which a model is furthest above the better of the two blind answers.

    Args:
        counts: what `condense` gives. split_of_kind: dict from a kind to the split to look at.
        number: of families.

    Returns:
        list of (family, share right, share of the better blind answer), furthest first.
    """
    rows = [
        (row["family"], row["num_right"] / row["num_questions"], max(row["majority"], row["nearest"]))
        for row in counts["families"]
        if split_of_kind[row["kind"]] == row["split"]
    ]
    return sorted(rows, key=lambda row: row[2] - row[1])[:number]


def main():
    """Ask whom nobody has asked yet, write the record, print the table."""
    from mof.training.conditions import bit_identity_conditions

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "abilities", help="of the answers")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="JSON file to write")
    options = parser.parse_args()
    models = {}
    for name in MODELS:
        file = options.folder / f"{name}.json"
        asked = asked_now(name)
        report = read_answers(file, asked)
        if report is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            words = ["abilities", "--run", f"data/models/{name}", "--questions", str(NUM_QUESTIONS)]
            command = [sys.executable, "-m", "mof", *words, "--output", str(file.resolve())]
            subprocess.run(command, cwd=ROOT, check=True)
            report = read_answers(file, asked)
            if report is None:
                raise SystemExit(f"the program or {name} was changed while it was asked: run this again.")
        if report["num_questions"] != NUM_QUESTIONS:
            raise SystemExit(
                f"{file} holds {report['num_questions']} questions for each family, not {NUM_QUESTIONS}: "
                "move it away, or give another --folder."
            )
        models[name] = condense(report)
    record = {
        "command": "python benchmarks/model_abilities.py",
        "date": datetime.date.today().isoformat(),
        "conditions": bit_identity_conditions(),
        "num_questions": NUM_QUESTIONS,
        "models": models,
    }
    write_results(options.output, record)
    print(*table_lines(models), sep="\n")


if __name__ == "__main__":
    main()
