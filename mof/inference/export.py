"""Writes a run's newest weights as a folder of its own; see `mof.inference.exported_folder`."""

import json
from pathlib import Path

import numpy as np

from mof import __version__
from mof.inference.exported_folder import (
    EXPORT_NAME,
    FILE_NAMES,
    FORMAT_VERSION,
    GRAPH_NAMES,
    describe_file,
)
from mof.inference.folder_writing import is_foreign, made_aside
from mof.inference.graph_builder import WEIGHTS_NAME
from mof.inference.int8 import dequantize, quantize
from mof.inference.mixture import make_graph
from mof.inference.products import EMBEDDING
from mof.inference.run_graphs import newest_weights
from mof.training.run_folder import TOKENIZER_NAME
from mof.training.tensor_file import StoredTensors, write_tensors

_QUANTIZED_ENDINGS = ("/kernel", "/recurrent_kernel")
# filters are small and sit between products; the router decides for all others with a few numbers
_KEPT_PARTS = ("convolution", "router")


def export_run(run, output, is_int8, warn=print):
    """Write what is needed to generate with a run's newest weights.

    Args:
        run: RunFolder.
        output: path of the folder to make, or of an older export, which is replaced when the new one is
            whole.
        is_int8: round the large matrices to int8: a quarter of the bytes and about a third of the time.
        warn: see `newest_weights`.

    Returns:
        Number of bytes written.

    Raises:
        RunError, CheckpointError: the run has no weights to export.
        ValueError: the folder holds something else, or the config has no graphs.
    """
    output = Path(output)
    if is_foreign(output, EXPORT_NAME, FILE_NAMES):
        raise ValueError(f"{output} is not empty and holds no export: choose another folder with --output.")
    config, tokenizer = run.model_config, run.tokenizer()
    weights = newest_weights(run, warn)
    make_graph(config, weights.places(), "step", str(weights.path))  # refused before anything is written
    arrays = rounded(weights) if is_int8 else weights
    with made_aside(output, EXPORT_NAME) as aside:
        tokenizer.save(aside / TOKENIZER_NAME)
        write_tensors(aside / WEIGHTS_NAME, arrays)
        places = StoredTensors(aside / WEIGHTS_NAME).places()
        for form, name in GRAPH_NAMES.items():
            (aside / name).write_bytes(make_graph(config, places, form).SerializeToString())
        facts = {
            "format_version": FORMAT_VERSION,
            "mof_version": __version__,
            "weights": "int8" if is_int8 else "float32",
            "tokenizer_hash": tokenizer.hash,
            "trained_length": max(run.training_config.lengths),
            "model": json.loads(config.to_json()),
            "files": {name: describe_file(aside / name) for name in FILE_NAMES},
        }
        text = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
        (aside / EXPORT_NAME).write_text(text, encoding="utf-8")
    return sum(file["num_bytes"] for file in facts["files"].values())


def is_rounded(name, shape):
    """True if an int8 export rounds the weight of that name and shape."""
    is_matrix = len(shape) == 2 and (name == EMBEDDING or name.endswith(_QUANTIZED_ENDINGS))
    return is_matrix and not any(part.startswith(_KEPT_PARTS) for part in name.split("/"))


def rounded(weights):
    """The weights as an int8 export holds them.

    Args:
        weights: mapping from names to float32 arrays.

    Returns:
        dict from names to arrays: NAME as it was, or NAME/int8 and NAME/scales; see `quantize`.
    """
    arrays = {}
    for name in weights:
        array = weights[name]
        if not is_rounded(name, array.shape):
            arrays[name] = array
            continue
        # an embedding is a head seen from the other side: [W, D] is multiplied as [D, W]
        arrays[f"{name}/int8"], arrays[f"{name}/scales"] = quantize(array.T if name == EMBEDDING else array)
    return arrays


def widened(weights, shapes):
    """The weights of an int8 export as float32: the very numbers that int8 stands for.

    Args:
        weights: mapping from names to arrays, as `rounded` gives.
        shapes: dict from the parameters' names to their shapes.

    Returns:
        dict from the parameters' names to float32 arrays.
    """
    arrays = {}
    for name, shape in shapes.items():
        if f"{name}/int8" not in weights:
            arrays[name] = weights[name]
            continue
        num_inputs = shape[1] if name == EMBEDDING else shape[0]
        matrix = dequantize(weights[f"{name}/int8"], weights[f"{name}/scales"], num_inputs)
        arrays[name] = np.ascontiguousarray(matrix.T if name == EMBEDDING else matrix)
    return arrays
