"""`mof.ops.short_convolution` in the graphs: one filter a channel over the last J tokens.

Its memory is the inputs of the J - 1 tokens before, [B, J - 1, D], oldest first; zeros stand where there were
none.
"""

import numpy as np


def convolve(b, x, tokens, name, weight, config):
    """x [B, D] or [B, T, D] through the filters.

    Args:
        b: GraphBuilder. tokens: StepTokens or PieceTokens.
        name: of the memory. weight: name of the filters, [J, D].
        config: ModelConfig.
    """
    num_taps, width = config.convolution_length, config.width
    kernel = b.weight(weight, num_taps, width)
    if num_taps == 1:
        return b.node("Mul", x, _rows(b, kernel, 0, 1))
    past = b.before(f"{name}/inputs", num_taps - 1, width)
    new = b.node("Unsqueeze", x, np.array([1])) if tokens.is_step else x
    line = b.node("Concat", past, new, axis=1)  # [B, J - 1 + T, D]
    if tokens.is_step:
        backwards = b.node("Slice", kernel, np.array([-1]), np.array([-num_taps - 1]), np.array([0]),
                           np.array([-1]))  # fmt: skip
        y = b.node("ReduceSum", b.node("Mul", line, backwards), np.array([1]), keepdims=0)
        kept = _times(b, line, 1, num_taps)
    else:
        y = None
        for j in range(num_taps):  # the token j places before, which line holds J - 1 - j places on
            end = -j if j else np.iinfo(np.int64).max
            term = b.node("Mul", _times(b, line, num_taps - 1 - j, end), _rows(b, kernel, j, j + 1))
            y = term if y is None else b.node("Add", y, term)
        kept = b.node("GatherND", line, tokens.kept_places(num_taps - 1), batch_dims=1)
    b.after(f"{name}/inputs", kept, num_taps - 1, width)
    return y


def _rows(b, kernel, start, end):
    return b.node("Slice", kernel, np.array([start]), np.array([end]), np.array([0]))


def _times(b, line, start, end):
    return b.node("Slice", line, np.array([start]), np.array([end]), np.array([1]))
