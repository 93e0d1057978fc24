"""onnxruntime sessions over one file of weights.

Float32 matrices are mapped into memory once and handed to both sessions as they lie in the file: nothing is
copied, and pages that nobody reads are never loaded. onnxruntime would otherwise rearrange each matrix for
its products into a copy of its own (prepacking); for one token at a time, where the memory's speed decides,
that gains nothing. Int8 weights do go through it: their fast products need it.
"""

import os
from typing import NamedTuple

import numpy as np
import onnxruntime

from mof.cores import affinity_cores, quota_cores, usable_cores
from mof.inference.graph_builder import WEIGHTS_NAME

# what is smaller is left to onnxruntime, which computes what follows from weights alone when it loads them
SMALLEST_SHARED_BYTES = 65536


class Sessions(NamedTuple):
    """`step` and `piece`, onnxruntime.InferenceSession, and the weights that both read: a session does not
    keep those alive."""

    step: object
    piece: object
    weights: dict


def open_sessions(models, folder, places, num_threads=0):
    """A session for each graph.

    Args:
        models: dict with the serialized ONNX models "step" and "piece".
        folder: pathlib.Path of the folder that holds weights.safetensors.
        places: dict of TensorPlace by name.
        num_threads: threads of a product; 0 takes one for each core that this process may use.

    Returns:
        Sessions.
    """
    is_float = all(place.dtype == "float32" for place in places.values())
    shared = _map_weights(folder / WEIGHTS_NAME, places) if is_float else {}
    sessions = {}
    for name, model in models.items():
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors alone
        options.intra_op_num_threads = num_threads or _allowed_threads()
        options.enable_cpu_mem_arena = False  # it keeps the largest piece's activations for ever
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(folder.resolve())
        )
        options.add_session_config_entry("session.disable_prepacking", "1" if is_float else "0")
        for weight, value in shared.items():
            options.add_initializer(weight, value)
        sessions[name] = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return Sessions(**sessions, weights=shared)


def _allowed_threads(usable=None):
    """Threads where a container or a scheduler allows fewer cores than there are; 0, which is onnxruntime's
    own choice, where it does not. That choice counts the cores of the whole machine."""
    there = os.cpu_count() or 1
    usable = usable_cores(there, affinity_cores(), quota_cores()) if usable is None else usable
    return max(1, int(usable)) if usable < there else 0


def _map_weights(path, places):
    """Large weights as onnxruntime values that lie in the mapped file."""
    numbers = np.memmap(path, np.uint8, "r")
    values = {}
    for name, place in places.items():
        if place.num_bytes >= SMALLEST_SHARED_BYTES:
            part = numbers[place.offset : place.offset + place.num_bytes].view(place.dtype)
            values[name] = onnxruntime.OrtValue.ortvalue_from_numpy(part.reshape(place.shape))
    return values
