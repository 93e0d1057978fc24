"""What `training_speed.py` measures: each case a job for a worker in a process of its own."""

import dataclasses
from pathlib import Path

from mof.machine.product_counts import forward_products
from mof.presets import preset

HERE = Path(__file__).resolve().parent
DTYPES = ("float32", "bfloat16")
TOKENIZERS = {"characters": 8192, "bpe": 8192}  # ours, by kind: the presets' vocabulary
PEER_TOKENIZER = ("bpe", 6400)  # minimind's size; its own tokenizer is not on PyPI
ROWS, ROW_TOKENS = 8, 256  # a micro-batch of 2,048 tokens, ours and the PyTorch peers'
# Tokens whose gradients make one update: what each size is sensibly trained with. Larger models see more
# text and have more to gain from a steadier gradient, and Muon's own products cost the less the larger it is.
TOKENS_PER_UPDATE = {name: preset(name).tokens_per_update for name in ("tiny", "small", "full")}
PEERS = {"minimind-256x6": 4096, "minimind-512x7": 8192, "gpt2-512x7": 8192}  # tokens of an update, likewise
XIAOTHINK_ROWS, XIAOTHINK_ROW_TOKENS = 8, 128
CUBE = 2048
# seconds of one measurement with its start, on two quiet cores: an estimate for the hours told beforehand
EXPECTED_SECONDS = {"products": 60, "tiny": 60, "small": 90, "full": 240, "peer": 70, "xiaothink": 240}


@dataclasses.dataclass(frozen=True)
class Case:
    """One thing to measure.

    name: unique, in words. python, program: of the worker. job: its JSON object. facts: JSON values for the
    result. variants: cases of one such name are ways to the same end, of which the fastest is measured on;
    empty for a case that stands alone.
    """

    name: str
    python: str
    program: Path
    job: dict
    facts: dict
    expected_seconds: float
    variants: str = ""


def product_shapes(micro_batch_rows=ROWS, row_tokens=ROW_TOKENS):
    """Shapes whose products are timed.

    Returns:
        dict from "cube" and the presets' names to lists of (rows, inner, columns, count): the products with
        weights of a forward pass over one micro-batch.
    """
    shapes = {"cube": [(CUBE, CUBE, CUBE, 1)]}
    for name in TOKENS_PER_UPDATE:
        products = forward_products(preset(name).model, micro_batch_rows, row_tokens)
        whole = [p for p in products if p.rows == micro_batch_rows * row_tokens]
        counts = {}
        for p in whole:
            key = (p.rows, p.inner, p.columns)
            counts[key] = counts.get(key, 0) + p.count
        shapes[name] = [(*key, count) for key, count in counts.items()]
    return shapes


def distinct_shapes(shapes):
    """All (rows, inner, columns) of `product_shapes`, each once, in order."""
    return list(dict.fromkeys(shape[:3] for listed in shapes.values() for shape in listed))


def product_cases(python, seconds):
    """The rate of products, by dtype."""
    shapes = distinct_shapes(product_shapes())
    return [
        Case(
            name=f"products {dtype}",
            python=python,
            program=HERE / "mof_worker.py",
            job={"work": "products", "dtype": dtype, "shapes": shapes, "seconds": seconds},
            facts={"kind": "products", "dtype": dtype},
            expected_seconds=EXPECTED_SECONDS["products"],
        )
        for dtype in DTYPES
    ]


def mof_cases(python, tokens, timing, work="training"):
    """Our presets by dtype and tokenizer.

    Args:
        python: interpreter. tokens: dict from (kind, size) to what `prepare_tokens` gave.
        timing: dict with "seconds", "least" and, to shorten a trial, "tokens_per_update".
        work: "training", or "generating" (BPE alone: the speed is told by the token).
    """
    cases = []
    for name, per_update in TOKENS_PER_UPDATE.items():
        for dtype in DTYPES:
            for kind, size in TOKENIZERS.items():
                if work == "generating" and kind != "bpe":
                    continue
                text = tokens[kind, size]
                job = {
                    "work": work,
                    "preset": name,
                    "dtype": dtype,
                    "tokenizer": text["tokenizer"],
                    "cache": text["cache"],
                    "tokens_per_update": per_update,
                    "num_tokens": 20 if timing["least"] == 1 else 200,
                    **timing,
                }
                facts = {
                    "kind": "ours" if work == "training" else "generating",
                    "model": name,
                    "dtype": dtype,
                    "tokenizer": f"{kind} {text['vocabulary_size']}",
                    "vocabulary_size": text["vocabulary_size"],
                    "characters_per_token": text["characters_per_token"],
                    "tokens_per_update": job["tokens_per_update"],
                }
                label = f"mof {name} {dtype} {kind}" + (" generating" if work == "generating" else "")
                program, expected = HERE / "mof_worker.py", EXPECTED_SECONDS[name]
                cases.append(Case(label, python, program, job, facts, expected))
    return cases


def torch_cases(python, text, timing):
    """The peers in PyTorch, by dtype, as operations one by one and compiled.

    Args:
        python: interpreter of their environment. text: what `prepare_tokens` gave. timing: as `mof_cases`.
    """
    cases = []
    for shape, per_update in PEERS.items():
        for dtype in DTYPES:
            for is_compiled in (False, True):
                job = {
                    "shape": shape,
                    "dtype": dtype,
                    "is_compiled": is_compiled,
                    "num_rows": ROWS,
                    "row_tokens": ROW_TOKENS,
                    "tokens_per_update": per_update,
                    **_text_of(text),
                    **timing,
                }
                cases.append(_peer(shape, dtype, is_compiled, python, "torch_worker.py", job, text, "peer"))
    return cases


def xiaothink_cases(python, text, timing):
    """The published package, float32, as operations one by one and as a graph; arguments as `torch_cases`."""
    cases = []
    for is_compiled in (False, True):
        job = {
            "is_compiled": is_compiled,
            "num_rows": XIAOTHINK_ROWS,
            "row_tokens": XIAOTHINK_ROW_TOKENS,
            "tokens_per_update": TOKENS_PER_UPDATE["full"],  # ours of its size
            **_text_of(text),
            **timing,
        }
        shape, program = "xiaothink-t6", "xiaothink_worker.py"
        cases.append(_peer(shape, "float32", is_compiled, python, program, job, text, "xiaothink"))
    return cases


def _text_of(text):
    return {name: text[name] for name in ("train_tokens", "token_dtype", "vocabulary_size")}


def _peer(shape, dtype, is_compiled, python, program, job, text, expected):
    facts = {
        "kind": "peer",
        "model": shape,
        "dtype": dtype,
        "is_compiled": is_compiled,
        "tokenizer": f"{text['kind']} {text['vocabulary_size']}",
        "characters_per_token": text["characters_per_token"],
        "tokens_per_update": job["tokens_per_update"],
    }
    name = f"{shape} {dtype}"
    way = " compiled" if is_compiled else " plain"
    path = HERE / "peers" / program
    return Case(name + way, str(python), path, job, facts, EXPECTED_SECONDS[expected], variants=name)
