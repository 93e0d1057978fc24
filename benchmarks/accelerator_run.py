"""A whole training on a lent accelerator: packed where the text is, run where the device is, brought home.

    python benchmarks/accelerator_run.py pack --corpus shipped --folder runs/accelerator \\
        --model '{"width": 384}'
    KERAS_BACKEND=jax python benchmarks/accelerator_run.py train --folder runs/accelerator --output results \\
        --seconds 400 --chat-seconds 60

`pack` learns the tokenizer, turns both parts of `shipped_corpus.py` into tokens, makes the folders of two
runs and puts all into one file, data.tar.xz: the device needs neither text nor network. `train` unpacks it,
trains the first run for the seconds at hand and the second from its weights, and writes into --output what
comes back: logs, the models' weights, held-out figures, the name of the device. `unpack` makes run folders of
that here, which `mof chat`, `mof export` and `mof evaluate` read, and a record of the figures.

`pack --base RUN` leaves the first run out: the second then starts from that run's weights. `train --int8`
rounds the weights as `mof export --int8` does, so that a large model comes home in half the bytes, and
--home says whose weights come home.
"""

import argparse
import datetime
import json
import os
import shutil
import sys
import tarfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PARTS = {"pretraining": "texts", "chat": "dialogues"}  # a run, and what it reads
PACKED, HOME = "data.tar.xz", "home.tar.xz"
PIECE_BYTES = 15 << 20  # of what comes home: some machines give back small files alone
VALIDATION_FRACTION = 0.01
TRAINING = {
    "num_streams": 128,
    "lengths": (512,),
    "tokens_per_update": 128 * 512,
    "short_share": 0.0,
    "schedule": "warmup_stable_decay",
    "decay_share": 0.4,
    "final_share": 0.0,
    "warmup_updates": 100,
}
CHAT_STEP_SHARE = 0.05  # of the first run's step sizes: at 0.3 the model forgot what it had read
BASE = "base.safetensors"  # weights that a second run alone starts from
LOGGED_TOGETHER = 80  # updates whose mean loss is kept
BLOCK = 16  # updates in one program
FIRST_LOOK_SECONDS, LOOK_GROWTH = 20.0, 1.5  # held-out text: often at first, where the loss falls fast


def pack(options):
    """Make tokens and runs, and pack them."""
    from mof.config import ModelConfig
    from mof.corpus.token_cache_building import build_token_cache
    from mof.presets import preset
    from mof.tokenizer.loading import load_tokenizer
    from mof.training.assembly import make_tokenizer
    from mof.training.config import TrainingConfig
    from mof.training.run_folder import RunFolder

    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    model: ModelConfig = preset(options.preset).model.replace(**json.loads(options.model))
    training = TrainingConfig().replace(**{**TRAINING, **json.loads(options.training)})
    learned = folder / "tokenizer.json"
    if not learned.is_file():
        texts = [options.corpus / "texts.jsonl"]
        make_tokenizer("bpe", texts, model.vocabulary_size, VALIDATION_FRACTION).save(learned)
    tokenizer = load_tokenizer(learned)
    model = model.replace(vocabulary_size=tokenizer.vocabulary_size)
    chat = training.replace(
        learning_rate=options.chat_step_share * training.learning_rate,
        muon_learning_rate=options.chat_step_share * training.muon_learning_rate,
        warmup_updates=min(training.warmup_updates, 20),
        seed=training.seed + 1,
    )
    packed = []
    for (run, part), config in zip(PARTS.items(), (training, chat), strict=True):
        if options.base and run == "pretraining":
            continue
        packed += [run, part]
        build_token_cache([options.corpus / f"{part}.jsonl"], tokenizer, folder / part, VALIDATION_FRACTION)
        shutil.rmtree(folder / run, ignore_errors=True)
        facts = {
            "preset": options.preset,
            "base": None,
            "corpus": [],
            "validation_fraction": VALIDATION_FRACTION,
        }
        RunFolder.create(folder / run, model, config, tokenizer, facts)
    if options.base:
        pack_weights(options.base, folder / BASE)
        packed.append(BASE)
    write_packed(folder / PACKED, folder, packed)
    print(f"{folder / PACKED}: {(folder / PACKED).stat().st_size / 1e6:.1f} MB")


def pack_weights(run, path):
    """The weights of a run's newest checkpoint in half precision."""
    from mof.inference.run_graphs import newest_weights
    from mof.training.run_folder import RunFolder
    from mof.training.tensor_file import write_tensors

    weights = newest_weights(RunFolder(run))
    write_tensors(path, {name: weights[name].astype("float16") for name in weights})


def train(options):
    """Train both runs within their seconds, and pack what comes home after each."""
    import jax
    import numpy as np

    start = time.perf_counter()
    work = options.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    options.output.mkdir(parents=True, exist_ok=True)
    read_packed(options.folder / PACKED, work)
    print(f"unpacked after {time.perf_counter() - start:.1f} s; {jax.devices()[0].device_kind}", flush=True)
    facts = {"device": jax.devices()[0].device_kind, "jax": jax.__version__, "stages": {}}
    weights, bringing = packed_weights(work / BASE), []
    for run, seconds in zip(PARTS, (options.seconds, options.chat_seconds), strict=True):
        if seconds:
            end = options.seconds + (options.chat_seconds if run == "chat" else 0.0)
            left = end - (time.perf_counter() - start)
            weights, facts["stages"][run] = train_stage(work, run, weights, left)
            arrays = {path: np.asarray(array) for path, array in weights.items()}
            if run not in options.home:
                arrays = {}
            elif options.int8:
                arrays = int8_and_halves(arrays)
            bringing.append(
                threading.Thread(target=bring_home, args=(work, run, arrays, facts, options.output))
            )
            bringing[-1].start()  # while the next run trains
    for thread in bringing:
        thread.join()
    print(f"done after {time.perf_counter() - start:.1f} s", flush=True)


def packed_weights(path):
    """What `pack_weights` wrote, float32, or None."""
    from mof.training.tensor_file import StoredTensors

    if not path.is_file():
        return None
    stored = StoredTensors(path)
    return {name: stored[name].astype("float32") for name in stored}


def int8_and_halves(weights):
    """The matrices as an int8 export holds them, all else and the scales in half precision; a matrix that
    does not fill its blocks stays whole."""
    from mof.inference.export import EMBEDDING, rounded
    from mof.inference.int8 import BLOCK_LENGTH

    def num_inputs(name, array):
        return array.shape[1 if name == EMBEDDING else 0] if array.ndim == 2 else 0

    fitting = {name: a for name, a in weights.items() if num_inputs(name, a) % BLOCK_LENGTH == 0}
    arrays = {**weights, **rounded(fitting)}
    return {
        name: array if name.endswith("/int8") else array.astype("float16")
        for name, array in arrays.items()
        if f"{name}/int8" not in arrays
    }


def whole_weights(stored):
    """float32 arrays by their parameters' paths, of what came home."""
    from mof.inference.export import EMBEDDING
    from mof.inference.int8 import dequantize

    weights = {}
    for name in stored:
        if name.endswith("/scales"):
            continue
        array = stored[name]
        if name.endswith("/int8"):
            name = name.removesuffix("/int8")
            scales = stored[f"{name}/scales"].astype("float32")
            array = dequantize(array, scales, array.shape[1] * array.shape[2])
            array = array.T if name == EMBEDDING else array
        weights[name] = array.astype("float32")
    return weights


def train_stage(work, name, weights, seconds):
    """One run to the end of its seconds; returns (weights by path, dict of figures)."""
    from mof.corpus.token_cache import TokenCache
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.model import MixtureLanguageModel
    from mof.training.block_loop import BlockTraining
    from mof.training.run_folder import RunFolder
    from mof.training.saved_model import set_weights

    start = time.perf_counter()
    run = RunFolder(work / name)
    cache = TokenCache(work / PARTS[name])
    model = MixtureLanguageModel(run.model_config, run.training_config.seed)
    if weights is not None:
        set_weights(model, weights, "the run before")
    lengths = run.tokenizer().byte_lengths
    budget = run.training_config.evaluation_tokens
    evaluation = HeldOutEvaluation(model, cache.validation, budget, byte_lengths=lengths)
    looker = Looker(run, evaluation)
    training = BlockTraining(run, model, cache.train, looker, BLOCK)
    print(f"{name}: {model.num_parameters():,} parameters, {cache.train.num_tokens:,} tokens", flush=True)
    progress = training.run_for(seconds - (time.perf_counter() - start))
    looker.look(training)
    last = run.read_log()[-1]
    figures = {
        "updates": progress.update,
        "tokens": progress.num_tokens,
        "epochs": progress.num_tokens / cache.train.num_tokens,
        "seconds": progress.seconds,
        "tokens_per_second": training.pace(),
        "bits_per_byte": last["bits_per_byte"],
        "nats_per_token": last["nats_per_token"],
    }
    print(json.dumps(figures), flush=True)
    return training.engine.tensors(with_sums=False)["weights"], figures


class Looker:
    """Looks at held-out text at growing distances, and tells how it goes."""

    def __init__(self, run, evaluation):
        self.run, self.evaluation = run, evaluation
        self.next_look = FIRST_LOOK_SECONDS

    def wants_stop(self):
        return False

    def saved(self, path):
        pass

    def updated(self, training):
        if training.progress.update % (8 * BLOCK) == 0 or training.progress.update == BLOCK:
            tell = f"update {training.progress.update} of {training.progress.num_updates}"
            print(f"{training.seconds():.0f} s  {tell}  loss {training.last_entry['loss']:.3f}", flush=True)
        if training.seconds() >= self.next_look:
            self.next_look = max(self.next_look, training.seconds()) * LOOK_GROWTH
            self.look(training)

    def look(self, training):
        """Evaluate, and write the figures into the run's log."""
        loss = self.evaluation()
        entry = {
            "update": training.progress.update,
            "event": "evaluation",
            "tokens": training.progress.num_tokens,
            "seconds": round(training.seconds(), 3),
            "bits_per_byte": loss.bits_per_byte,
            "nats_per_token": loss.nats_per_token,
            "route_weights": loss.route_weights.tolist(),
        }
        self.run.append_log(entry)
        print(f"   held-out {loss.bits_per_byte:.4f} bits/byte, {loss.nats_per_token:.4f} nats", flush=True)


def bring_home(work, name, weights, facts, output):
    """Pack a run's folder without its checkpoints, with its weights in half precision, in small pieces."""
    from mof.training.tensor_file import write_tensors

    folder = work / "home" / name
    folder.mkdir(parents=True)
    halves = {path: a if a.dtype == "uint8" else a.astype("float16") for path, a in weights.items()}
    if halves:
        write_tensors(folder / "weights.safetensors", halves)
    for file in ("run.json", "tokenizer.json", "log.jsonl"):
        shutil.copy(work / name / file, folder / file)
    (folder / "facts.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    packed = work / f"{name}-{HOME}"
    write_packed(packed, work / "home", [name], preset=0)  # numbers hardly get smaller
    data = packed.read_bytes()
    for number, first in enumerate(range(0, len(data), PIECE_BYTES)):
        (output / f"{packed.name}.{number}").write_bytes(data[first : first + PIECE_BYTES])


def unpack(options):
    """Run folders here from the pieces that came home."""
    from mof.training.checkpoint import save_checkpoint
    from mof.training.run_folder import RunFolder
    from mof.training.tensor_file import StoredTensors

    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    record = {"command": "python benchmarks/accelerator_run.py train", "runs": {}}
    record["date"] = options.date
    for name in PARTS:
        pieces = sorted(options.output.glob(f"{name}-{HOME}.*"))
        if not pieces:
            continue
        packed = folder / f"{name}-{HOME}"
        packed.write_bytes(b"".join(piece.read_bytes() for piece in pieces))
        read_packed(packed, folder)
        run = RunFolder(folder / name)
        run.change_products("float32")
        if (folder / name / "weights.safetensors").is_file():
            weights = whole_weights(StoredTensors(folder / name / "weights.safetensors"))
            last = run.read_log()[-1]["update"]
            state = {"tokenizer_hash": run.facts["tokenizer_hash"], "progress": {"update": last}}
            print(save_checkpoint(run.checkpoints, {"weights": weights}, state, last))
        record["runs"][name] = recorded(run)
    if options.record:
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        options.record.write_text(text, encoding="utf-8")


def recorded(run):
    """What is kept of a run: facts, settings, the mean loss of some updates at a time, every look."""
    log = run.read_log()
    updates = [entry for entry in log if "event" not in entry]
    groups = [updates[i : i + LOGGED_TOGETHER] for i in range(0, len(updates), LOGGED_TOGETHER)]
    facts = json.loads((run.path / "facts.json").read_text(encoding="utf-8"))
    return {
        "device": facts["device"],
        "jax": facts["jax"],
        **facts["stages"][run.path.name],
        "model": run.facts["model"],
        "training": run.facts["training"],
        "loss": [
            {"tokens": group[-1]["tokens"], "nats": round(sum(e["loss"] for e in group) / len(group), 4)}
            for group in groups
        ],
        "held_out": [
            {key: entry[key] for key in ("tokens", "bits_per_byte", "nats_per_token", "route_weights")}
            for entry in log
            if entry.get("event") == "evaluation"
        ],
    }


def write_packed(path, folder, names, preset=6):
    """Some files and folders of a folder as one compressed archive."""
    unfinished = path.with_name(f"{path.name}.partial")
    with tarfile.open(unfinished, "w:xz", preset=preset) as archive:
        for name in names:
            archive.add(folder / name, name)
    os.replace(unfinished, path)


def read_packed(path, folder):
    """Take such an archive apart."""
    with tarfile.open(path, "r:xz") as archive:
        archive.extractall(folder, filter="data")


def main():
    """Parse and go."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack", help="tokens and runs into one file")
    packing.add_argument("--corpus", type=Path, required=True, help="what shipped_corpus.py wrote")
    packing.add_argument("--preset", default="small", help="shape to start from")
    packing.add_argument("--model", default="{}", help="JSON of ModelConfig fields to change")
    packing.add_argument("--training", default="{}", help="JSON of TrainingConfig fields to change")
    packing.add_argument("--base", type=Path, help="run whose weights the second run starts from")
    packing.add_argument(
        "--chat-step-share", type=float, default=CHAT_STEP_SHARE, help="of the second run's step sizes"
    )
    training = commands.add_parser("train", help="on the device; states its seconds itself")
    training.add_argument(
        "--seconds", type=float, required=True, help="from the start to the first run's end"
    )
    training.add_argument(
        "--chat-seconds", type=float, default=0.0, help="of the second run; 0 leaves it out"
    )
    training.add_argument("--int8", action="store_true", help="weights come home rounded")
    training.add_argument("--home", nargs="*", default=list(PARTS), help="runs whose weights come home")
    training.add_argument("--work", type=Path, default=Path("runs/accelerator_work"))
    unpacking = commands.add_parser("unpack", help="what came home into run folders")
    unpacking.add_argument("--record", type=Path, help="JSON file for the figures that are kept")
    unpacking.add_argument("--date", default=datetime.date.today().isoformat(), help="of the training")
    for command in (packing, training, unpacking):
        command.add_argument("--folder", type=Path, default=ROOT / "runs" / "accelerator")
    for command in (training, unpacking):
        command.add_argument("--output", type=Path, required=True, help="folder of what comes home")
    options = parser.parse_args()
    {"pack": pack, "train": train, "unpack": unpack}[options.command](options)


if __name__ == "__main__":
    main()
