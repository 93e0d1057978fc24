"""Numbers that every form of the model shares, also those that run without Keras (`mof.inference`).

The attention's own stand beside its definition and its layer as well, which are the code of stored records;
a test holds both copies together.
"""

import numpy as np

NORM_EPSILON = 1e-6  # far below the mean square of any activation met in training
DENOMINATOR_EPSILON = 1e-6  # see `mof.ops.linear_attention`
LONGEST_PERIOD = 10_000.0  # tokens, of the sines of positions; Vaswani et al. 2017
SHORTEST_SPAN_TOKENS, LONGEST_SPAN_TOKENS = 8.0, 2048.0  # see `mof.layers.linear_attention`


def first_decay_rates(num_heads):
    """[H] float32 logits of the heads' forgetting at the start: sigmoid of one is 1 / span, the spans evenly
    spaced in the logarithm."""
    spans = np.geomspace(SHORTEST_SPAN_TOKENS, LONGEST_SPAN_TOKENS, num_heads)
    return -np.log(spans - 1.0).astype("float32")


def sinusoid_frequencies(width):
    """[D / 2] float32 radians per token: periods from 2 pi to 2 pi * 10,000 tokens."""
    return LONGEST_PERIOD ** (-np.arange(width // 2, dtype="float32") / max(width // 2 - 1, 1))
