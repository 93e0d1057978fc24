"""What a token reads: linear attention's weights, which the fast forms never write down, as a picture.

weight_ij = phi(q_i) . phi(k_j) * (decay from j to i), divided by the sum over j: row i says how much of what
token i reads comes from token j. Arrays in, figure out. Book: chapter 05.
"""

import numpy as np
import plotly.graph_objects as go

from mof.corpus.conversation import encode_document


def attention_weights(model, tokenizer, text, block=0):
    """The weights of one block's heads over a short text, computed in the quadratic form.

    Args:
        model: MixtureLanguageModel with a Transformer expert without a window.
        tokenizer: its Tokenizer. text: str, a sentence. block: number of the block.

    Returns:
        (weights [H, T, T] float64, rows summing to 1, zeros above the diagonal; tokens, list of T str).

    Raises:
        ValueError: without a Transformer expert, or with a window.
    """
    from keras import ops

    from mof.experts.transformer_expert import TransformerExpert

    experts = [expert for expert in model.experts if isinstance(expert, TransformerExpert)]
    if not experts or experts[0].window:
        raise ValueError("the model has no Transformer expert without a window: there is no such picture.")
    ids = encode_document(text, tokenizer)
    x = model.embed(ops.convert_to_tensor(ids[None]))
    state = experts[0].initial_state(1)
    for i, layer in enumerate(experts[0].blocks[: block + 1]):
        if i == block:
            queries, keys, log_decay = layer.read_attention(x, state[f"block_{i}"])
        x, _ = layer(x, state[f"block_{i}"])
    q, k = (ops.convert_to_numpy(part)[0].astype("float64") for part in (queries, keys))  # [T, H, K]
    scores = np.einsum("ihk,jhk->hij", q, k)
    if log_decay is not None:
        total = np.cumsum(ops.convert_to_numpy(log_decay)[0].astype("float64"), axis=0).T  # [H, T]
        scores = scores * np.exp(np.minimum(total[:, :, None] - total[:, None, :], 0.0))
    scores = np.tril(scores)
    return scores / scores.sum(axis=2, keepdims=True), [
        tokenizer.decode(ids[i : i + 1]) or "·" for i in range(len(ids))
    ]


def attention_figure(weights, tokens, title=""):
    """A square of weights with a slider over the heads.

    Args:
        weights: [H, T, T] array. tokens: list of T str. title: str.

    Returns:
        plotly Figure.
    """
    names = [f"{i} {token}" for i, token in enumerate(tokens)]  # tokens repeat; places do not
    hover = "%{y} reads %{x}: %{z:.2f}<extra></extra>"
    frames = [
        go.Frame(name=str(head), data=[go.Heatmap(z=weights[head], x=names, y=names, hovertemplate=hover)])
        for head in range(len(weights))
    ]
    figure = go.Figure(frames[0].data[0], frames=frames)
    figure.update_traces(colorscale="Viridis", zmin=0.0, zmax=1.0, colorbar={"title": "weight"})
    steps = [
        {"label": frame.name, "method": "animate", "args": [[frame.name], {"mode": "immediate"}]}
        for frame in frames
    ]
    figure.update_layout(
        title=title,
        sliders=[{"steps": steps, "currentvalue": {"prefix": "head "}, "pad": {"t": 60}}],
        xaxis={"title": "token that is read", "tickangle": 0},
        yaxis={"title": "token that reads", "autorange": "reversed", "scaleanchor": "x"},
        height=620,
    )
    for frame in frames:
        frame.data[0].update(colorscale="Viridis", zmin=0.0, zmax=1.0)
    return figure
