"""A few lines of text cut into tokens, as boxes; a slider over the vocabulary. Book: chapter 02."""

import plotly.graph_objects as go

from mof.course.translation import _, marked
from mof.viz.frame_slider import frame_slider

# dark enough for white letters, and told apart by the colour-blind; what stands in a box tells it too
COLOURS = {
    marked("part of a character"): "#b8560f",
    marked("one character"): "#55606b",
    marked("several characters"): "#2f6db5",
}


def token_label(token):
    """What a token's bytes say: their text where they are whole characters, else hexadecimal.

    Args:
        token: bytes.

    Returns:
        str.

    Example:
        >>> token_label("天".encode()), token_label(b"\\xe5\\xa4")
        ('天', 'E5 A4')
    """
    try:
        return token.decode("utf-8")
    except UnicodeDecodeError:
        return token.hex(" ").upper()


def token_kind(token):
    """Which of COLOURS a token's bytes are: parts of characters, one character, or several.

    Args:
        token: bytes; a character and a part of the next count as a part.
    """
    try:
        return "one character" if len(token.decode("utf-8")) == 1 else "several characters"
    except UnicodeDecodeError:
        return "part of a character"


def token_figure(rows_by_label, prefix=None):
    """Boxes as wide as their tokens have bytes, one line of text below the other.

    Args:
        rows_by_label: dict from the label of a step to its lines, each a list of (bytes, id). All steps cut
            the same text.
        prefix: str before the label; None for "vocabulary: ".

    Returns:
        plotly Figure. Its title counts tokens and bytes.

    Raises:
        ValueError: without a step, or where two steps hold different text.
    """
    if not rows_by_label:
        raise ValueError("there is no step, expected at least one vocabulary.")
    texts = {tuple(b"".join(t for t, number in row) for row in rows) for rows in rows_by_label.values()}
    if len(texts) > 1:
        raise ValueError("the steps hold different texts, expected the same text cut in different ways.")
    frames = [_frame(label, rows) for label, rows in rows_by_label.items()]
    lines = texts.pop()
    figure = go.Figure(frames[0].data, frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("vocabulary: ") if prefix is None else prefix)],
        barmode="overlay",
        bargap=0.25,
        xaxis={"title": _("bytes"), "range": [0, max(map(len, lines))], "dtick": 3, "zeroline": False},
        yaxis={
            "tickvals": list(range(len(lines))),
            "showticklabels": False,
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=190 + 62 * len(lines),
    )
    return figure


def _frame(label, rows):
    boxes = {kind: [] for kind in COLOURS}
    for y, row in enumerate(rows):
        start = 0
        for token, token_id in row:
            boxes[token_kind(token)].append((y, start, len(token), token_label(token), token_id))
            start += len(token)
    traces = [_trace(kind, found) for kind, found in boxes.items()]
    num_tokens, num_bytes = sum(map(len, rows)), sum(len(token) for row in rows for token, number in row)
    words = _("{num_bytes} bytes as {num_tokens} tokens, {number} bytes a token").format(
        num_bytes=num_bytes, num_tokens=num_tokens, number=f"{num_bytes / num_tokens:.1f}"
    )
    return go.Frame(name=label, data=traces, layout={"title": {"text": words}})


def _trace(kind, boxes):
    ys, starts, widths, labels, ids = (list(part) for part in zip(*boxes, strict=True)) if boxes else [[]] * 5
    return go.Bar(
        name=_(kind),
        orientation="h",
        y=ys,
        base=starts,
        x=widths,
        text=[f"{label}<br>{token_id}" for label, token_id in zip(labels, ids, strict=True)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": "#ffffff"},
        marker={"color": COLOURS[kind], "line": {"color": "#ffffff", "width": 1}},
        customdata=[
            _("{label}: id {number}, {width} bytes").format(label=label, number=i, width=width)
            for label, i, width in zip(labels, ids, widths, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=True,
    )
