"""Three probes for somebody else's model code: who sees whom, are outputs told apart, what has an effect.
Chapter 09.

The first is that of `mof.lessons.leaks`. All take a function of one text, so that a layer, an expert and a
whole model are probed alike.
"""

import numpy as np
from keras import ops


def on_single_text(layer):
    """A layer on batches as a function of one text.

    Args:
        layer: from [1, T, ...] to [1, T, R]; or to [1, R], one result for the whole text, which then stands
            at every position, as it is used.

    Returns:
        Function from an array or tensor [T, ...] to a tensor [T, R].
    """

    def read(x):
        x = ops.convert_to_tensor(x)
        y = layer(x[None])
        return y[0] if len(y.shape) == 3 else ops.repeat(y, x.shape[0], axis=0)

    return read


def spread(outputs):
    """How much outputs differ from position to position, as a share of how much their numbers differ.

    Args:
        outputs: [T, R] array or tensor.

    Returns:
        float: 0 where all positions have one vector, about 1 for random numbers.
    """
    outputs = ops.convert_to_numpy(outputs).astype("float64")
    return float(outputs.std(axis=0).max() / outputs.std(axis=1).max())


def change(before, after):
    """The largest difference of two outputs, as a share of the largest number: a float."""
    before, after = (ops.convert_to_numpy(y).astype("float64") for y in (before, after))
    return float(np.abs(after - before).max() / np.abs(before).max())


def effect_by_position(read, weight, seed=0):
    """How far outputs move at each position when a weight is replaced by noise; it is put back afterwards.

    Args:
        read: function without arguments, to outputs [T, R].
        weight: Keras variable. seed: of the noise, which has the weight's own size.

    Returns:
        [T] float64: the largest change at each position.
    """
    before, kept = ops.convert_to_numpy(read()).astype("float64"), ops.convert_to_numpy(weight)
    noise = np.random.default_rng(seed).normal(size=kept.shape) * (float(kept.std()) or 1.0)
    weight.assign(noise.astype("float32"))
    try:
        after = ops.convert_to_numpy(read()).astype("float64")
    finally:
        weight.assign(kept)
    return np.abs(after - before).max(axis=-1)


def spreads_by_block(blocks, x):
    """`spread` of what comes in, and behind each block.

    Args:
        blocks: functions from [1, T, D] to [1, T, D]. x: [T, D] array.

    Returns:
        (list of floats, one more than blocks; the last output [T, D]).
    """
    x = ops.convert_to_tensor(x)[None]
    found = [spread(x[0])]
    for block in blocks:
        x = block(x)
        found.append(spread(x[0]))
    return found, x[0]
