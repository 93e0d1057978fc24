"""A model in a folder of its own, ready to write: what `mof export` makes and `mof generate` reads.

export.json          the model's config, the kind of weights, tokens of the longest row in training; hash and
                     size of every other file
tokenizer.json
weights.safetensors  float32; or int8 with a scale for each block of 128, and float32 where it is small
step.onnx            one token; any program with onnxruntime can run it (`mof.inference.mixture` says how)
piece.onnx           up to 64 tokens

Nothing in it is code or pickled. A file that does not match its hash is refused by name.
"""

import hashlib
import json
from pathlib import Path

from mof.config import ModelConfig
from mof.inference.graph_builder import WEIGHTS_NAME
from mof.inference.mixture import TOKENS
from mof.inference.onnx_reader import OnnxReader
from mof.inference.sessions import open_sessions
from mof.tokenizer.loading import load_tokenizer
from mof.training.run_folder import TOKENIZER_NAME
from mof.training.tensor_file import StoredTensors

EXPORT_NAME = "export.json"
FORMAT_VERSION = 1
GRAPH_NAMES = {form: f"{form}.onnx" for form in TOKENS}
FILE_NAMES = (TOKENIZER_NAME, WEIGHTS_NAME, *GRAPH_NAMES.values())


class ExportError(ValueError):
    """A folder that is no whole export; the message names the file and what to do."""


def is_export(path):
    """True if the folder holds an exported model."""
    return (Path(path) / EXPORT_NAME).is_file()


def open_export(path, num_threads=0):
    """Read and write with an exported model.

    Args:
        path: of the folder. num_threads: of a product; 0 takes one for each core.

    Returns:
        (OnnxReader, Tokenizer).

    Raises:
        ExportError: a file is missing, cut short or changed, or is of another version.
    """
    path = Path(path)
    facts = read_facts(path)
    for name in FILE_NAMES:
        _check_file(path / name, facts["files"].get(name))
    try:
        weights = StoredTensors(path / WEIGHTS_NAME)
        places = weights.places()
    except ValueError as error:
        raise ExportError(f"{error} Export the model again.") from error
    models = {form: (path / name).read_bytes() for form, name in GRAPH_NAMES.items()}
    return OnnxReader(open_sessions(models, path, places, num_threads)), load_tokenizer(path / TOKENIZER_NAME)


def read_facts(path):
    """The dict in export.json.

    Raises:
        ExportError: it cannot be read, or is of another version.
    """
    file = Path(path) / EXPORT_NAME
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        version = facts["format_version"]
        if version == FORMAT_VERSION:
            ModelConfig.from_json(json.dumps(facts["model"]))
            facts["files"].items()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExportError(f"{file} is damaged: {error}. Export the model again.") from error
    if version != FORMAT_VERSION:
        raise ExportError(
            f"{file} has format version {version}, this program reads {FORMAT_VERSION}: export the model "
            "again with this program."
        )
    return facts


def describe_file(file):
    """Hash and size of a file, as export.json holds them."""
    with open(file, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"sha256": digest, "num_bytes": file.stat().st_size}


def _check_file(file, said):
    if not file.is_file():
        raise ExportError(f"{file} is missing: an export is whole or nothing. Copy or export it again.")
    came = describe_file(file)
    if came != said:
        raise ExportError(
            f"{file} is not the file that was exported (its size or SHA-256 is not the one in "
            f"{EXPORT_NAME}). Copy or export it again."
        )
