"""What the first training reaches in how many minutes: prose and questions against a 5-gram, ten families.

    python benchmarks/quickstart_curve.py --minutes 5 10 30 --output benchmarks/results/quickstart_curve.json

For each number of minutes a `mof quickstart` is run from nothing and judged: bits per byte on the prose and
on the questions that it did not learn from, beside a Kneser-Ney character 5-gram made from the same training
text; and the share of right answers in the quickstart's ten families, beside what an answer costs that
understands nothing. A training that is finished and judged is not made again, so the command may be stopped
and started anew. Run nothing beside it. It takes the minutes that are asked for, and two for each judging.
"""

import argparse
import datetime
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from mof.cli.quickstart import CORPUS_FOLDERS
from mof.cli.quickstart_questions import FAMILY_NAMES
from mof.cli.quickstart_run import VALIDATION_FRACTION
from mof.corpus.reading import read_documents
from mof.corpus.reading_report import ReadingReport
from mof.corpus.splitting import is_validation
from mof.evaluation.ability_report import held_out_split
from mof.evaluation.ngram_baseline import NgramModel
from mof.evaluation.reader_loss import reader_bits_per_byte
from mof.evaluation.task_accuracy import family_accuracy
from mof.generation.decoding import TextGenerator
from mof.inference.run_graphs import open_run
from mof.tasks.families import choose_families
from mof.tasks.writing import TaskWriter
from mof.training.conditions import bit_identity_conditions
from mof.training.run_folder import RunFolder

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT_BYTES = 40_000  # of the questions of each split
PROSE_FOLDER = CORPUS_FOLDERS[0]


def held_out_texts():
    """{"prose": texts that are held out by their hash, "questions": sheets of held-out questions}."""
    prose = [
        document.text
        for document in read_documents([ROOT / "data" / PROSE_FOLDER], ReadingReport())
        if document.text is not None and is_validation(document, VALIDATION_FRACTION)
    ]
    sheets = []
    families = choose_families(FAMILY_NAMES)
    for split in dict.fromkeys(held_out_split(family) for family in families):
        chosen = [family for family in families if held_out_split(family) == split]
        sheets += TaskWriter(chosen, seed=1, split=split).documents(HELD_OUT_BYTES)
    return {"prose": prose, "questions": sheets}


def training_texts(corpus):
    """The texts that a quickstart learns from, dialogues turn by turn."""
    for document in read_documents(corpus, ReadingReport()):
        if not is_validation(document, VALIDATION_FRACTION):
            yield from document.texts


def judge(path, num_questions):
    """Judge a finished quickstart; returns the dict of its figures."""
    run = RunFolder(path)
    reader, tokenizer = open_run(run), run.tokenizer()
    baseline = NgramModel.train(training_texts(run.facts["corpus"]), 5)
    figures = {}
    for name, texts in held_out_texts().items():
        figures[name] = {
            "bits_per_byte": reader_bits_per_byte(reader, tokenizer, texts, max_tokens=10**6),
            "kneser_ney_5_gram": baseline.bits_per_byte(texts),
        }
    generator = TextGenerator(reader, tokenizer)
    answers = {}
    for family in choose_families(FAMILY_NAMES):
        result = family_accuracy(generator, family, held_out_split(family), num_questions)
        answers[family.name] = {
            name: getattr(result, name)
            for name in ("kind", "split", "num_questions", "num_right", "low", "high", "majority", "nearest")
        }
    return {**figures, "families": answers}


def measured(folder, minutes, options):
    """Train and judge one quickstart, or read what is there; returns the dict of its figures."""
    run, result = folder / f"minutes-{minutes:g}", folder / f"minutes-{minutes:g}.json"
    if not result.is_file():
        began = time.perf_counter()
        words = ["--minutes", f"{minutes:g}", "--run", str(run), "--data", str(ROOT / "data")]
        subprocess.run([sys.executable, "-m", "mof", "quickstart", *words], cwd=ROOT, check=True)
        log = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        figures = {
            "minutes": minutes,
            "command_seconds": round(time.perf_counter() - began),  # samples and answers included
            "training_seconds": round(max(entry.get("seconds", 0.0) for entry in log)),
            "updates": max(entry["update"] for entry in log),
            "tokens": max(entry.get("tokens", 0) for entry in log),
            **judge(run, options.questions),
        }
        result.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return json.loads(result.read_text(encoding="utf-8"))


def summary(figures):
    """One line: both texts against the baseline, and the families that are understood."""
    parts = [f"{figures['minutes']:g} minutes, {figures['updates']:,} updates"]
    for name in ("prose", "questions"):
        pair = figures[name]
        parts.append(f"{name} {pair['bits_per_byte']:.3f} (5-gram {pair['kneser_ney_5_gram']:.3f})")
    understood = []
    for name, family in figures["families"].items():
        share = family["num_right"] / family["num_questions"]
        if share >= 0.6 and share >= max(family["majority"], family["nearest"]) + 0.2:
            understood.append(name)
    return (
        "; ".join(parts)
        + f"; {len(understood)} of {len(figures['families'])} families understood: "
        + (", ".join(understood) or "none")
    )


def main():
    """Parse, tell the hours, train, judge, write the JSON after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, nargs="+", default=[5, 10, 30], help="of training, each run")
    parser.add_argument("--questions", type=int, default=100, help="for each family")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "runs" / "quickstart_curve", help="for the runs"
    )
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    minutes = sum(options.minutes) + 3 * len(options.minutes)
    print(f"{len(options.minutes)} trainings, about {minutes / 60:.1f} hours.", flush=True)
    results = []
    for length in options.minutes:
        results.append(measured(folder, length, options))
        print(summary(results[-1]), flush=True)
        record = {
            "command": "python benchmarks/quickstart_curve.py",
            "date": datetime.date.today().isoformat(),
            "machine": bit_identity_conditions(),
            "families": FAMILY_NAMES,
            "results": results,
        }
        options.output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
