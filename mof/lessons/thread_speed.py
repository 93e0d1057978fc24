"""Products and writing by the number of threads, in onnxruntime: it takes the number with each session, where
TensorFlow takes it once for a process. Chapter 11."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from mof.inference.graph_builder import IR_VERSION, OPSET
from mof.lessons.machine_rates import cores_here
from mof.lessons.turns import SECONDS_BETWEEN_SESSIONS, medians, time_in_turns

INNER, COLUMNS = 512, 2048
ROWS = (1, 16, 256, 2048)
TOO_MANY = 4  # threads for each core


def thread_counts(cores=None):
    """1, 2, 4 and so on up to the cores, the cores themselves, and TOO_MANY for each.

    Args:
        cores: int, or None for those that this process may use.

    Returns:
        tuple of int, rising.
    """
    cores = cores_here() if cores is None else cores
    powers = [2**n for n in range(cores.bit_length()) if 2**n <= cores]
    return tuple(sorted({*powers, cores, TOO_MANY * cores}))


def time_threads(threads=None, rows=ROWS, num_turns=7, seed=0):
    """Operations a second of a product by threads and rows.

    Args:
        threads: numbers of threads, or None for `thread_counts()`. rows: of the left side.
        num_turns: of which the median counts. seed: of the random numbers.

    Returns:
        dict of JSON values: "cores", and "rates": dict from threads to a dict from rows to operations a
        second, keys as str.
    """
    random = np.random.default_rng(seed)
    threads = thread_counts() if threads is None else threads
    kernel = random.standard_normal((INNER, COLUMNS), "float32")
    sessions = {number: _session(kernel, number) for number in threads}
    actions = {}
    for number in rows:
        x = random.standard_normal((number, INNER), "float32")
        for count, session in sessions.items():
            actions[count, number] = _action(session, x)
    seconds = medians(time_in_turns(actions, num_turns, SECONDS_BETWEEN_SESSIONS))
    rates = {str(count): {} for count in threads}
    for (count, number), each in seconds.items():
        num_calls = _num_calls(number)
        rates[str(count)][str(number)] = 2.0 * number * INNER * COLUMNS * num_calls / each
    return {"cores": cores_here(), "rates": rates}


def _num_calls(rows):
    """So many calls that a fifth of a billion operations are done, 50 at most."""
    return int(np.clip(2e8 / (2.0 * rows * INNER * COLUMNS), 1, 50))


def _action(session, x):
    num_calls = _num_calls(len(x))

    def action():
        for _ in range(num_calls):
            session.run(None, {"x": x})

    return action


def _session(kernel, num_threads):
    inner, columns = kernel.shape
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "kernel"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", inner])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", columns])],
        [numpy_helper.from_array(kernel, "kernel")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors alone
    options.intra_op_num_threads = num_threads
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
