"""Settings compared at equal training time: held-out bits per byte of each, on the same text.

    python benchmarks/equal_time.py --corpus my-texts --minutes 5 --output benchmarks/results/search.json \\
        --variant "base" --variant "four heads: --num-heads 4" --variant "hot: --muon-learning-rate 0.03"

A variant is a name and flags of `mof train`. Each is trained from scratch for the same minutes, and judged on
the same held-out tokens; one that is finished is not trained again, so the command can be stopped, and later
variants added. It states its hours beforehand. What is equal is time: run nothing beside it. Or add --paced:
then the pace of each variant is measured first, in turns (run nothing beside that, it says when it is done),
each gets as many updates as fit into the minutes, and the trainings may share the machine.
"""

import argparse
import datetime
import json
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from equal_time_peers import check_settings  # noqa: E402
from pace import measured_pace, mof, read_log, updates_in  # noqa: E402
from stored_results import write_results  # noqa: E402

MINUTES_AROUND = 1.0  # starting, making the graphs and judging, for each variant


def parse_variant(text):
    """("four heads", ["--num-heads", "4"]) from "four heads: --num-heads 4"."""
    name, _, flags = text.partition(":")
    return name.strip(), shlex.split(flags)


def result_of(folder, name, flags, num_updates, options):
    """Train and judge one variant, or read what is there; returns the dict of its figures."""
    run = folder / "".join(c if c.isalnum() else "_" for c in name)
    result = run.with_suffix(".json")
    if not result.is_file():
        words = ["--resume"] if (run / "run.json").is_file() else run_words(flags, num_updates, options)
        mof("train", "--run", run, *words)
        log = read_log(run)
        evaluations = [entry for entry in log if entry.get("event") == "evaluation"]
        figures = {
            "name": name,
            "flags": shlex.join(flags),
            "bits_per_byte": evaluations[-1]["bits_per_byte"],
            "route_weights": evaluations[-1]["route_weights"],
            "tokens": max(entry.get("tokens", 0) for entry in log),
            "seconds": max(entry.get("seconds", 0.0) for entry in log),
            "curve": [[round(e["seconds"]), e["bits_per_byte"]] for e in evaluations],
        }
        write_results(result, figures)
    return json.loads(result.read_text(encoding="utf-8"))


def shared_words(flags, options):
    """What every training of a variant is told: the text, and the variant's own flags."""
    return [*(word for path in options.corpus for word in ("--corpus", str(Path(path).resolve()))), *flags]


def run_words(flags, num_updates, options):
    """The words of a training whose length is a number of updates, or minutes where that is 0."""
    length = ["--num-updates", num_updates] if num_updates else ["--minutes", options.minutes]
    looks = ["--evaluation-tokens", 200_000, "--evaluate-seconds", options.evaluate_seconds]
    return [*shared_words(flags, options), *length, *looks]


def command_of(options):
    """What makes the results again, but for the corpus."""
    words = ["python", "benchmarks/equal_time.py", "--minutes", f"{options.minutes:g}"]
    words += ["--updates", str(options.updates)] if options.updates else []
    words += ["--paced"] if options.paced else []
    return shlex.join([*words, *(word for text in options.variant for word in ("--variant", text))])


def main():
    """Parse, tell the hours, train, write the JSON after each variant."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", nargs="+", required=True, help="files and folders of text")
    parser.add_argument("--minutes", type=float, default=5.0, help="of each training")
    parser.add_argument("--updates", type=int, default=0, help="equal updates in place of equal time")
    parser.add_argument("--paced", action="store_true", help="as many updates as fit at a measured pace")
    parser.add_argument("--variant", action="append", required=True, help='"name: flags of mof train"')
    parser.add_argument("--evaluate-seconds", type=float, default=1e6, help="between looks in between")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "equal_time", help="for the runs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    from mof.training.conditions import bit_identity_conditions

    folder = options.folder.resolve()
    names = ("minutes", "updates", "paced", "evaluate_seconds")
    settings = {name: getattr(options, name) for name in names}
    settings["corpus"] = [Path(path).name for path in options.corpus]
    check_settings(folder / "settings.json", settings)
    variants = [parse_variant(text) for text in options.variant]
    hours = len(variants) * (options.minutes + MINUTES_AROUND) / 60
    print(f"{len(variants)} trainings, at most {hours:.1f} hours.", flush=True)
    pace, results = {}, []
    if options.paced:
        pace = measured_pace(folder, {name: shared_words(flags, options) for name, flags in variants})
        print("The pace is measured; from here on the machine may do other work.", flush=True)
    for name, flags in variants:
        num_updates = updates_in(options.minutes, pace[name]) if pace else options.updates
        results.append(result_of(folder, name, flags, num_updates, options))
        print(f"{results[-1]['bits_per_byte']:.4f}  {results[-1]['tokens']:>11,} tokens  {name}", flush=True)
        record = {
            "command": command_of(options),
            "corpus": [Path(path).name for path in options.corpus],
            "minutes": options.minutes,
            "updates": options.updates,
            "pace": pace,
            "date": datetime.date.today().isoformat(),
            "machine": bit_identity_conditions(),
            "results": results,
        }
        write_results(options.output, record)


if __name__ == "__main__":
    main()
