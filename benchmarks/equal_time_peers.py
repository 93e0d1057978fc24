"""Quality at equal time: our model and a peer, trained from scratch for the same minutes on the same text.

    python benchmarks/peers/setup.py
    python benchmarks/equal_time_peers.py --corpus my-texts --output benchmarks/results/equal_time_peers.json

Held-out bits per byte after 20 minutes, three seeds each:
  ours    a preset by `mof train`, as it comes, from starting the first graph to the last update
  own     minimind's shape, vocabulary 6,400 and rows of 340 tokens as minimind has them; 8 rows an update and
          AdamW 1e-3 are our choice: its own 256 rows of 5e-4 would be forty to sixty updates in 20 minutes
  tuned   the same shape given our vocabulary of 8,192, rows of 256 tokens, a warm-up, and the best of several
          learning rates: each is tried for the whole time, and the best one's run counts as the first seed
minimind's tokenizer is not on PyPI: "own" gets a byte-level BPE of its size learned from this very text. The
result tells its characters a token; the published one has about 1.22 on such text (reported).

Time counts training alone; reading, tokenizers and judging do not. The same documents are held out for all,
by their hash, as in `mof train`, and all of them are judged. Ours plans its updates from the speed of the
first ones, so its seconds are told too. A run that is finished is not made again. It tells its hours
beforehand (about four and a half); run nothing beside it. --speed takes the number format of each, and
whether the peer is compiled, from a result of `training_speed.py`: whatever was faster. --short tries
everything in minutes, and is no result.
"""

import argparse
import datetime
import json
import math
import os
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]  # measure the package this file came with
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from corpus_tokens import prepare_tokens  # noqa: E402
from one_measurement import MeasurementFailed, measured  # noqa: E402
from peers.setup import ENVIRONMENTS, interpreter  # noqa: E402

from mof.corpus.token_cache import TokenCache  # noqa: E402
from mof.tokenizer.special_tokens import DOCUMENT  # noqa: E402

CONTESTANTS = ("ours", "own", "tuned")
WORKER = Path(__file__).resolve().parent / "peers" / "torch_race.py"
NUM_LOOKS = 4  # held-out looks at equal parts of the time
OWN = {"num_rows": 8, "row_tokens": 340, "warmup_share": 0.0}
OWN_LEARNING_RATE = 1e-3
TUNED = {"num_rows": 8, "row_tokens": 256, "warmup_share": 0.02}
LEARNING_RATES = (5e-4, 1e-3, 2e-3, 4e-3)
MINUTES_AROUND = 3.0  # starting, tokenizer and judging, for each run
VOCABULARIES = {"own": 6400, "tuned": 8192}


def main():
    """Parse, prepare, tell the hours, race, write the JSON after each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", nargs="+", required=True, help="files and folders of text")
    parser.add_argument("--minutes", type=float, default=20.0, help="of training, each run")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--preset", default="tiny", help="ours")
    parser.add_argument("--shape", default="minimind-256x6", help="the peer's, one of those in peers/")
    parser.add_argument("--dtype", default="bfloat16", help="of our products; or float32")
    parser.add_argument("--peer-dtype", help="of the peer's products; as ours unless told")
    parser.add_argument("--compiled", action="store_true", help="the peer by torch.compile")
    parser.add_argument("--speed", type=Path, help="a result of training_speed.py that decides these three")
    parser.add_argument("--flags", default="", help="further flags of mof train for ours, in quotes")
    parser.add_argument("--learning-rates", nargs="+", type=float, default=LEARNING_RATES, help="for tuned")
    parser.add_argument("--short", action="store_true", help="a trial of every kind of run: no result")
    parser.add_argument("--peers", type=Path, default=ENVIRONMENTS, help="folder of the peers' environments")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "runs" / "equal_time_peers", help="for the runs"
    )
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    options.peer_dtype = options.peer_dtype or options.dtype
    if options.speed:
        result = json.loads(options.speed.read_text(encoding="utf-8"))
        options.dtype = fastest_case(result, "ours", options.preset)["dtype"]
        peer = fastest_case(result, "peer", options.shape)
        options.peer_dtype, options.compiled = peer["dtype"], peer["is_compiled"]
    if options.short:
        options.minutes, options.seeds, options.learning_rates = 0.1, 1, LEARNING_RATES[1:3]
    options.python = interpreter("torch", options.peers)
    if options.python is None:
        raise SystemExit("the peer's environment is missing: run python benchmarks/peers/setup.py first.")
    planned = plan(options.seeds, options.learning_rates)
    hours = len(planned) * (options.minutes + MINUTES_AROUND) / 60
    print(f"{len(planned)} runs of {options.minutes:g} minutes, about {hours:.1f} hours in all.", flush=True)
    settings = settings_of(options)
    check_settings(options.folder / "settings.json", settings)
    tokens = {
        name: prepare_tokens(options.corpus, "bpe", size, options.folder / "peer_tokens")
        for name, size in VOCABULARIES.items()
    }
    held_out = {
        name: held_out_file(text, options.folder / f"held_out_{name}.npz") for name, text in tokens.items()
    }

    runs = []
    for number, (contestant, seed, learning_rate) in enumerate(planned, start=1):
        if learning_rate is None and contestant == "tuned":
            learning_rate = best_learning_rate(runs)
        if contestant == "ours":
            figures = our_run(seed, options)
        else:
            figures = peer_run(
                contestant, seed, learning_rate, tokens[contestant], held_out[contestant], options
            )
        runs.append({"contestant": contestant, "seed": seed, "learning_rate": learning_rate, **figures})
        print(f"{number} of {len(planned)}: {describe(runs[-1])}", flush=True)
        write_result(options, settings, runs, tokens)
    print(f"Written: {options.output}")


def plan(num_seeds, learning_rates):
    """The runs in their order, seed by seed, so that a machine that changes changes for all alike.

    Returns:
        list of (contestant, seed, learning rate or None: as it comes, or the best one).
    """
    runs = []
    for seed in range(num_seeds):
        runs += [("ours", seed, None), ("own", seed, OWN_LEARNING_RATE)]
        runs += [("tuned", seed, rate) for rate in learning_rates] if seed == 0 else [("tuned", seed, None)]
    return runs


def fastest_case(result, kind, model):
    """The case of a model that trained fastest, in characters.

    Args:
        result: of `training_speed.py`. kind: "ours" or "peer". model: a preset's name, or a peer's.

    Raises:
        SystemExit: the result has no such case.
    """
    cases = [case for case in result["cases"] if (case["kind"], case["model"]) == (kind, model)]
    if not cases:
        raise SystemExit(f"the result of training_speed.py holds no case of {model}: measure it first.")
    return max(cases, key=lambda case: case["characters_per_second"])


def best_learning_rate(runs):
    """The learning rate of the tuned run of seed 0 with the fewest bits per byte."""
    tried = [run for run in runs if run["contestant"] == "tuned" and run["seed"] == 0]
    return min(tried, key=lambda run: run.get("bits_per_byte", math.inf))["learning_rate"]


def summarize(runs):
    """Mean and range by contestant; of the tuned runs only those with the best learning rate.

    Returns:
        dict from contestant to {"mean", "least", "most", "runs", "tokens", "seconds"}; without contestants
        that have no finished run.
    """
    rows = {}
    for contestant in CONTESTANTS:
        chosen = [run for run in runs if run["contestant"] == contestant and "bits_per_byte" in run]
        if contestant == "tuned" and chosen:
            rate = best_learning_rate(runs)
            chosen = [run for run in chosen if run["learning_rate"] == rate]
        if chosen:
            bits = [run["bits_per_byte"] for run in chosen]
            rows[contestant] = {
                "mean": statistics.fmean(bits),
                "least": min(bits),
                "most": max(bits),
                "runs": len(bits),
                "learning_rate": chosen[0]["learning_rate"],
                "parameters": chosen[0]["parameters"],
                "tokens": statistics.fmean(run["tokens"] for run in chosen),
                "seconds": statistics.fmean(run["seconds"] for run in chosen),
            }
    return rows


def settings_of(options):
    """What decides the runs, as JSON values."""
    names = ("minutes", "preset", "shape", "dtype", "peer_dtype", "compiled", "flags", "short")
    return {"corpus": [Path(p).name for p in options.corpus], **{n: getattr(options, n) for n in names}}


def check_settings(path, settings):
    """Note the settings in a new folder; refuse one that holds runs of others."""
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) != settings:
        raise SystemExit(f"{path.parent} holds runs with other settings: choose another --folder.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings), encoding="utf-8")


def held_out_file(text, path):
    """Write the held-out documents' ids where a peer can read them; returns the path.

    Raises:
        SystemExit: the corpus holds conversations, of which a peer would have to know the turns.
    """
    split = TokenCache(text["cache"]).validation
    if split.loss_flags is not None:
        raise SystemExit("the held-out text holds conversations: give plain text alone.")
    if not split.num_documents:
        raise SystemExit("nothing is held out: give more documents.")
    np.savez(
        path,
        tokens=split.tokens.read(0, split.num_tokens),
        offsets=split.offsets.read(0, split.num_documents + 1),
        num_bytes=int(
            np.asarray(split.document_scored_bytes.read(0, split.num_documents)).sum(dtype=np.int64)
        ),
        end=DOCUMENT,
    )
    return path


def our_run(seed, options):
    """Train ours, or read what is there; returns the dict of its figures."""
    run = options.folder / f"ours-{seed}"
    result = run.with_suffix(".json")
    if not result.is_file():
        command = [sys.executable, "-m", "mof", "train", "--run", str(run)]
        if (run / "run.json").is_file():
            command += ["--resume"]
        else:
            command += new_run_words(seed, options)
        subprocess.run(command, cwd=ROOT, check=True)
        log = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        looks = [entry for entry in log if entry.get("event") == "evaluation"]
        store(
            result,
            {
                "bits_per_byte": looks[-1]["bits_per_byte"],
                "curve": [[round(look["seconds"]), look["bits_per_byte"]] for look in looks],
                "tokens": max(entry.get("tokens", 0) for entry in log),
                "seconds": max(entry.get("seconds", 0.0) for entry in log),
                "parameters": num_parameters(run),
            },
        )
    return json.loads(result.read_text(encoding="utf-8"))


def num_parameters(run):
    """Parameters of a run's model."""
    from mof.model import MixtureLanguageModel
    from mof.training.run_folder import RunFolder

    return MixtureLanguageModel(RunFolder(run).model_config).num_parameters()


def new_run_words(seed, options):
    """The flags of a new training of ours."""
    words = [word for path in options.corpus for word in ("--corpus", str(Path(path).resolve()))]
    words += ["--preset", options.preset, "--seed", str(seed), "--product-dtype", options.dtype]
    words += ["--num-updates", "3"] if options.short else ["--minutes", str(options.minutes)]
    words += ["--evaluate-seconds", str(60 * options.minutes / NUM_LOOKS), "--evaluation-tokens", str(10**9)]
    return [*words, "--checkpoint-seconds", "600", *shlex.split(options.flags)]


def peer_run(contestant, seed, learning_rate, text, held_out, options):
    """Train the peer, or read what is there; returns the dict of its figures."""
    result = options.folder / f"{contestant}-{seed}-{learning_rate:g}.json"
    if not result.is_file():
        job = {
            **(OWN if contestant == "own" else TUNED),
            **{name: text[name] for name in ("train_tokens", "token_dtype", "vocabulary_size")},
            "shape": options.shape,
            "dtype": options.peer_dtype,
            "is_compiled": options.compiled,
            "learning_rate": learning_rate,
            "seconds": 60 * options.minutes,
            "seed": seed,
            "num_looks": NUM_LOOKS,
            "held_out": str(held_out),
        }
        try:
            store(result, measured(options.python, WORKER, job, is_echoed=True))
        except MeasurementFailed as error:
            raise SystemExit(f"{contestant}, seed {seed}: {error}") from error
    return json.loads(result.read_text(encoding="utf-8"))


def store(path, figures):
    """Write a finished run's figures; half a file is never left under that name."""
    unfinished = path.with_suffix(".partial")
    unfinished.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)


def describe(run):
    """One line about a finished run."""
    rate = "" if run["learning_rate"] is None else f", learning rate {run['learning_rate']:g}"
    if "bits_per_byte" not in run:
        return f"{run['contestant']}, seed {run['seed']}{rate}: diverged"
    return (
        f"{run['contestant']}, seed {run['seed']}{rate}: {run['bits_per_byte']:.4f} bits per byte after "
        f"{run['tokens']:,} tokens and {run['seconds']:.0f} s"
    )


def write_result(options, settings, runs, tokens):
    """The JSON of all runs so far."""
    from mof.training.conditions import bit_identity_conditions

    words = [f"--minutes {options.minutes:g}", f"--seeds {options.seeds}", f"--preset {options.preset}"]
    words += [f"--shape {options.shape}", f"--dtype {options.dtype} --peer-dtype {options.peer_dtype}"]
    words += ["--short"] if options.short else []
    words += ["--compiled"] if options.compiled else []
    words += [f'--flags "{options.flags}"'] if options.flags else []
    result = {
        "command": " ".join(["python benchmarks/equal_time_peers.py", *words]),
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        **settings,
        "characters_per_token": {name: text["characters_per_token"] for name, text in tokens.items()},
        "summary": summarize(runs),
        "runs": runs,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
