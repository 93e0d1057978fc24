"""How long trained units remember, token by token over a sentence. Book: chapter 04."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

COLOURS = ("#3b82c4", "#d9730d", "#2e9e4f", "#a05bd6")  # of the layers; stand out from white and from dark
SYMBOLS = ("circle", "diamond", "x", "square")  # and where there is no colour
DASHES = ("solid", "dash", "dot", "dashdot")


def half_life_figure(half_lives, mean_half_lives, tokens):
    """The half-lives of each layer, with a slider over the tokens of a sentence.

    Args:
        half_lives: [L, T, R] array, tokens: at each token, if all tokens were like it.
        mean_half_lives: [L, R] array, tokens: over the whole sentence. Units are ordered by it.
        tokens: list of T str.

    Returns:
        plotly Figure: dots, at the token that the slider stands at; a line, over the sentence.

    Raises:
        ValueError: shapes that do not fit one another.
    """
    half_lives, means = np.asarray(half_lives), np.asarray(mean_half_lives)
    num_layers, num_tokens, num_units = half_lives.shape if half_lives.ndim == 3 else (0, 0, 0)
    if num_tokens != len(tokens) or means.shape != (num_layers, num_units) or not num_tokens:
        raise ValueError(
            f"half_lives have the shape {list(half_lives.shape)}, mean_half_lives {list(means.shape)}, and "
            f"there are {len(tokens)} tokens: expected [L, T, R], [L, R] and T."
        )
    order = np.argsort(means, axis=1)
    ranked = np.take_along_axis(half_lives, order[:, None, :], axis=2)
    ranked_means = np.take_along_axis(means, order, axis=1)
    frames = [_frame(ranked[:, t], ranked_means, f"{t} {token}", token) for t, token in enumerate(tokens)]
    figure = go.Figure(frames[0].data, frames=frames)
    everything = np.log10(np.concatenate([half_lives.ravel(), means.ravel()]))
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("token "))],
        xaxis={"title": _("units, from forgetful to faithful"), "range": [-1, num_units]},
        yaxis={
            "title": _("half-life, tokens"),
            "type": "log",
            "range": [float(everything.min()) - 0.1, float(everything.max()) + 0.1],
            "dtick": 1,
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def _frame(curves, means, name, token):
    traces, words = [], []
    for i, (curve, mean) in enumerate(zip(curves, means, strict=True)):
        colour = COLOURS[i % len(COLOURS)]
        layer = _("layer {number}").format(number=i + 1)
        traces.append(
            go.Scatter(
                x=list(range(len(curve))),
                y=np.round(curve, 4),
                mode="markers",
                marker={"color": colour, "symbol": SYMBOLS[i % len(SYMBOLS)], "size": 7},
                name=_("{layer}, this token").format(layer=layer),
                hovertemplate=_("unit {unit}: half is left after {number} tokens").format(
                    unit="%{x}", number="%{y:.3g}"
                )
                + f"<extra>{layer}</extra>",
            )
        )
        traces.append(
            go.Scatter(
                x=list(range(len(mean))),
                y=np.round(mean, 4),
                mode="lines",
                line={"color": colour, "dash": DASHES[i % len(DASHES)], "width": 2},
                name=_("{layer}, the sentence").format(layer=layer),
                hovertemplate=_("unit {unit}: {number} tokens").format(unit="%{x}", number="%{y:.3g}")
                + f"<extra>{_('{layer}, the sentence').format(layer=layer)}</extra>",
            )
        )
        words.append(_("{number} tokens in {layer}").format(number=f"{np.median(curve):.3g}", layer=layer))
    title = _("{token}: the middle unit keeps half for {spans}").format(token=token, spans=", ".join(words))
    return go.Frame(name=name, data=traces, layout={"title": {"text": title}})
