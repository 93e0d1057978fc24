"""Equal time by counted updates: an update is timed here, on the CPU; the updates may be made elsewhere.

    python benchmarks/paced_race.py pace   --folder runs/race --corpus my-texts
    python benchmarks/paced_race.py pack   --folder runs/race
    python benchmarks/paced_race.py train  --folder runs/race --output came-home --at-once 2
    python benchmarks/paced_race.py record --folder runs/race --output came-home --corpus my-texts

Forty trainings of 20 to 60 minutes are a day and a half of a laptop, so: `pace` takes the seconds of an
update of every contestant on this processor, in turns (half an hour; run nothing beside it). `pack` gives
each one the updates that fit into its minutes, and puts tokens and settings into one file. `train` makes
exactly these updates, several trainings at once, here or on an accelerator (ours with KERAS_BACKEND=jax
before the command, the peers with --device cuda behind it); a training that is finished is not made again.
`record` writes benchmarks/results/paced_race.json, with the hardware of either part. Each contestant's
products are of the number format that was faster for it here, float32 or bfloat16, in its pace and in its
training. Where several step sizes are swept, the first seed tries them all, and the other seeds train with
its best alone. --only NAMES takes a few contestants by their whole names.

Contestants: `tiny` against minimind's shape, as shipped and given our vocabulary and a swept step size (see
`equal_time_peers.py`, which does the same on the clock); other shapes of `tiny` and of `small`.
"""

import argparse
import concurrent.futures
import dataclasses
import datetime
import itertools
import json
import math
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from accelerator_run import read_packed, write_packed  # noqa: E402
from corpus_tokens import LEARNERS  # noqa: E402
from equal_time_peers import OWN, OWN_LEARNING_RATE, TUNED, held_out_file, store  # noqa: E402
from one_measurement import MeasurementFailed, job_of_this_process, measured, seconds_of, tell  # noqa: E402
from pace import updates_in  # noqa: E402
from peers.setup import ENVIRONMENTS, interpreter  # noqa: E402
from stored_results import write_results  # noqa: E402

from mof.corpus.token_cache import MANIFEST_NAME  # noqa: E402
from mof.lessons.machine_rates import cores_here  # noqa: E402
from mof.lessons.training_switches import THREADS  # noqa: E402

HERE = Path(__file__).resolve().parent
PACKED = "race.tar.xz"
VALIDATION_FRACTION = 0.02
TEXT_SHARE = 0.35  # of the documents; the record tells how often each contestant went through them
PEER = "minimind-256x6"
SEEDS = (0, 1, 2)
LEARNING_RATES = (5e-4, 1e-3, 2e-3)  # of the tuned peer: the best may not be the first or the last
DTYPES = ("float32", "bfloat16")
STEPS = ("pace", "pack", "train", "record")
LEAST_SECONDS = 4.0  # of timed updates, for each length of rows


@dataclasses.dataclass(frozen=True)
class Contestant:
    """Something that trains: ours by a preset with changes, or a peer.

    name: unique. minutes: of training. preset: "tiny" or "small"; or "" for a peer. model, training: fields
    of ModelConfig and TrainingConfig to change. peer: settings of `peers/torch_race.py`. vocabulary: tokens.
    seeds, learning_rates: one training for each pair; None is the preset's own rate.
    """

    name: str
    minutes: float
    preset: str = "tiny"
    model: dict = dataclasses.field(default_factory=dict)
    training: dict = dataclasses.field(default_factory=dict)
    peer: dict = dataclasses.field(default_factory=dict)
    vocabulary: int = 8192
    seeds: tuple = (0,)
    learning_rates: tuple = (None,)

    def runs(self):
        """(name of the run, seed, learning rate or None) of each training."""
        for seed in self.seeds:
            for rate in self.learning_rates:
                yield f"{self.name}-{seed}" + (f"-{rate:g}" if rate else ""), seed, rate


def shape(
    name,
    preset="tiny",
    minutes=20.0,
    training=None,
    vocabulary=8192,
    seeds=(0,),
    **model,
):
    """A contestant of ours."""
    return Contestant(name, minutes, preset, model, training or {}, {}, vocabulary, seeds)


HALF = {"tokens_per_update": 2048, "lengths": [128, 256]}
HALF_SMALL = {"tokens_per_update": 4096}
CONTESTANTS = (
    shape("tiny", seeds=SEEDS),
    Contestant("own", 20.0, "", peer=OWN, vocabulary=6400, seeds=SEEDS, learning_rates=(OWN_LEARNING_RATE,)),
    Contestant("tuned", 20.0, "", peer=TUNED, seeds=SEEDS, learning_rates=LEARNING_RATES),
    shape("tiny half batch", training=HALF),
    shape("tiny two blocks", transformer_layers=2),
    shape("tiny two blocks half batch", training=HALF, transformer_layers=2),
    shape("tiny two blocks wide rnn", transformer_layers=2, recurrent_width=768),
    shape("tiny one rnn layer", recurrent_layers=1, recurrent_width=768),
    shape(
        "tiny narrow",
        width=192,
        num_heads=6,
        recurrent_width=384,
        feed_forward_width=384,
        thought_width=96,
    ),
    shape(
        "tiny wide",
        width=320,
        num_heads=10,
        recurrent_width=640,
        feed_forward_width=640,
        thought_width=160,
    ),
    shape("tiny vocabulary 4096", vocabulary=4096),
    shape("tiny one block", seeds=SEEDS, transformer_layers=1),
    shape("tiny one block half batch", training=HALF, transformer_layers=1),
    shape("tiny recurrent alone", seeds=SEEDS, experts=["recurrent"]),
    shape("tiny recurrent alone, vocabulary 4096", experts=["recurrent"], vocabulary=4096),
    shape("tiny recurrent alone half batch", training=HALF, experts=["recurrent"]),
    shape("tiny recurrent alone, 768 units", experts=["recurrent"], recurrent_width=768),
    shape("tiny recurrent alone, four layers", experts=["recurrent"], recurrent_layers=4),
    shape("small", "small", 60.0),
    shape("small half batch", "small", 60.0, training=HALF_SMALL),
    shape("small three blocks", "small", 60.0, transformer_layers=3),
    shape("small three blocks wide rnn", "small", 60.0, transformer_layers=3, recurrent_width=1536),
    shape(
        "small narrow",
        "small",
        60.0,
        width=384,
        num_heads=6,
        recurrent_width=768,
        feed_forward_width=1152,
        thought_width=96,
    ),
    shape("small recurrent alone", "small", 60.0, experts=["recurrent"]),
)


# --- on the CPU, with nothing beside ------------------------------------------------------------------------


def configs_of(contestant, num_updates, seed, dtype="float32"):
    """(ModelConfig, TrainingConfig) of one of ours; `dtype` of the products."""
    from mof.presets import preset
    from mof.training.config import TrainingConfig

    chosen = preset(contestant.preset)
    model = chosen.model.replace(
        **{**contestant.model, "vocabulary_size": contestant.vocabulary, "product_dtype": dtype}
    )
    settings = {
        "tokens_per_update": chosen.tokens_per_update,
        "tokens_at_once": chosen.tokens_at_once,
        "num_updates": num_updates,
        "seed": seed,
        "checkpoint_seconds": 300.0,
        **contestant.training,
    }
    return model, TrainingConfig().replace(**settings)


def pace(options):
    """Learn the vocabularies, encode the text, take the seconds of an update of each contestant."""
    folder, contestants = options.folder, chosen_contestants(options.only)
    texts = {
        size: text_of(folder, size, options.corpus) for size in sorted({c.vocabulary for c in contestants})
    }
    path = folder / "pace.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    python = interpreter("torch", options.peers)
    start = time.monotonic()
    for number in range(options.rounds):
        for contestant in contestants:
            rounds = known.setdefault(contestant.name, [])
            if len(rounds) > number:
                continue
            if contestant.preset:
                rounds.append(own_pace(contestant))
            else:
                rounds.append(peer_pace(contestant, texts[contestant.vocabulary], python))
            write_results(path, known)
            told, way = rounds[-1]["seconds_of_update"], rounds[-1]["way"]
            spent = (time.monotonic() - start) / 60
            print(f"{spent:5.1f} min  {contestant.name}: {told:.4f} s, {way}", flush=True)


def chosen_contestants(names):
    """All of them, or those of these names.

    Raises:
        SystemExit: there is no contestant of a name.
    """
    known = {contestant.name: contestant for contestant in CONTESTANTS}
    strange = sorted(set(names or ()) - set(known))
    if strange:
        raise SystemExit(f"no contestant {strange[0]!r}; there are {', '.join(known)}.")
    return [known[name] for name in names] if names else list(CONTESTANTS)


def own_pace(contestant):
    """The faster of float32 and bfloat16, as a dict of figures."""
    told = {
        dtype: measured(sys.executable, __file__, {"timed": contestant.name, "dtype": dtype})
        for dtype in DTYPES
    }
    figures = {dtype: entry["seconds_of_update"] for dtype, entry in told.items()}
    best = min(figures, key=figures.get)
    return told[best] | {"way": best, "ways": figures}


def text_of(folder, size, corpus):
    """Tokenizer and token cache of a part of the corpus; made where they are missing.

    Returns:
        dict with "tokenizer", "cache" (TokenCache), "train_tokens" and "token_dtype" of the flat file.
    """
    from mof.corpus.reading import read_documents
    from mof.corpus.splitting import document_hash, is_validation
    from mof.corpus.token_cache import TokenCache
    from mof.corpus.token_cache_building import build_token_cache
    from mof.tokenizer.loading import load_tokenizer

    part, learned, cached = folder / "part.jsonl", folder / f"tokenizer-{size}.json", folder / f"cache-{size}"
    if not (cached / MANIFEST_NAME).is_file():  # which is written last
        folder.mkdir(parents=True, exist_ok=True)
        if not part.is_file():
            with open(folder / "part.partial", "w", encoding="utf-8", newline="\n") as file:
                for document in read_documents(corpus):
                    if int(document_hash(document)[-8:], 16) < TEXT_SHARE * 16**8:
                        file.write(json.dumps({"text": document.text}, ensure_ascii=False) + "\n")
            os.replace(folder / "part.partial", part)
        kept = (d for d in read_documents([part]) if not is_validation(d, VALIDATION_FRACTION))
        LEARNERS["bpe"]((text for d in kept for text in d.texts), size).save(learned)
        build_token_cache([part], load_tokenizer(learned), cached, VALIDATION_FRACTION)
    cache = TokenCache(cached)
    return {
        "tokenizer": learned,
        "cache": cache,
        "train_tokens": str(cached / cache.manifest["data_folder"] / "train.tokens"),
        "token_dtype": cache.manifest["token_dtype"],
    }


def peer_pace(contestant, text, python):
    """The fastest of float32 and bfloat16, plain and compiled, as a dict of figures."""
    figures = {}
    for dtype in DTYPES:
        for is_compiled in (False, True):
            job = {
                "shape": PEER,
                "dtype": dtype,
                "is_compiled": is_compiled,
                "num_rows": contestant.peer["num_rows"],
                "row_tokens": contestant.peer["row_tokens"],
                "tokens_per_update": contestant.peer["num_rows"] * contestant.peer["row_tokens"],
                "train_tokens": text["train_tokens"],
                "token_dtype": text["token_dtype"],
                "vocabulary_size": contestant.vocabulary,
                "seconds": 3 * LEAST_SECONDS,
                "least": 3,
            }
            way = f"{dtype} {'compiled' if is_compiled else 'plain'}"
            told = measured(python, HERE / "peers" / "torch_worker.py", job)
            figures[way] = statistics.median(told["update_seconds"])
    best = min(figures, key=figures.get)
    return {"seconds_of_update": figures[best], "way": best, "ways": figures, "versions": told["versions"]}


def timed(contestant, folder, dtype):
    """Seconds of an update of ours: each length of rows timed, weighed as the run draws them."""
    from benchmarks.pace import seconds_of_update
    from mof.training.conditions import bit_identity_conditions
    from mof.training.loop import Training
    from mof.training.observer import Observer
    from mof.training.run_folder import RunFolder

    text = text_of(folder, contestant.vocabulary, None)
    model_config, config = configs_of(contestant, 1_000_000, 0, dtype)
    model, by_kind = make_model(model_config, 0), {}
    for length in config.lengths:
        place = folder / "pace" / contestant.name.replace(" ", "_")
        shutil.rmtree(place, ignore_errors=True)
        run = RunFolder.create(place, model_config, config.replace(lengths=[length]), _tokenizer(text), {})
        training = Training(run, model, text["cache"].train, Observer())
        times = seconds_of(training.update, num_warm=1, seconds=LEAST_SECONDS, num_least=2)
        by_kind[length, ()] = statistics.median(times)
    return {
        "seconds_of_update": seconds_of_update(by_kind, config),
        "by_length": {str(length): seconds for (length, _), seconds in by_kind.items()},
        "parameters": model.num_parameters(),
        "conditions": bit_identity_conditions(),
    }


def _tokenizer(text):
    from mof.tokenizer.loading import load_tokenizer

    return load_tokenizer(text["tokenizer"])


def make_model(config, seed):
    """The untrained model."""
    from mof.model import MixtureLanguageModel

    return MixtureLanguageModel(config, seed)


# --- packed, trained anywhere, written down -----------------------------------------------------------------


def pack(options):
    """Run folders with their numbers of updates, tokens and the peers' jobs into one file."""
    from mof.training.run_folder import RunFolder

    folder = options.folder
    paces = json.loads((folder / "pace.json").read_text(encoding="utf-8"))
    jobs = []
    shutil.rmtree(folder / "runs", ignore_errors=True)
    (folder / "runs").mkdir()
    for contestant in CONTESTANTS:
        if contestant.name not in paces:
            continue
        way = way_of(paces[contestant.name])
        text = text_of(folder, contestant.vocabulary, None)
        seconds = seconds_by(way, paces[contestant.name])
        num_updates = updates_in(contestant.minutes, {"seconds_of_update": seconds})
        for name, seed, rate in contestant.runs():
            job = {"name": name, "contestant": contestant.name, "seed": seed, "learning_rate": rate}
            job |= {"num_updates": num_updates, "vocabulary_size": contestant.vocabulary}
            job |= {"seconds": contestant.minutes * 60, "way": way}
            job["text_tokens"] = text["cache"].train.num_tokens
            if contestant.preset:
                model, config = configs_of(contestant, num_updates, seed, way)
                facts = {
                    "preset": contestant.preset,
                    "base": None,
                    "corpus": [],
                    "validation_fraction": VALIDATION_FRACTION,
                }
                RunFolder.create(folder / "runs" / name, model, config, _tokenizer(text), facts)
            else:
                held = folder / f"held-out-{contestant.vocabulary}.npz"
                held_out_file({"cache": text["cache"].folder}, held)
                job |= {**contestant.peer, "shape": PEER, "token_dtype": text["token_dtype"]}
                job |= {
                    "train_tokens": str(Path(text["train_tokens"]).relative_to(folder)),
                    "held_out": held.name,
                }
            jobs.append(job)
    jobs.sort(key=lambda job: job["seed"])  # so that an early stop leaves whole comparisons
    (folder / "jobs.json").write_text(json.dumps(jobs, indent=1) + "\n", encoding="utf-8")
    names = ["jobs.json", "runs", *[path.name for path in folder.glob("cache-*")]]
    names += [path.name for path in folder.glob("held-out-*.npz")]
    write_packed(folder / PACKED, folder, names, preset=1)
    print(f"{len(jobs)} trainings; {folder / PACKED}: {(folder / PACKED).stat().st_size / 1e6:.1f} MB")


def way_of(rounds):
    """The way that was fastest in a contestant's rounds: "float32", or "bfloat16 compiled"."""
    return min(rounds[0]["ways"], key=lambda way: seconds_by(way, rounds))


def seconds_by(way, rounds):
    """Seconds of an update in the round that was disturbed least."""
    return min(entry["ways"][way] for entry in rounds)


def train(options):
    """Make the updates of every job, several at once; a result file for each in --output."""
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    options.output.mkdir(parents=True, exist_ok=True)
    jobs = unpacked_jobs(options.folder / PACKED, work)
    names = {contestant.name for contestant in chosen_contestants(options.only)}
    jobs = [job for job in jobs if job["contestant"] in names]
    most = sum(1 / len(LEARNING_RATES) if is_swept(job) and job["seed"] else 1 for job in jobs)
    hours = sum(job["seconds"] for job in jobs) / 3600 * most / max(1, len(jobs))
    print(
        f"{most:.0f} trainings, {options.at_once} at once; one by one here about {hours:.1f} hours",
        flush=True,
    )
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    os.environ.setdefault("JAX_DEFAULT_MATMUL_PRECISION", "highest")  # float32 as a CPU has it
    shared = options.at_once > 1 and options.device == "cpu"
    threads = dict.fromkeys(THREADS, str(max(1, cores_here() // options.at_once))) if shared else {}
    start = time.perf_counter()

    def go(job):
        result = result_of(job, options.output.resolve())
        if not result.is_file():
            try:
                told = measured(*worker_of({**job, "work": str(work)}, options), threads)
            except MeasurementFailed as error:
                print(f"{job['name']}: {error}", flush=True)
                return
            store(result, {"num_updates": options.num_updates or job["num_updates"], **told})
        bits = json.loads(result.read_text(encoding="utf-8")).get("bits_per_byte", math.nan)
        print(f"{time.perf_counter() - start:6.0f} s  {bits:.4f}  {job['name']}", flush=True)

    for is_first in (True, False):  # what the first seed tells of the step sizes is known before the others
        here = [job for job in jobs if (job["seed"] == SEEDS[0]) == is_first]
        if not is_first:
            made = (
                jobs if not options.num_updates else [j | {"num_updates": options.num_updates} for j in jobs]
            )
            here = [job for job in here if not is_swept(job) or is_best_rate(job, made, options.output)]
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            list(pool.map(go, here))


def result_of(job, output):
    """Path of a training's result."""
    return output / f"{job['name']}.json".replace(" ", "_")


def is_swept(job):
    """Whether the job's contestant tries several step sizes."""
    return len(next(c for c in CONTESTANTS if c.name == job["contestant"]).learning_rates) > 1


def is_best_rate(job, jobs, output):
    """Whether a job's step size was the best of its contestant's with the first seed."""
    return best_rate(rows_of(jobs, output), job["contestant"]) == job["learning_rate"]


def rows_of(jobs, output):
    """The jobs that are finished, each with what came out."""
    rows = []
    for job in jobs:
        path = result_of(job, output)
        if path.is_file():
            kept = {key: job[key] for key in ("contestant", "seed", "learning_rate", "num_updates", "way")}
            told = json.loads(path.read_text(encoding="utf-8"))
            made = told.get("num_updates")
            if made != job["num_updates"]:
                raise SystemExit(
                    f"{path} is of {made or 'an unknown number of'} updates, and its job asks for "
                    f"{job['num_updates']}: the pace was measured anew, or this was a trial. Choose another "
                    "--output."
                )
            rows.append(kept | told)
    return rows


def best_rate(rows, contestant):
    """The step size with the fewest bits with a contestant's first seed; None where it has one, or no run."""
    first = [row for row in rows if row["contestant"] == contestant and row["seed"] == SEEDS[0]]
    # a training that diverged tells no bits
    best = min(first, key=lambda row: row.get("bits_per_byte", math.inf), default={"learning_rate": None})
    return best["learning_rate"]


def summarized(rows, seconds):
    """Mean and range of each contestant, with its best step size alone.

    Args:
        rows: as `rows_of` gives. seconds: dict from a contestant's name to its seconds of training.

    Returns:
        dict from a name to a dict of figures; those without a finished training are left out.
    """
    found = {}
    for name in dict.fromkeys(row["contestant"] for row in rows):
        rate = best_rate(rows, name)
        chosen = [row for row in rows if row["contestant"] == name and row["learning_rate"] == rate]
        chosen = [row for row in chosen if "bits_per_byte" in row]
        if chosen:
            bits = [row["bits_per_byte"] for row in chosen]
            found[name] = {
                "mean": statistics.fmean(bits),
                "least": min(bits),
                "most": max(bits),
                "runs": len(bits),
                "learning_rate": rate,
                "way": chosen[0]["way"],
                "parameters": chosen[0]["parameters"],
                "tokens": chosen[0]["tokens"],
                "seconds": seconds[name],
            }
    return found


def unpacked_jobs(packed, work):
    """The jobs of the packed file, which is taken apart where that is not done yet."""
    stamp, this = work / "unpacked.json", [packed.stat().st_size, packed.stat().st_mtime]
    if not stamp.is_file() or json.loads(stamp.read_text(encoding="utf-8")) != this:
        read_packed(packed, work)
        stamp.write_text(json.dumps(this), encoding="utf-8")
    return json.loads((work / "jobs.json").read_text(encoding="utf-8"))


def worker_of(job, options):
    """(interpreter, program, job) of a training."""
    if options.num_updates:
        job["num_updates"] = options.num_updates
    if "shape" not in job:
        return sys.executable, __file__, job
    dtype, how = job["way"].split()
    job |= {"device": options.device, "dtype": dtype, "num_looks": 2}
    job["is_compiled"] = how == "compiled" and options.device == "cpu"
    job |= {key: str(Path(job["work"]) / job[key]) for key in ("train_tokens", "held_out")}
    python = interpreter("torch", options.peers) or sys.executable  # on an accelerator one holds all
    return python, HERE / "peers" / "torch_race.py", job


def trained(job):
    """One training of ours to its last update, judged on all held-out text."""
    from mof.corpus.token_cache import TokenCache
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.training.loop import Training
    from mof.training.observer import Observer
    from mof.training.run_folder import RunFolder

    run = RunFolder(Path(job["work"]) / "runs" / job["name"])
    cache = TokenCache(Path(job["work"]) / f"cache-{job['vocabulary_size']}")
    model = make_model(run.model_config, run.training_config.seed)
    training = Training(run, model, cache.train, Observer())
    checkpoint = run.newest_checkpoint()
    if checkpoint is not None:
        training.restore(checkpoint)
    evaluation = HeldOutEvaluation(model, cache.validation)
    curve, start, losses = [], time.perf_counter(), []
    looks = [round(job["num_updates"] * share) for share in (0.5, 1.0)]
    while training.progress.update < job["num_updates"]:
        training.update()
        losses.append(training.last_entry["loss"])
        if training.progress.update in looks[:-1]:
            curve.append([training.progress.update, evaluation().bits_per_byte])
    training.save()  # a look takes a while
    held_out = evaluation()
    curve.append([training.progress.update, held_out.bits_per_byte])
    return {
        "bits_per_byte": curve[-1][1],
        "curve": curve,
        "route_weights": held_out.route_weights.tolist(),
        "tokens": training.progress.num_tokens,
        "parameters": model.num_parameters(),
        "last_loss": statistics.fmean(losses[-50:]) if losses else None,
        "seconds_there": time.perf_counter() - start,
        "device": device_name(),
    }


def device_name():
    """What computed."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return jax.devices()[0].device_kind
    return "CPU"


def record(options):
    """All results with the pace they rest on, as one JSON."""
    paces = json.loads((options.folder / "pace.json").read_text(encoding="utf-8"))
    jobs = json.loads((options.folder / "jobs.json").read_text(encoding="utf-8"))
    rows = rows_of(jobs, options.output)
    minutes = {contestant.name: contestant.minutes for contestant in CONTESTANTS}
    summary = summarized(rows, {name: 60 * length for name, length in minutes.items()})
    if not all("text_tokens" in job for job in jobs):
        raise SystemExit("the jobs were packed by an older version: run the step pack again.")
    text_tokens = {job["contestant"]: job["text_tokens"] for job in jobs}
    passes = {name: row["tokens"] / text_tokens[name] for name, row in summary.items()}
    result = {
        "command": "; ".join(f"python benchmarks/paced_race.py {step}" for step in STEPS),
        "date": options.date,
        "machine": next(
            round_["conditions"] for round_ in itertools.chain(*paces.values()) if "conditions" in round_
        ),
        "corpus": [Path(path).name for path in options.corpus or ()],
        "text_share": TEXT_SHARE,
        "contestants": {
            name: {"minutes": minutes[name], "pace": entries}
            for name, entries in paces.items()
            if name in minutes
        },
        "summary": {name: row | {"passes": passes[name]} for name, row in summary.items()},
        "runs": rows,
    }
    options.record.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    """Parse and go; or one job, when started by itself."""
    if len(sys.argv) == 2 and sys.argv[1].startswith("{"):
        job = job_of_this_process()
        if "timed" in job:
            contestant = next(c for c in CONTESTANTS if c.name == job["timed"])
            tell(timed(contestant, Path(os.environ["PACED_RACE_FOLDER"]), job["dtype"]))
        else:
            tell(trained(job))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in STEPS:
        command = commands.add_parser(name)
        command.add_argument("--folder", type=Path, default=ROOT / "runs" / "race")
        command.add_argument("--corpus", nargs="+", help="files and folders of text")
        command.add_argument("--output", type=Path, default=ROOT / "runs" / "race_results")
        command.add_argument("--record", type=Path, default=HERE / "results" / "paced_race.json")
        command.add_argument("--date", default=datetime.date.today().isoformat(), help="of the trainings")
        command.add_argument("--rounds", type=int, default=2, help="of the pace")
        command.add_argument(
            "--peers", type=Path, default=ENVIRONMENTS, help="folder of the peers' environments"
        )
        command.add_argument("--at-once", type=int, default=1, help="trainings at the same time")
        command.add_argument("--work", type=Path, default=ROOT / "runs" / "race_work")
        command.add_argument("--device", default="cpu", help="of the peers: cpu or cuda")
        command.add_argument("--only", nargs="*", help="contestants, by their names")
        command.add_argument("--num-updates", type=int, default=0, help="a trial of so many")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    os.environ["PACED_RACE_FOLDER"] = str(options.folder)
    {"pace": pace, "pack": pack, "train": train, "record": record}[options.command](options)


if __name__ == "__main__":
    main()
