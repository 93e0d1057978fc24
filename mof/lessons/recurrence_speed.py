"""How long three recurrences take, forwards and backwards, by the length of a row: the GRU, the minimal GRU
token by token, and the minimal GRU by the tree of a scan. Chapter 04.

Measured is what lies between the products with the input, which all three do for all tokens at once: the GRU
still multiplies its state by a matrix in each step, the minimal GRU multiplies and adds number by number.
"""

import statistics
import time

import keras
import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.lessons.gradients import gradients_of_sum
from mof.lessons.records import find_record
from mof.ops.gated_recurrence import gated_recurrence, gated_recurrence_parallel
from mof.ops.gru import gru
from mof.viz.length_figure import length_figure
from mof.viz.notebook_figures import show_figure

NUM_ROWS, HIDDEN_WIDTH = 8, 512  # of the tiny preset in training
GRU, LOOP, TREE = "GRU, token by token", "minimal GRU, token by token", "minimal GRU, by the tree"
CAPTION = "Seconds for 8 rows, forwards and backwards, against the tokens of a row, both logarithmic"


def time_recurrences(lengths, num_times=3, num_rows=NUM_ROWS, hidden_width=HIDDEN_WIDTH, seed=0):
    """Seconds for rows of each length, forwards and backwards.

    Args:
        lengths: tokens. num_times: the median of so many is taken, after one that makes the graph.
        num_rows, hidden_width: B and R.
        seed: of the random numbers.

    Returns:
        dict from the form's name to a dict from lengths to seconds.
    """
    random = np.random.default_rng(seed)
    hidden = np.zeros((num_rows, hidden_width), "float32")
    kernel = random.normal(size=(hidden_width, 3 * hidden_width)) * hidden_width**-0.5
    bias = np.zeros(3 * hidden_width, "float32")
    results = {name: {} for name in (GRU, LOOP, TREE)}
    for length in lengths:
        shape = (num_rows, length, hidden_width)
        update, logits = random.normal(size=(2, *shape)).astype("float32")
        retain = 1.0 / (1.0 + np.exp(-logits - 2.0))
        inputs = random.normal(size=(num_rows, length, 3 * hidden_width))
        forms = {
            GRU: (lambda *x: gru(*x)[0], (inputs, kernel, bias, hidden)),
            LOOP: (lambda *x: gated_recurrence(*x)[0], (retain, update, hidden)),
            TREE: (lambda *x: gated_recurrence_parallel(*x)[0], (retain, update, hidden)),
        }
        for name, (form, arrays) in forms.items():
            tensors = [ops.convert_to_tensor(array, "float32") for array in arrays]
            graph = as_graph(None, gradients_of_sum(form))
            results[name][length] = _median_seconds(graph, tensors, num_times)
    return results


def describe_times(seconds_by_form):
    """The times at the longest length as lines of a table, and how they stand to the loop's.

    Args:
        seconds_by_form: as `time_recurrences` gives it, or as a record stores it.

    Returns:
        list of str.
    """
    length = max(map(int, seconds_by_form[LOOP]))
    at = {name: seconds.get(length, seconds.get(str(length))) for name, seconds in seconds_by_form.items()}
    lines = [f"{f'rows of {length:,} tokens':29}  seconds   times the loop"]
    return lines + [f"{name:29} {at[name]:8.3f} {at[name] / at[LOOP]:16.1f}" for name in (GRU, LOOP, TREE)]


def show_times(seconds_by_form, title, note=""):
    """Shows the times as a figure, and the last ones in numbers.

    Args:
        seconds_by_form: as `time_recurrences` gives it, or as a record stores it.
        title: of the figure. note: where it was measured, or "".
    """
    words = f"{CAPTION}; {note}." if note else f"{CAPTION}."
    show_figure(length_figure(seconds_by_form, title), words)
    print(*describe_times(seconds_by_form), sep="\n")


def show_recorded_times(name="recurrence_by_length"):
    """Shows the recorded times, or says that nobody has measured them yet.

    Args:
        name: of the record.
    """
    record = find_record(name)
    if record is None:
        print(
            "No times are recorded yet. A few minutes on a quiet machine:\n"
            "python benchmarks/recurrence_by_length.py"
        )
        return
    show_times(record.data["seconds"], "Recorded", record.note)


def _median_seconds(function, inputs, num_times):
    seconds = []
    for _ in range(num_times + 1):
        start = time.perf_counter()
        keras.tree.map_structure(ops.convert_to_numpy, function(*inputs))
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])
