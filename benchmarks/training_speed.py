"""Training speed of every preset and of the peers, side by side: characters/s, tokens/s, MFU, peak memory.

    python benchmarks/peers/setup.py
    python benchmarks/training_speed.py --corpus my-texts --output benchmarks/results/training_speed.json

Every measurement is a process of its own; each round goes through all cases once, the next one backwards, and
the figures are medians over the rounds (five unless told otherwise). Measured: the rate of matrix products in
TensorFlow at 2048 x 2048 x 2048 and at the model's own shapes; whole updates, optimiser included, of tiny,
small and full in float32 and bfloat16 with both tokenizers, in micro-batches of 2,048 tokens; the peers on
the same text. Each peer can run plain or compiled: a round before the first tries both, and the faster goes
on. MFU, model flops utilisation, is the matrix products of forward and backward
(`mof.machine.product_counts`) by the whole time of an update, over the measured rate of 2048^3 products in
the same dtype.

It tells its hours beforehand (about four for everything), goes on where it was stopped, and wants a machine
that does nothing else. --cap avx2 keeps all libraries to AVX2 (`instruction_cap.py`), and measures generation
as well. --short tries every case in minutes; its figures are no results, and say so.
"""

import argparse
import contextlib
import datetime
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]  # measure the package this file came with
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from corpus_tokens import prepare_tokens  # noqa: E402
from instruction_cap import CAPS, capped_environment  # noqa: E402
from one_measurement import MeasurementFailed, measured  # noqa: E402
from peers.setup import ENVIRONMENTS, interpreter  # noqa: E402
from speed_cases import (  # noqa: E402
    PEER_TOKENIZER,
    ROW_TOKENS,
    ROWS,
    TOKENIZERS,
    mof_cases,
    product_cases,
    product_shapes,
    torch_cases,
    xiaothink_cases,
)
from speed_summary import fastest_variants, summarize  # noqa: E402

from mof.training.json_lines import append_entry  # noqa: E402

STORED_PEER = Path(__file__).resolve().parent / "peers" / "xiaothink_stored.json"
SHORT_TIMING = {"seconds": 0.0, "least": 1, "tokens_per_update": ROWS * ROW_TOKENS}


def all_cases(options):
    """(list of Case, list of sentences about what is missing)."""
    folder = options.folder / "tokens"
    wanted = [*TOKENIZERS.items(), PEER_TOKENIZER]
    tokens = {key: prepare_tokens(options.corpus, *key, folder) for key in dict.fromkeys(wanted)}
    timing = SHORT_TIMING if options.short else {"seconds": options.seconds, "least": 2}
    cases = product_cases(sys.executable, 0.05 if options.short else 0.5)
    cases += mof_cases(sys.executable, tokens, timing)
    if options.cap != "none":
        cases += mof_cases(sys.executable, tokens, timing, work="generating")
    missing = []
    for name, make, text in (
        ("torch", torch_cases, tokens[PEER_TOKENIZER]),
        ("xiaothink", xiaothink_cases, tokens["characters", TOKENIZERS["characters"]]),
    ):
        python = interpreter(name, options.peers)
        if python:
            cases += make(python, text, timing)
        else:
            missing.append(
                f"{name} is not measured: its environment is missing. Make it with benchmarks/peers/setup.py."
            )
    if options.only:
        cases = [case for case in cases if any(words in case.name for words in options.only)]
    return cases, missing, tokens


class TimeLeft:
    """Time left by what was expected and what it took so far. Its str is for a line of progress."""

    def __init__(self, expected_seconds):
        self.expected_left, self.expected_done, self.spent = expected_seconds, 0.0, 0.0

    def skip(self, expected_seconds):
        """Something was there already."""
        self.expected_left -= expected_seconds

    def took(self, expected_seconds, seconds):
        """Something expected to take so long took so long."""
        self.skip(expected_seconds)
        self.expected_done += expected_seconds
        self.spent += seconds

    def __str__(self):
        pace = self.spent / self.expected_done if self.expected_done else 1.0
        minutes = max(0.0, self.expected_left) * pace / 60
        return f"about {minutes:.0f} minutes left"


class Measurements:
    """A file of measurements that only grows; one that was interrupted is gone on with.

    Args:
        path: of the file. settings: JSON object that decides the numbers.

    Raises:
        SystemExit: the file was begun with other settings.
    """

    def __init__(self, path, settings):
        self.path, self.entries = path, []
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            if not lines or json.loads(lines[0]) != settings:
                raise SystemExit(
                    f"{path} was begun with other settings: choose another --folder, or delete the file."
                )
            self.entries = list(_whole_entries(lines[1:]))
        else:
            append_entry(path, settings)

    def has(self, number, case):
        """True if a round's measurement of a case is there; one that failed is tried again."""
        place = (number, case.name)
        return any((entry["round"], entry["case"]) == place and "figures" in entry for entry in self.entries)

    def take(self, number, case, environment):
        """Measure a case, and write down what came, or why nothing did."""
        entry = {"round": number, "case": case.name}
        try:
            entry["figures"] = measured(case.python, case.program, case.job, environment)
        except MeasurementFailed as error:
            entry["failure"] = _without_paths(str(error))
        self.entries.append(entry)
        append_entry(self.path, entry)
        return entry


def _whole_entries(lines):
    for line in lines:
        with contextlib.suppress(ValueError):  # a kill has cut it: that is measured again
            yield json.loads(line)


def _without_paths(words):
    return words.replace(str(ROOT), ".").replace(str(Path.home()), "~").replace(sys.prefix, "")[-600:]


def main():
    """Parse, prepare, tell the hours, measure round by round, write the JSON after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", nargs="+", required=True, help="files and folders of text")
    parser.add_argument(
        "--rounds", type=int, default=5, help="measurements of each case; 5 or more to report"
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="least time of each, and two updates")
    parser.add_argument("--cap", choices=CAPS, default="none", help="instruction sets the libraries may use")
    parser.add_argument("--only", nargs="*", help="cases whose names hold one of these words")
    parser.add_argument("--short", action="store_true", help="a trial of every case: one round, no result")
    parser.add_argument("--peers", type=Path, default=ENVIRONMENTS, help="folder of the peers' environments")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "speed", help="for tokens and rounds")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    from mof.training.conditions import bit_identity_conditions

    options.folder = options.folder.resolve()
    rounds = 1 if options.short else options.rounds
    cases, missing, tokens = all_cases(options)
    settings = {
        "machine": bit_identity_conditions(),
        "corpus": [Path(path).name for path in options.corpus],
        "seconds": options.seconds,
        "cap": options.cap,
        "is_short": options.short,
    }
    name = f"measurements-{options.cap}{'-short' if options.short else ''}.jsonl"
    measurements = Measurements(options.folder / name, settings)
    variants = [case for case in cases if case.variants]
    choosing = sum(case.expected_seconds for case in variants)  # then one of two goes on
    expected = choosing + rounds * (sum(case.expected_seconds for case in cases) - choosing / 2)
    for sentence in missing:
        print(sentence)
    print(
        f"{len(cases)} cases, {rounds} rounds: about {expected / 3600:.1f} hours on two quiet cores.",
        flush=True,
    )

    left = TimeLeft(expected)

    def measure(number, chosen):
        for case in chosen:
            if measurements.has(number, case):
                left.skip(case.expected_seconds)
                continue
            start = time.monotonic()
            environment = capped_environment(options.cap, os.environ, case.facts["dtype"])
            entry = measurements.take(number, case, environment)
            left.took(case.expected_seconds, time.monotonic() - start)
            told = entry.get("figures", {}).get("tokens_per_second")
            told = "failed" if "failure" in entry else "done" if told is None else f"{told:,.0f} tokens/s"
            print(f"round {number}  {case.name}: {told}; {left}", flush=True)

    measure(0, variants)
    chosen = fastest_variants(cases, measurements.entries)
    for number in range(1, rounds + 1):
        measure(number, chosen if number % 2 else chosen[::-1])
        write_result(options, settings, number, chosen, measurements.entries, tokens, missing)
    print(f"Written: {options.output}")


def write_result(options, settings, num_rounds, cases, entries, tokens, missing):
    """The JSON of all rounds so far."""
    text = tokens["bpe", TOKENIZERS["bpe"]]
    result = {
        "command": "python benchmarks/training_speed.py"
        + (f" --cap {options.cap}" if options.cap != "none" else "")
        + (f" --only {' '.join(json.dumps(words) for words in options.only)}" if options.only else "")
        + (" --short" if options.short else f" --rounds {num_rounds} --seconds {options.seconds:g}"),
        "date": datetime.date.today().isoformat(),
        **settings,
        "num_rounds": num_rounds,
        "num_characters": text["num_characters"],
        "micro_batch": [ROWS, ROW_TOKENS],
        "peer_tokenizer": "byte-level BPE of 6,400 learned from this text, in place of minimind's own",
        **summarize(cases, entries, product_shapes(), (ROWS, ROW_TOKENS)),
        "missing": missing,
    }
    is_wanted = not options.only or any(words in "xiaothink-t6 float32" for words in options.only)
    if is_wanted and not any(case["name"].startswith("xiaothink") for case in result["cases"]):
        result["stored_not_measured"] = json.loads(STORED_PEER.read_text(encoding="utf-8"))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
