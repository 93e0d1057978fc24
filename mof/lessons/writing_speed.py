"""How fast the model that ships writes: int8 beside float32, several texts at once, and with or without its
memory. By onnxruntime. Chapter 11."""

import contextlib
import json
import tempfile
from pathlib import Path

import numpy as np

from mof.config import ModelConfig
from mof.inference.export import widened
from mof.inference.exported_folder import open_export, read_facts
from mof.inference.graph_builder import WEIGHTS_NAME
from mof.inference.run_graphs import open_weights
from mof.lessons.records import ROOT
from mof.lessons.turns import SECONDS_BETWEEN_SESSIONS, medians, time_in_turns, times_as_long
from mof.model import MixtureLanguageModel
from mof.training.tensor_file import StoredTensors, write_tensors

SHIPPED_MODEL = ROOT / "data" / "models" / "base"
FLOAT32, INT8 = "float32", "int8"
STEP, PIECE = "one token", "64 tokens of a prompt"
MEMORY, AGAIN = "from the memory", "the whole text again"
PIECE_TOKENS = 64
STEPS_A_TURN = 8


@contextlib.contextmanager
def both_formats(path=SHIPPED_MODEL, num_threads=0):
    """The same model twice: in int8 as it ships, and widened to float32.

    Args:
        path: folder of an int8 export. num_threads: of a product; 0 takes one for each core.

    Yields:
        (dict from FLOAT32 and INT8 to OnnxReader, dict from the same to bytes of the weights' file).
    """
    path = Path(path)
    config = ModelConfig.from_json(json.dumps(read_facts(path)["model"]))
    # Windows deletes no file that is mapped into memory
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / WEIGHTS_NAME
        variables = MixtureLanguageModel(config).trainable_variables
        shapes = {variable.path: tuple(variable.shape) for variable in variables}
        write_tensors(file, widened(StoredTensors(path / WEIGHTS_NAME), shapes))
        readers = {
            FLOAT32: open_weights(config, StoredTensors(file), num_threads),
            INT8: open_export(path, num_threads)[0],
        }
        yield readers, {FLOAT32: file.stat().st_size, INT8: (path / WEIGHTS_NAME).stat().st_size}


def time_formats(readers, num_turns=9):
    """A written token, and a piece of a prompt, in both formats.

    Args:
        readers: dict from FLOAT32 and INT8 to OnnxReader. num_turns: of which the median counts.

    Returns:
        dict of JSON values: "seconds" by what is done, then by format; "times_as_long" as int8 float32
        takes, by what is done.
    """
    found = {"seconds": {}, "times_as_long": {}}
    for words, num_tokens in ((STEP, 1), (PIECE, PIECE_TOKENS)):
        actions = {name: _reading(reader, num_tokens) for name, reader in readers.items()}
        turns = time_in_turns(actions, num_turns, SECONDS_BETWEEN_SESSIONS)
        repeats = STEPS_A_TURN if num_tokens == 1 else 1
        found["seconds"][words] = {name: each / repeats for name, each in medians(turns).items()}
        found["times_as_long"][words] = times_as_long(turns, FLOAT32, INT8)
    return found


def time_rows(reader, rows=(1, 4, 16, 64), num_turns=5):
    """Tokens a second of all texts together, by how many are written at once.

    Args:
        reader: OnnxReader. rows: numbers of texts. num_turns: of which the median counts.

    Returns:
        dict from the number of texts, as str, to tokens a second.
    """
    actions = {str(number): _reading(reader, 1, number) for number in rows}
    seconds = medians(time_in_turns(actions, num_turns, SECONDS_BETWEEN_SESSIONS))
    return {name: int(name) * STEPS_A_TURN / each for name, each in seconds.items()}


def time_contexts(reader, contexts=(64, 256, 1024), num_turns=3):
    """Seconds for one more token, by the tokens that stand before it.

    Args:
        reader: OnnxReader. contexts: numbers of tokens. num_turns: of which the median counts.

    Returns:
        dict from MEMORY and AGAIN to a dict from the context, as str, to seconds.
    """
    random, actions = np.random.default_rng(0), {}
    for number in contexts:
        ids = random.integers(8, reader.vocabulary_size, number).astype("int32")
        _, state = reader.read([ids])
        actions[MEMORY, number] = lambda state=state: reader.step([9], state)
        actions[AGAIN, number] = lambda ids=ids: reader.read([np.append(ids, 9)])
    seconds = medians(time_in_turns(actions, num_turns, SECONDS_BETWEEN_SESSIONS))
    found = {MEMORY: {}, AGAIN: {}}
    for (name, number), each in seconds.items():
        found[name][str(number)] = each
    return found


def describe_formats(found, sizes):
    """The lines of a table.

    Args:
        found: as `time_formats` gives it. sizes: dict from FLOAT32 and INT8 to bytes.

    Returns:
        list of str.
    """
    rows = [("weights, MB", {name: size / 1e6 for name, size in sizes.items()}, sizes[INT8] / sizes[FLOAT32])]
    for words, seconds in found["seconds"].items():
        row = {name: 1000 * each for name, each in seconds.items()}
        rows.append((f"{words}, ms", row, int8_share(found, words)))
    lines = [f"{'':24} {FLOAT32:>10} {INT8:>10}  int8 / float32"]
    return lines + [
        f"{words:24} {row[FLOAT32]:10.2f} {row[INT8]:10.2f} {share:15.2f}" for words, row, share in rows
    ]


def int8_share(found, words):
    """Time with int8 as a share of that with float32: by turns, in which both have the same disturbances.

    Args:
        found: as `time_formats` gives it. words: what is done.
    """
    return 1 / found["times_as_long"][words]


def _reading(reader, num_tokens, num_rows=1):
    """STEPS_A_TURN steps of one token, each going on from the one before; or one reading of more."""
    random = np.random.default_rng(0)
    ids = random.integers(8, reader.vocabulary_size, (num_rows, num_tokens)).astype("int32")
    start = reader.initial_state(num_rows)
    if num_tokens > 1:
        return lambda: reader.read(list(ids), start)

    def steps():
        state = start
        for _ in range(STEPS_A_TURN):
            _, state = reader.step(ids[:, 0], state)

    return steps
