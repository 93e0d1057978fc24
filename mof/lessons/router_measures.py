"""What a router does, measured: its weights on text of each kind, what they follow, and what becomes of the
loss when they are replaced. Chapter 08.

A sheet of questions counts once: its weights and losses are means over its tokens, since the tokens of one
sheet resemble each other. Intervals are 95% intervals of a mean over sheets.
"""

import math

import numpy as np

from mof.corpus.conversation import encode_document
from mof.evaluation.student_t import t_quantile

ROUTED, MEAN = "as routed", "its mean"
NUM_TOKENS = 256  # read of each sheet at most


def held_out_sheets(num_sheets, seed=0):
    """Sheets of questions that no training has read, of each kind.

    Args:
        num_sheets: of each kind. seed: int.

    Returns:
        dict from "knowledge", "completion" and "reasoning" to lists of str.
    """
    from mof.tasks.families import choose_families
    from mof.tasks.family import KINDS
    from mof.tasks.writing import TaskWriter

    sheets = {}
    for kind in KINDS:
        families = [family for family in choose_families() if family.kind == kind]
        writer = TaskWriter(families, seed, split="wording" if kind == "knowledge" else "value")
        sheets[kind] = [writer.document(number) for number in range(num_sheets)]
    return sheets


def route_weights_of(model, tokenizer, text):
    """The router on one text.

    Args:
        model: MixtureLanguageModel with a router. tokenizer: its Tokenizer. text: str.

    Returns:
        (weights [T, E] float64, tokens, list of T str). The first token is the start of the document, "·".
    """
    from keras import ops

    from mof.execution import as_operations

    ids = encode_document(text, tokenizer)
    weights = as_operations(model, lambda ids: model.router(model.embed(ids))[0])(ids[None])
    labels = [tokenizer.token_bytes(int(i)).decode("utf-8", "ignore") or "·" for i in ids]
    return ops.convert_to_numpy(weights)[0].astype("float64"), labels


def entropy(shares):
    """-sum p log p over the last axis, in nats; 0 log 0 is 0.

    Args:
        shares: [..., E] that sum to 1.

    Returns:
        [...] float64.
    """
    shares = np.asarray(shares, dtype="float64")
    return -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=-1)


def specialisation(route_weights):
    """How much the choice of an expert depends on the token: H(mean) - mean H, in nats.

    0 where every token has the same weights; log E where each token has one expert and all have as many.

    Args:
        route_weights: [T, E] that sum to 1.

    Returns:
        float.
    """
    weights = np.asarray(route_weights, dtype="float64")
    return float(entropy(weights.mean(axis=0)) - entropy(weights).mean())


def mean_and_half(values):
    """Mean and half of its 95% interval.

    Args:
        values: [N] array, N at least 2.

    Returns:
        (float, float).

    Raises:
        ValueError: for fewer than 2 values, which say nothing of how they vary.
    """
    values = np.asarray(values, dtype="float64")
    if len(values) < 2:
        raise ValueError(f"{len(values)} values came, expected at least 2: one says nothing of the spread.")
    deviation = float(values.std(ddof=1))
    return float(values.mean()), t_quantile(len(values) - 1) * deviation / math.sqrt(len(values))


def difference_and_half(ones, others):
    """Difference of two means of independent values, and half of its 95% interval; arguments as
    `mean_and_half`."""
    (one, half), (other, other_half) = mean_and_half(ones), mean_and_half(others)
    return one - other, math.hypot(half, other_half)


def explained_share(values, groups):
    """How much of the spread of some values is told by a group that each belongs to.

    A value is predicted by the mean of the *others* of its group, so that groups of one tell nothing: they
    are predicted by the mean of all.

    Args:
        values: [N] array. groups: list of N labels.

    Returns:
        1 - mean squared error / variance: 1 where the group tells all, 0 or below where it tells nothing.
    """
    values = np.asarray(values, dtype="float64")
    _, places = np.unique(np.asarray(groups), return_inverse=True)
    counts = np.bincount(places)[places]
    others = (np.bincount(places, values)[places] - values) / np.maximum(counts - 1, 1)
    predicted = np.where(counts > 1, others, values.mean())
    return float(1.0 - ((values - predicted) ** 2).mean() / values.var())


def measure_sheets(model, tokenizer, sheets, num_tokens=NUM_TOKENS, fixed=None):
    """The router and the loss on each sheet, as the model is and with other weights in the router's place.

    Both experts read once; only their mixture is made anew. The replacements are the same for all tokens:
    each expert alone, and `fixed`.

    Args:
        model: MixtureLanguageModel with a router. tokenizer: its Tokenizer.
        sheets: dict from a kind to a list of str. num_tokens: read of each at most.
        fixed: [E] weights that do not depend on the text; None takes the router's own mean over all sheets.

    Returns:
        dict: "kinds" from a kind to {"weights": [sheets][E], "bits": {mixture: [sheets]}}, bits a token of
        the mixtures ROUTED, MEAN and "0", "1" ... for an expert alone; "mean" [E];
        "tokens": {"ids": [N], "kinds": [N], "first": [N], the first expert's weight at each token}.
    """
    from keras import ops

    from mof.execution import as_graph
    from mof.model import mix_experts
    from mof.ops.losses import token_cross_entropy

    def read(token_ids, mask):
        x, state = model.embed(token_ids), model.initial_state(1)
        outputs = [expert(x, state[f"expert_{i}"], None, mask)[0] for i, expert in enumerate(model.experts)]
        return outputs, model.router(x, state["router"], None, mask)[0]

    def score(outputs, weights, targets):
        mixed = mix_experts(outputs, [norm.scale.value for norm in model.expert_norms], weights)
        hidden = model.output_norm(model.output_projection(mixed))
        return token_cross_entropy(model.logits(hidden), targets)

    read, score = as_graph(model, read), as_graph(model, score)
    read_sheets = []
    for kind, texts in sheets.items():
        for text in texts:
            ids = encode_document(text, tokenizer)[: num_tokens + 1]
            row, mask = np.zeros((1, num_tokens + 1), "int32"), np.zeros((1, num_tokens), bool)
            row[0, : len(ids)], mask[0, : len(ids) - 1] = ids, True
            outputs, weights = read(row[:, :-1], mask)
            read_sheets.append((kind, row, mask[0], outputs, weights))
    own = [ops.convert_to_numpy(weights)[0, mask] for _, _, mask, _, weights in read_sheets]
    mean = np.concatenate(own).astype("float64").mean(axis=0) if fixed is None else np.asarray(fixed)
    replacements = {MEAN: mean, **{str(e): row for e, row in enumerate(np.eye(len(mean)))}}
    kinds = {kind: {"weights": [], "bits": {}} for kind in sheets}
    for (kind, row, mask, outputs, weights), shares in zip(read_sheets, own, strict=True):
        kinds[kind]["weights"].append(shares.astype("float64").mean(axis=0).tolist())
        mixtures = {ROUTED: weights}
        mixtures |= {
            name: ops.broadcast_to(ops.cast(fixed, "float32"), ops.shape(weights))
            for name, fixed in replacements.items()
        }
        for name, used in mixtures.items():
            nats = ops.convert_to_numpy(score(outputs, used, row[:, 1:]))[0, mask].astype("float64")
            kinds[kind]["bits"].setdefault(name, []).append(float(nats.mean() / math.log(2)))
    tokens = {
        "ids": [int(i) for _, row, mask, _, _ in read_sheets for i in row[0, :-1][mask]],
        "kinds": [kind for kind, _, mask, _, _ in read_sheets for _ in range(int(mask.sum()))],
        "first": np.concatenate(own)[:, 0].astype("float64").tolist(),
    }
    return {"kinds": kinds, "mean": mean.tolist(), "tokens": tokens}


def leaning_tokens(tokens, num_tokens=6, least=30):
    """The tokens at which the router leans most to the first expert, and those at which it does least.

    Args:
        tokens: as `measure_sheets` gives it. num_tokens: of each. least: how often a token has to occur.

    Returns:
        (list of (id, mean weight, count), rising; the last num_tokens, and the first), most leaning first.
    """
    ids, first = np.asarray(tokens["ids"]), np.asarray(tokens["first"])
    rows = [
        (int(i), float(first[ids == i].mean()), int((ids == i).sum()))
        for i in np.unique(ids)
        if (ids == i).sum() >= least
    ]
    rows.sort(key=lambda row: row[1])
    return rows[::-1][:num_tokens], rows[:num_tokens]
