"""What chapter 11 measures, shown: just now and as it was recorded, by the same functions; and the verdicts.

`benchmarks/where_time_goes.py` makes the record: a dict with an entry for each of the measurements below.
"""

import json
import textwrap

from mof.config import ModelConfig
from mof.inference.exported_folder import read_facts
from mof.lessons.product_forms import BFLOAT16, HALF, ZEROS, describe_forms
from mof.lessons.records import find_record
from mof.lessons.training_switches import describe_switches
from mof.lessons.update_parts import MEMORY, PRODUCTS, describe_parts
from mof.lessons.writing_speed import (
    AGAIN,
    FLOAT32,
    INT8,
    PIECE,
    SHIPPED_MODEL,
    STEP,
    describe_formats,
    int8_share,
)
from mof.lessons.writing_speed import MEMORY as FROM_MEMORY
from mof.machine.product_counts import forward_operations
from mof.viz.length_figure import length_figure
from mof.viz.notebook_figures import show_figure
from mof.viz.operations_figure import operations_figure
from mof.viz.share_figure import share_figure
from mof.viz.speed_figure import cache_block_figure, thread_figure

RECORD = "where_time_goes"
LINE_LENGTH = 76  # of what stands under a cell


def show(kind, found, title="Just now", note=""):
    """Shows one of the measurements; the same for a measurement of just now and for a recorded one.

    Args:
        kind: "operations", "parts", "forms", "chain", "blocks", "threads", "formats", "texts", "contexts",
            "batches" or "switches".
        found: what the measurement gave. title: "Just now" or "Recorded". note: where it was measured, or "".

    Raises:
        ValueError: for another kind.
    """
    if kind not in _SHOWN:
        raise ValueError(f"kind is {kind!r}, expected one of {tuple(_SHOWN)}.")
    _SHOWN[kind](found, title, f"; {note}" if note else "")


def show_recorded(*kinds):
    """Shows recorded measurements, and says which of them nobody has recorded yet.

    Args:
        kinds: as in `show`.
    """
    record = find_record(RECORD)
    missing = [kind for kind in kinds if record is None or kind not in record.data]
    for kind in kinds:
        if kind not in missing:
            show(kind, record.data[kind], "Recorded", record.note)
    if missing:
        words = f"Not recorded yet: {', '.join(missing)}. Fifteen minutes on a quiet machine:"
        print(textwrap.fill(words, LINE_LENGTH), "python benchmarks/where_time_goes.py", sep="\n")


def verdict_figures(data):
    """The figures that the verdicts of the chapter rest on.

    Args:
        data: dict from kinds to what the measurements gave; some may be missing.

    Returns:
        dict from what a figure says, in words, to the figure.
    """
    figures = {}
    if formats := data.get("formats"):
        sizes = formats["sizes"]
        figures["INT8: bytes of the weights, of float32's"] = sizes[INT8] / sizes[FLOAT32]
        for words, name in ((STEP, "a written token"), (PIECE, "64 tokens of a prompt")):
            figures[f"INT8: time of {name}, of float32's"] = int8_share(formats, words)
    if batches := data.get("batches"):
        least, most = min(batches, key=int), max(batches, key=int)
        figures[f"training: speed with batches of {least}, of that with {most}"] = (
            batches[least] / batches[most]
        )
    if texts := data.get("texts"):
        least, most = min(texts, key=int), max(texts, key=int)
        figures[f"writing: tokens a second, {most} texts at once over {least}"] = texts[most] / texts[least]
    if threads := data.get("threads"):
        figures |= _thread_figures(threads)
    if forms := data.get("forms"):
        times = forms["times_as_long"]
        figures["pruning: time with nine weights of ten at 0"] = times[ZEROS]
        figures["pruning: time with half of the columns"] = times[HALF]
        figures["bfloat16: time of a product, of float32's"] = times[BFLOAT16]
    if blocks := data.get("blocks"):
        whole = blocks[max(blocks, key=int)]
        figures["cache: time in the best blocks, of one pass each"] = min(blocks.values()) / whole
    if contexts := data.get("contexts"):
        longest = max(contexts[AGAIN], key=int)
        figures[f"memory: time of a token after {int(longest):,}, of reading again"] = (
            contexts[FROM_MEMORY][longest] / contexts[AGAIN][longest]
        )
    if parts := data.get("parts"):
        products = parts["seconds"][PRODUCTS] + parts["seconds"][MEMORY]
        figures["update: share of the layers' products"] = products / parts["whole"]
        if texts and "1" in texts:
            written = texts["1"] * forward_operations(_shipped_config())
            learned = parts["flops"] / parts["whole"]
            label = "inference: operations a second, writing (shipped, int8), of training's (tiny)"
            figures[label] = written / learned
    return figures


def show_verdicts(now):
    """Prints the figures behind the verdicts, of just now and as recorded, side by side.

    Args:
        now: dict from kinds to what the measurements of just now gave.
    """
    record = find_record(RECORD)
    columns = [("just now", verdict_figures(now))]
    if record is not None:
        columns.append(("recorded", verdict_figures(record.data)))
    words = list(dict.fromkeys(label for _name, figures in columns for label in figures))
    width = max(map(len, words), default=0)
    print(" " * width, *(f"{name:>9}" for name, _figures in columns))
    for label in words:
        cells = (f"{figures[label]:9.2f}" if label in figures else " " * 9 for _name, figures in columns)
        print(f"{label:{width}}", *cells)
    if record is not None:
        print(textwrap.fill(record.note, LINE_LENGTH))


def _shipped_config():
    return ModelConfig.from_json(json.dumps(read_facts(SHIPPED_MODEL)["model"]))


def _thread_figures(found):
    rates, cores = found["rates"], str(found["cores"])
    most, figures = max(rates, key=int), {}
    for rows in (min(rates["1"], key=int), max(rates["1"], key=int)):
        words = "1 row" if rows == "1" else f"{int(rows):,} rows"
        if cores != "1":
            label = f"threads: a product of {words}, all cores over one"
            figures[label] = rates[cores][rows] / rates["1"][rows]
        label = f"threads: a product of {words}, {most} threads over all cores"
        figures[label] = rates[most][rows] / rates[cores][rows]
    return figures


def _show_operations(found, title, note):
    words = (
        "Operations a second against operations for each byte, both logarithmic. The line is the roof; each "
        "mark is an operation of the model, measured. Move the slider: with more rows the products move "
        f"right and up; the norm stays left{note}."
    )
    show_figure(operations_figure(found, title), words)


def _show_parts(found, title, note):
    words = (
        "Seconds of each part of an update. Move the slider: the layers' products get faster, and the whole "
        f"follows only as far as their share allows{note}."
    )
    show_figure(share_figure(found["seconds"], PRODUCTS, title), words)
    _print_lines(describe_parts(found, found.get("peak"), found.get("bandwidth")), "", "")


def _show_blocks(found, title, note):
    words = (
        "Seconds for four operations over one long array, against the bytes of a block, both logarithmic. "
        f"Too small, and starting each piece costs; too large, and each operation goes to memory{note}."
    )
    show_figure(cache_block_figure(found, title), words)


def _show_threads(found, title, note):
    words = (
        "Operations a second of a product against its rows, both logarithmic; a line for each number of "
        f"threads, on {found['cores']} cores{note}."
    )
    show_figure(thread_figure(found["rates"], title), words)


def _show_contexts(found, title, note):
    words = (
        "Seconds for one more token against the tokens before it, both logarithmic: from the memory, and by "
        f"reading the whole text again{note}."
    )
    show_figure(length_figure(found, title), words)


def _show_chain(found, title, note):
    lines = [f"{'a norm and a gate, with gradients':34} milliseconds  times as long"]
    for name, seconds in found["seconds"].items():
        lines.append(f"{name:34} {1000 * seconds:12.2f} {found['times_as_long'][name]:14.2f}")
    _print_lines(lines, title, note)


def _show_speeds(words, found, title, note):
    first = next(iter(found.values()))
    lines = [f"{words:26} tokens a second  of the first"]
    lines += [f"{int(name):26,} {speed:15,.0f} {speed / first:13.2f}" for name, speed in found.items()]
    _print_lines(lines, title, note)


def _print_lines(lines, title, note):
    if title:
        print(textwrap.fill(f"{title}{note}", LINE_LENGTH))
    print(*lines, sep="\n")


_SHOWN = {
    "operations": _show_operations,
    "parts": _show_parts,
    "forms": lambda found, title, note: _print_lines(describe_forms(found), title, note),
    "chain": _show_chain,
    "blocks": _show_blocks,
    "threads": _show_threads,
    "formats": lambda found, title, note: _print_lines(describe_formats(found, found["sizes"]), title, note),
    "texts": lambda *shown: _show_speeds("texts written at once", *shown),
    "contexts": _show_contexts,
    "batches": lambda *shown: _show_speeds("rows of 256 in a batch", *shown),
    "switches": lambda found, title, note: _print_lines(describe_switches(found), title, note),
}
