"""What a token reads: linear attention's weights, which the fast forms never write down, as a picture.

weight_ij = phi(q_i) . phi(k_j) * (decay from j to i), divided by the sum over j: row i says how much of what
token i reads comes from token j. Arrays in, figure out. Book: chapter 05.
"""

import numpy as np
import plotly.graph_objects as go

from mof.corpus.conversation import encode_document
from mof.course.translation import _
from mof.viz.frame_slider import frame_slider


def attention_heads(model, tokenizer, text, block=0):
    """What one block's heads ask and offer over a short text.

    Args:
        model: MixtureLanguageModel with a Transformer expert without a window.
        tokenizer: its Tokenizer. text: str, a sentence. block: number of the block.

    Returns:
        (queries [T, H, K], keys [T, H, K], both through phi; log decay [T, H] or None; all float64; tokens,
        list of T str).

    Raises:
        ValueError: without a Transformer expert, with a window, or for a block that is not there.
    """
    from keras import ops

    from mof.experts.transformer_expert import TransformerExpert

    experts = [expert for expert in model.experts if isinstance(expert, TransformerExpert)]
    if not experts or experts[0].window:
        raise ValueError("the model has no Transformer expert without a window: there is no such picture.")
    expert = experts[0]
    if not 0 <= block < expert.num_layers:
        raise ValueError(
            f"block is {block}, expected 0 to {expert.num_layers - 1}: the expert has {expert.num_layers}."
        )
    ids = encode_document(text, tokenizer)
    x = model.embed(ops.convert_to_tensor(ids[None]))
    state = expert.initial_state(1)
    if expert.position is not None:
        x = expert.position(x, state["position"])[0]
    for i in range(block):
        x = expert.blocks[i](x, state[f"block_{i}"])[0]
    queries, keys, log_decay = expert.blocks[block].read_attention(x, state[f"block_{block}"])
    found = [
        None if part is None else ops.convert_to_numpy(part)[0].astype("float64")
        for part in (queries, keys, log_decay)
    ]
    tokens = [tokenizer.decode([token_id]) or "·" for token_id in ids]  # "·" is DOCUMENT
    return (*found, tokens)


def attention_weights(model, tokenizer, text, block=0):
    """The weights of one block's heads over a short text, computed in the quadratic form.

    Args and Raises as `attention_heads`.

    Returns:
        (weights [H, T, T] float64, rows summing to 1, zeros above the diagonal; tokens, list of T str).
    """
    queries, keys, log_decay, tokens = attention_heads(model, tokenizer, text, block)
    scores = np.einsum("ihk,jhk->hij", queries, keys)
    if log_decay is not None:
        total = np.cumsum(log_decay, axis=0).T  # [H, T]
        scores = scores * np.exp(np.minimum(total[:, :, None] - total[:, None, :], 0.0))
    scores = np.tril(scores)
    return scores / scores.sum(axis=2, keepdims=True), tokens


def attention_figure(weights, tokens, title=""):
    """A square of weights with a slider over the heads.

    Args:
        weights: [H, T, T] array. tokens: list of T str. title: str.

    Returns:
        plotly Figure.
    """
    names = [f"{i} {token}" for i, token in enumerate(tokens)]  # tokens repeat; places do not
    shared = {
        "x": names,
        "y": names,
        "hovertemplate": _("{reader} reads {read}: {weight}").format(
            reader="%{y}", read="%{x}", weight="%{z:.2f}"
        )
        + "<extra></extra>",
        "colorscale": "Viridis",
        "zmin": 0.0,  # one scale, so that heads can be compared
        "zmax": 1.0,
        "colorbar": {  # above the square, which then has the whole width of a phone
            "title": {"text": _("weight"), "side": "top"},
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "thickness": 10,
        },
    }
    frames = [
        go.Frame(name=str(head), data=[go.Heatmap(z=weights[head], **shared)]) for head in range(len(weights))
    ]
    figure = go.Figure(frames[0].data[0], frames=frames)
    axis = {
        "tickmode": "array",
        "tickvals": names,
        "ticktext": list(tokens),
        "showgrid": False,
        "constrain": "domain",
    }
    figure.update_layout(
        title=title,
        sliders=[frame_slider(frames, _("head "))],
        xaxis={**axis, "title": _("token that is read"), "tickangle": 0},
        yaxis={**axis, "title": _("token that reads"), "autorange": "reversed", "scaleanchor": "x"},
        height=620,
    )
    return figure
