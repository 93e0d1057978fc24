"""How the chunked form divides the triangle of pairs: inside a chunk one by one, the rest through the memory.
Book: chapter 05."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _, ngettext
from mof.viz.frame_slider import frame_slider
from mof.viz.signed_squares import show_tokens, signed_squares

SIGNS = ("×", "S")  # inside the chunk, through the memory


def pair_kinds(num_tokens, chunk_length):
    """For each pair (reader i, read j): 0 inside one chunk, 1 through the memory, NaN in the future.

    Args:
        num_tokens: T. chunk_length: C, at least 1.

    Returns:
        [T, T] float64.
    """
    place = np.arange(num_tokens)
    chunk = place // chunk_length
    kinds = (chunk[:, None] != chunk[None, :]).astype("float64")
    kinds[place[:, None] < place[None, :]] = np.nan
    return kinds


def chunk_figure(tokens, chunk_lengths):
    """The triangle of pairs with a slider over the length of a chunk.

    Args:
        tokens: list of T str, for the axes. chunk_lengths: list of int, a step of the slider for each.

    Returns:
        plotly Figure. Its title counts the pairs looked at and the memories written.

    Raises:
        ValueError: for a chunk length below 1, or none.
    """
    if not chunk_lengths or min(chunk_lengths) < 1:
        raise ValueError(f"chunk_lengths are {chunk_lengths}, expected at least one, each 1 or more.")
    frames = [_frame(tokens, length) for length in chunk_lengths]
    figure = go.Figure(frames[0].data[0], frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text, sliders=[frame_slider(frames, "C = ")], height=620
    )
    show_tokens(figure, tokens, _("token that is read"), _("token that reads"))
    return figure


def _frame(tokens, chunk_length):
    kinds = pair_kinds(len(tokens), chunk_length)
    ways = {
        0.0: _("{reader} reads {read}: inside the chunk"),
        1.0: _("{reader} reads {read}: through the memory"),
    }
    hovers = [
        [ways.get(kind, "").format(reader=reader, read=read) for read, kind in zip(tokens, row, strict=True)]
        for reader, row in zip(tokens, kinds, strict=True)
    ]
    trace = signed_squares(kinds, SIGNS, hovers)
    num_inside, num_chunks = int((kinds == 0.0).sum()), -(-len(tokens) // chunk_length)
    pairs = len(tokens) * (len(tokens) + 1) // 2
    words = ngettext(
        "{num_inside} of {pairs} pairs looked at one by one; the memory written once",
        "{num_inside} of {pairs} pairs looked at one by one; the memory written {times} times",
        num_chunks,
    ).format(num_inside=num_inside, pairs=pairs, times=num_chunks)
    return go.Frame(name=str(chunk_length), data=[trace], layout={"title": {"text": words}})
