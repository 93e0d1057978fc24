"""`mof.layers.linear_attention` in the graphs: one step, or a piece of at most 64 tokens as a single chunk.

In the piece, with L_t the summed log decay from its start up to token t, q'_t = phi(q_t) e^(L_t) and k'_t =
phi(k_t) e^(-L_t) (0 at padding):

    numerator_t = sum_{j <= t} (q'_t . k'_j) v_j + q'_t S
    S after the piece = e^(L_T) (S + sum_j k'_j v_j^T)

Log decays are at least -1, so e^64 bounds k', as in `mof.ops.chunks`. The memory is "outer" [B, H, K, V], and
"key_sum" [B, H, K] where a denominator is asked for.
"""

import numpy as np

from mof.inference.elementwise import normalize, positive_features, reshape, silu, split
from mof.inference.products import project
from mof.ops.constants import DENOMINATOR_EPSILON, first_decay_rates


def attend(b, x, tokens, name, weights, config):
    """x [B, D] or [B, T, D] to the attention's output of the same shape.

    Args:
        b: GraphBuilder. tokens: StepTokens or PieceTokens.
        name: of the memory. weights: path of the layer's weights. config: ModelConfig.
    """
    width, num_heads = config.width, config.num_heads
    head_width = width // num_heads
    widths = [2 * width, width]  # queries and keys together: both go through phi
    widths += [width] if config.attention_output_gate else []
    widths += [num_heads] if config.attention_decay == "input" else []
    projected = project(b, x, f"{weights}/inputs/kernel", width, sum(widths))
    features, values, *others = split(b, projected, widths)
    queries, keys = split(b, positive_features(b, features), [width, width])
    log_decay = _log_decay(b, others[-1] if others else None, weights, config)
    form = _step if tokens.is_step else _piece
    y, denominator = form(b, queries, keys, values, log_decay, tokens, name, config)
    if config.attention_normalizer == "denominator":
        y = b.node("Div", y, b.node("Add", denominator, DENOMINATOR_EPSILON))
    else:
        y = normalize(b, y, head_width)
    if tokens.is_step:
        y = reshape(b, y, -1, width)
    else:  # [B, H, T, V]
        y = reshape(b, b.node("Transpose", y, perm=[0, 2, 1, 3]), 0, 0, width)
    if config.attention_output_gate:
        y = b.node("Mul", y, silu(b, others[0]))
    return project(b, y, f"{weights}/outputs/kernel", width, width)


def _log_decay(b, logits, weights, config):
    """[B, H], [B, T, H] or [H], at most 0; None without decay."""
    kind, num_heads = config.attention_decay, config.num_heads
    if kind == "none":
        return None
    if kind == "fixed":  # not trained, so not stored
        return b.node("Neg", b.node("Sigmoid", first_decay_rates(num_heads)))
    rate = b.weight(f"{weights}/decay_rate", num_heads)
    if kind == "input":
        rate = b.node("Add", logits, rate)
    return b.node("Neg", b.node("Sigmoid", rate))


def _memory(b, name, config):
    head_width = config.width // config.num_heads
    outer_shape, sum_shape = (config.num_heads, head_width, head_width), (config.num_heads, head_width)
    outer = b.before(f"{name}/outer", *outer_shape)
    key_sum = None
    if config.attention_normalizer == "denominator":
        key_sum = b.before(f"{name}/key_sum", *sum_shape)

    def remember(outer, key_sum):
        b.after(f"{name}/outer", outer, *outer_shape)
        if key_sum is not None:
            b.after(f"{name}/key_sum", key_sum, *sum_shape)

    return outer, key_sum, remember


def _step(b, queries, keys, values, log_decay, tokens, name, config):
    """(numerator [B, H, 1, V], denominator [B, H, 1, 1] or None)."""
    num_heads, head_width = config.num_heads, config.width // config.num_heads
    outer, key_sum, remember = _memory(b, name, config)
    query = reshape(b, queries, -1, num_heads, 1, head_width)
    key = reshape(b, keys, -1, num_heads, head_width, 1)
    value = reshape(b, values, -1, num_heads, 1, head_width)
    if log_decay is not None:
        decay = reshape(b, b.node("Exp", log_decay), -1, num_heads, 1, 1)
        outer = b.node("Mul", outer, decay)
    outer = b.node("Add", outer, b.node("Mul", key, value))
    denominator = None
    if key_sum is not None:
        if log_decay is not None:
            key_sum = b.node("Mul", key_sum, reshape(b, decay, -1, num_heads, 1))
        key_sum = b.node("Add", key_sum, reshape(b, key, -1, num_heads, head_width))
        denominator = b.node("MatMul", query, b.node("Unsqueeze", key_sum, np.array([3])))
    remember(outer, key_sum)
    return b.node("MatMul", query, outer), denominator


def _piece(b, queries, keys, values, log_decay, tokens, name, config):
    """(numerator [B, H, T, V], denominator [B, H, T, 1] or None)."""
    outer, key_sum, remember = _memory(b, name, config)
    queries, values = _heads(b, queries, config), _heads(b, values, config)
    keys = _heads(b, b.node("Mul", keys, tokens.real), config)  # what padding says is not kept
    total = None
    if log_decay is not None:
        counted = b.node("Mul", log_decay, tokens.real)  # [B, T, H]
        summed = b.node("MatMul", tokens.lower, counted)
        by_head = b.node("Unsqueeze", b.node("Transpose", summed, perm=[0, 2, 1]), np.array([3]))  # B H T 1
        queries = b.node("Mul", queries, b.node("Exp", by_head))
        keys = b.node("Mul", keys, b.node("Exp", b.node("Neg", by_head)))
        last = b.node("Gather", by_head, np.array([-1]), axis=2)  # [B, H, 1, 1]
        total = b.node("Exp", last)
    keys_by_channel = b.node("Transpose", keys, perm=[0, 1, 3, 2])  # [B, H, K, T]
    scores = b.node("Mul", b.node("MatMul", queries, keys_by_channel), tokens.lower)
    numerator = b.node("Add", b.node("MatMul", scores, values), b.node("MatMul", queries, outer))
    outer = b.node("Add", outer, b.node("MatMul", keys_by_channel, values))
    denominator = None
    if key_sum is not None:
        column = b.node("Unsqueeze", key_sum, np.array([3]))
        here = b.node("ReduceSum", scores, np.array([3]), keepdims=1)
        denominator = b.node("Add", here, b.node("MatMul", queries, column))
        key_sum = b.node("Add", key_sum, b.node("ReduceSum", keys, np.array([2]), keepdims=0))
    if total is not None:
        outer = b.node("Mul", outer, total)
        if key_sum is not None:
            key_sum = b.node("Mul", key_sum, b.node("Squeeze", total, np.array([3])))
    remember(outer, key_sum)
    return numerator, denominator


def _heads(b, x, config):
    """[B, T, D] to [B, H, T, K]."""
    split_heads = reshape(b, x, 0, 0, config.num_heads, config.width // config.num_heads)
    return b.node("Transpose", split_heads, perm=[0, 2, 1, 3])
