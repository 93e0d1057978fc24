"""Speed and memory of writing: TensorFlow, onnxruntime in float32, onnxruntime with int8 weights.

    python benchmarks/generation_speed.py --preset full --output benchmarks/results/generation_speed.json
    python benchmarks/generation_speed.py --preset nano --rounds 1 --contexts 100 --output x.json

Makes an untrained model of the preset (speed does not ask what the weights are), then measures each engine in
a process of its own, engine after engine, several rounds, and takes the median of each figure:

    load_seconds          from the start of the process's own work to a reader that can read; imports included
    first_token_seconds   from a prompt of 1,400 tokens, about 2,000 characters, to the next token's logits
    token_ms              one token, by tokens read before; median over --tokens of them
    peak_bytes            the most memory that the process ever held, after all of this

Before the engines, each round measures two limits, with as many threads: the bandwidth of memory, and
"products_ms", what onnxruntime takes for one row by matrices that have the weights' bytes, and nothing else.
"bound_ms" is 1.25 times what these bytes take at the median bandwidth, and a millisecond: the aim for a token
in float32.

Twenty minutes for `full` on two cores, 2 GB of disk. A busy machine is said so with --busy.
"""

import argparse
import contextlib
import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from one_measurement import peak_bytes  # noqa: E402

ENGINES = ("tensorflow", "onnxruntime", "onnxruntime int8")
PROMPT_TOKENS = 1400  # of 2,000 characters, with a vocabulary of 8,192 byte pairs
MATRIX = 1024, 4096  # of `products_ms`: 16.8 MB each, about the shapes of `full`
SEED = 0


def make_models(preset_name, folder):
    """An untrained run of the preset and its int8 export, in `folder`/run and `folder`/int8."""
    from mof.cli.backend import start_backend

    start_backend()
    from mof.inference.export import export_run
    from mof.model import MixtureLanguageModel
    from mof.presets import preset
    from mof.tokenizer.character_tokenizer import CharacterTokenizer
    from mof.training.checkpoint import save_checkpoint
    from mof.training.config import TrainingConfig
    from mof.training.run_folder import RunFolder

    config, tokenizer = preset(preset_name).model, CharacterTokenizer("春天来了")
    run = RunFolder.create(folder / "run", config, TrainingConfig(), tokenizer, {})
    model = MixtureLanguageModel(config, SEED)
    weights = {variable.path: variable.value for variable in model.trainable_variables}
    save_checkpoint(run.checkpoints, {"weights": weights}, {"tokenizer_hash": tokenizer.hash}, update=1)
    export_run(run, folder / "int8", is_int8=True)


def open_reader(engine, folder, num_threads):
    """The reader of that engine over the models that `make_models` made."""
    if engine == "tensorflow":
        from mof.cli.backend import start_backend

        start_backend()
        import tensorflow as tf

        from mof.generation.reading import StateReader
        from mof.training.saved_model import load_model

        tf.config.threading.set_intra_op_parallelism_threads(num_threads)
        return StateReader(load_model(folder / "run")[0])
    if engine == "onnxruntime":
        from mof.inference.run_graphs import open_run
        from mof.training.run_folder import RunFolder

        return open_run(RunFolder(folder / "run"), num_threads=num_threads)
    from mof.inference.exported_folder import open_export

    return open_export(folder / "int8", num_threads)[0]


def measure(engine, folder, contexts, num_tokens, num_threads):
    """The figures of one engine in this process, as a dict of JSON values."""
    start = time.perf_counter()
    reader = open_reader(engine, folder, num_threads)
    figures = {"load_seconds": time.perf_counter() - start}
    import numpy as np

    rng = np.random.default_rng(SEED)

    def draw(count):
        return rng.integers(8, min(reader.vocabulary_size, 1000), count).astype("int32")

    start = time.perf_counter()
    _, state = reader.read([draw(PROMPT_TOKENS)])
    figures["first_token_seconds"] = time.perf_counter() - start
    for _ in range(3):  # the step's graph is made once, which is not a token's time
        reader.step([9], state)
    num_read, state, figures["token_ms"] = 0, None, {}
    for context in sorted(contexts):
        _, state = reader.read([draw(context - num_read)], state)
        times = []
        for token in draw(num_tokens):
            start = time.perf_counter()
            _, state = reader.step([token], state)
            times.append(1000 * (time.perf_counter() - start))
        figures["token_ms"][str(context)] = statistics.median(times)
        num_read = context + num_tokens
    return {**figures, "peak_bytes": peak_bytes()}


def measure_limits(weight_bytes, num_threads):
    """Two limits of any engine: bytes a second, read and written, and milliseconds of the products."""
    from mof.machine.bandwidth_measurement import memory_bandwidth

    return {
        "memory_bytes_per_second": memory_bandwidth(num_threads or os.cpu_count()),
        "products_ms": products_ms(weight_bytes, num_threads),
    }


def products_ms(weight_bytes, num_threads, num_tries=20):
    """Milliseconds of one row by float32 matrices of so many bytes together, by onnxruntime: the median."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    inner, columns = MATRIX
    rng = np.random.default_rng(SEED)
    names = range(max(1, round(weight_bytes / (4 * inner * columns))))
    nodes = [helper.make_node("MatMul", ["x", f"w{i}"], [f"y{i}"]) for i in names]
    nodes.append(helper.make_node("Sum", [f"y{i}" for i in names], ["y"]))
    matrices = [rng.standard_normal(MATRIX, "float32") for _ in names]
    x, y = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, width])
        for name, width in (("x", inner), ("y", columns))
    )
    weights = [numpy_helper.from_array(matrix, f"w{i}") for i, matrix in enumerate(matrices)]
    graph = helper.make_graph(nodes, "products", [x], [y], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    times, row = [], matrices[0][:1, :inner].copy()
    for _ in range(1 + num_tries):
        start = time.perf_counter()
        session.run(None, {"x": row})
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[1:])


def bound_ms(weight_bytes, bytes_per_second):
    """Milliseconds that the aim allows a token whose weights are all read once."""
    return 1000 * 1.25 * weight_bytes / bytes_per_second + 1


def describe_machine():
    """Processor, cores and versions, without starting a backend."""
    versions = {}
    for package in ("onnxruntime", "tensorflow", "tensorflow-cpu", "keras", "numpy"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    processor = platform.processor()
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        processor = names[0] if names else processor
    system = f"{platform.system()} {platform.machine()}"
    return {"processor": processor, "cores": os.cpu_count(), "system": system, **versions}


def medians(rounds):
    """Figure by figure the median of equal dicts, nested or not."""
    first = rounds[0]
    if isinstance(first, dict):
        return {name: medians([figures[name] for figures in rounds]) for name in first}
    return None if first is None else statistics.median(rounds)


def in_a_process_of_its_own(*words):
    """Run this file with these words; returns the last line of what it writes."""
    command = [sys.executable, __file__, *map(str, words)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    return output.splitlines()[-1] if output else ""


def run_all(options):
    """Make the models, measure every engine in turn, and return what is to be stored."""
    rounds, limits = {engine: [] for engine in options.engines}, []
    with tempfile.TemporaryDirectory() as folder:
        in_a_process_of_its_own("--make", folder, "--preset", options.preset)
        sizes = {
            name: sum(file.stat().st_size for file in (Path(folder) / name).rglob("*") if file.is_file())
            for name in ("run", "int8")
        }
        for number in range(options.rounds):
            words = ["--limits", sizes["run"], "--threads", options.threads]
            limits.append(json.loads(in_a_process_of_its_own(*words)))
            print(number + 1, "limits", limits[-1], flush=True)
            for engine in options.engines:
                words = ["--measure", folder, "--engines", engine, "--tokens", options.tokens]
                words += ["--threads", options.threads, "--contexts", *options.contexts]
                rounds[engine].append(json.loads(in_a_process_of_its_own(*words)))
                print(number + 1, engine, rounds[engine][-1], flush=True)
    words = f"--preset {options.preset} --rounds {options.rounds}"
    if tuple(options.engines) != ENGINES:
        words += f" --engines {shlex.join(options.engines)}"
    if options.threads:
        words += f" --threads {options.threads}"
    return {
        "command": f"python benchmarks/generation_speed.py {words}",
        "date": datetime.date.today().isoformat(),
        "machine": describe_machine(),
        "busy_machine": options.busy,
        "preset": options.preset,
        "prompt_tokens": PROMPT_TOKENS,
        "bytes_on_disk": sizes,
        "limits": limits,
        "products_ms": statistics.median(found["products_ms"] for found in limits),
        "bound_ms": bound_ms(sizes["run"], medians(limits)["memory_bytes_per_second"]),
        "medians": {engine: medians(results) for engine, results in rounds.items()},
        "rounds": rounds,
    }


def main():
    """Parse, measure, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="full", help="size of the model")
    parser.add_argument("--engines", nargs="+", default=ENGINES, choices=ENGINES, help="what is measured")
    parser.add_argument("--contexts", nargs="+", type=int, default=[100, 2000, 20000], help="tokens before")
    parser.add_argument("--tokens", type=int, default=40, help="tokens timed at each context")
    parser.add_argument("--threads", type=int, default=0, help="of a product; 0 is one for each core")
    parser.add_argument("--rounds", type=int, default=5, help="processes for each engine")
    parser.add_argument("--busy", action="store_true", help="say that the machine had other work")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--limits", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own lines tell nothing here
    if options.make:
        make_models(options.preset, options.make)
    elif options.measure:
        (engine,) = options.engines
        figures = measure(engine, options.measure, options.contexts, options.tokens, options.threads)
        print(json.dumps(figures))
    elif options.limits:
        print(json.dumps(measure_limits(options.limits, options.threads)))
    elif options.output is None:
        parser.error("--output is missing: name a JSON file to write")
    else:
        result = run_all(options)
        options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
