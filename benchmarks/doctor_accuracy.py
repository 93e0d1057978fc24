"""How good the doctor's forecasts are: its report against real trainings on the same machine.

    python benchmarks/doctor_accuracy.py --corpus my-texts --output benchmarks/results/doctor_accuracy.json \\
        --training tiny:10 --training small:10 --training full:3u

Runs the doctor once, then each training: a preset with its minutes (`tiny:10`) or its updates (`full:3u`),
and for another format of products `tiny:10:bfloat16`. Reports forecast over real for tokens a second and for
the peak of memory, and whether the real figure lay in the 80% interval. What is finished is not done again,
so the command can be stopped and called again with the same words. It states its hours beforehand. Run
nothing beside it. Linux and macOS: Windows has no such count of memory.
"""

import argparse
import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # judge the package this file came with

MINUTES_AROUND = 1.5  # starting, making the graphs and looking at held-out text, for each training
UPDATE_SECONDS = {
    "nano": 0.1,
    "tiny": 1.5,
    "small": 7.0,
    "full": 25.0,
}  # on two cores, to state the hours only
FEWEST_UPDATES = 3
MEASURE = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=sys.stderr)
scale = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * scale)
sys.exit(status)
"""


class Wanted(NamedTuple):
    """One training: a preset, minutes or a number of updates (the other is 0), and a format of products."""

    preset: str
    minutes: float
    updates: int
    product_dtype: str

    @property
    def name(self):
        """Of its folder."""
        return f"{self.preset}_{self.minutes:g}m_{self.updates}u_{self.product_dtype}"


def parse_training(text):
    """Wanted from "tiny:10", "full:3u" or "tiny:10:bfloat16".

    Raises:
        ValueError: for other words.
    """
    match = re.fullmatch(r"(nano|tiny|small|full):(\d+(?:\.\d+)?)(u?)(?::(float32|bfloat16))?", text)
    if match is None or (match[3] and "." in match[2]):
        raise ValueError(
            f"training {text!r}, expected PRESET:MINUTES or PRESET:UPDATESu, such as tiny:10 or full:3u."
        )
    minutes, updates = (0.0, int(match[2])) if match[3] else (float(match[2]), 0)
    if updates and updates < FEWEST_UPDATES:
        raise ValueError(
            f"training {text!r}: the first update makes the graphs, so give at least {FEWEST_UPDATES}u."
        )
    return Wanted(match[1], minutes, updates, match[4] or "float32")


def stated_hours(trainings, doctor_seconds):
    """Hours that all will take, roughly, on two quiet cores."""
    minutes = sum(t.minutes or t.updates * UPDATE_SECONDS[t.preset] / 60 for t in trainings)
    return (doctor_seconds / 60 + minutes + MINUTES_AROUND * len(trainings)) / 60


def ask_doctor(file, seconds):
    """The doctor's report, made where the file is not there yet."""
    from mof.machine.report import load_report

    if not file.is_file():
        words = ["doctor", "--json", str(file), "--seconds", str(seconds)]
        subprocess.run([sys.executable, "-m", "mof", *words], cwd=ROOT, check=True)
    return load_report(file)


def train(wanted, folder, corpus):
    """Train, or go on, or read what is there: {"tokens_per_second": float, "peak_bytes": int}."""
    run, result = folder / wanted.name, folder / f"{wanted.name}.json"
    if not result.is_file():
        if (run / "run.json").is_file():
            words = ["--resume"]
        else:
            words = [word for path in corpus for word in ("--corpus", str(Path(path).resolve()))]
            words += ["--preset", wanted.preset, "--product-dtype", wanted.product_dtype]
            length = ["--minutes", str(wanted.minutes)]
            words += ["--num-updates", str(wanted.updates)] if wanted.updates else length
        command = [
            sys.executable,
            "-c",
            MEASURE,
            sys.executable,
            "-m",
            "mof",
            "train",
            "--run",
            str(run),
            *words,
        ]
        told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        log = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        figures = {"tokens_per_second": speed_of_log(log), "peak_bytes": int(told)}
        result.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    return json.loads(result.read_text(encoding="utf-8"))


def speed_of_log(entries):
    """Tokens a second of a run, from the end of its first update on, without the graphs of new lengths."""
    updates = [entry for entry in entries if "event" not in entry]
    seen, tokens, seconds = {updates[0]["length"]}, 0, 0.0
    for before, entry in zip(updates, updates[1:], strict=False):
        if entry["length"] in seen:
            tokens += entry["tokens"] - before["tokens"]
            seconds += entry["seconds"] - before["seconds"]
        seen.add(entry["length"])
    return tokens / seconds


def compare(wanted, prediction, real):
    """Forecast over real, and whether the 80% intervals held it: a dict for the JSON."""
    p = prediction
    return {
        "preset": wanted.preset,
        "product_dtype": wanted.product_dtype,
        "minutes": wanted.minutes,
        "updates": wanted.updates,
        "was_measured": p.is_measured,
        "real_tokens_per_second": real["tokens_per_second"],
        "forecast_over_real_speed": p.tokens_per_second / real["tokens_per_second"],
        "speed_in_interval": p.tokens_per_second_low <= real["tokens_per_second"] <= p.tokens_per_second_high,
        "real_peak_bytes": real["peak_bytes"],
        "forecast_over_real_memory": p.peak_bytes / real["peak_bytes"],
        "memory_in_interval": p.peak_bytes_low <= real["peak_bytes"] <= p.peak_bytes_high,
    }


def main():
    """Parse, tell the hours, measure, write the JSON after each training."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", nargs="+", default=["data"], help="files and folders of text")
    parser.add_argument(
        "--training", action="append", help="tiny:10, full:3u; default tiny:10 small:10 full:3u"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="of the doctor")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "doctor_accuracy", help="for the runs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    trainings = [parse_training(text) for text in options.training or ("tiny:10", "small:10", "full:3u")]
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    hours = stated_hours(trainings, options.seconds)
    print(
        f"The doctor and {len(trainings)} trainings, about {hours:.1f} hours on two quiet cores.", flush=True
    )
    report = ask_doctor(folder / "machine.json", options.seconds)
    results = []
    for wanted in trainings:
        prediction = report.prediction(wanted.preset, wanted.product_dtype)
        if prediction is None:
            raise SystemExit(
                f"The doctor has no forecast for {wanted.product_dtype}: give it more --seconds."
            )
        results.append(compare(wanted, prediction, train(wanted, folder, options.corpus)))
        r = results[-1]
        print(
            f"{wanted.name}: forecast / real {r['forecast_over_real_speed']:.2f} in speed, "
            f"{r['forecast_over_real_memory']:.2f} in memory",
            flush=True,
        )
        record = {
            "command": "python benchmarks/doctor_accuracy.py",
            "date": datetime.date.today().isoformat(),
            "machine": json.loads(report.facts.to_json()),
            "doctor_date": report.date,
            "advice": [advice.name for advice in report.advice],
            "results": results,
        }
        options.output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
