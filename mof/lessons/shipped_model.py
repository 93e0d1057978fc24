"""The model that ships, as a Keras model whose parts can be looked into. Chapter 08.

`mof.inference` writes with it fast, but tells nothing of what happens inside. Here its int8 matrices are
turned back into float32, where the products are then computed; what is lost is what int8 had lost already.
"""

import json

from mof.config import ModelConfig
from mof.inference.exported_folder import read_facts
from mof.inference.graph_builder import WEIGHTS_NAME
from mof.inference.int8 import dequantize
from mof.inference.products import EMBEDDING
from mof.lessons.records import ROOT
from mof.tokenizer.loading import load_tokenizer
from mof.training.run_folder import TOKENIZER_NAME
from mof.training.tensor_file import StoredTensors

BASE = ROOT / "data" / "models" / "base"


def open_shipped(folder=BASE):
    """The exported model in a folder, as a Keras model.

    Args:
        folder: pathlib.Path of an export, int8 or float32.

    Returns:
        (MixtureLanguageModel, Tokenizer).

    Raises:
        ExportError: the folder holds no whole export. RunError: its weights are those of another config.
    """
    from mof.model import MixtureLanguageModel
    from mof.training.saved_model import set_weights

    config = ModelConfig.from_json(json.dumps(read_facts(folder)["model"]))
    model = MixtureLanguageModel(config)
    stored = StoredTensors(folder / WEIGHTS_NAME)
    arrays = {variable.path: _as_float(stored, variable) for variable in model.trainable_variables}
    set_weights(model, {name: array for name, array in arrays.items() if array is not None}, folder)
    return model, load_tokenizer(folder / TOKENIZER_NAME)


def _as_float(stored, variable):
    """The weight of that variable as float32, or None where the file has none of its name."""
    name = variable.path
    if name in stored:
        return stored[name]
    if f"{name}/int8" not in stored:
        return None
    numbers, scales = stored[f"{name}/int8"], stored[f"{name}/scales"]
    if name == EMBEDDING:  # stored as the head sees it, [D, W]
        return dequantize(numbers, scales, variable.shape[1]).T
    return dequantize(numbers, scales, variable.shape[0])
