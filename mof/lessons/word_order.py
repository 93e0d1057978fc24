"""Does a reader at the end of a sentence notice that two words have changed places? Chapter 07.

Asked of a Transformer expert that has learned nothing: what its construction cannot tell, no training will.
"""

import numpy as np
from keras import ops

from mof.model import make_expert
from mof.presets import preset

NUM_TOKENS, NUM_DRAWS = 4, 32  # three words and the mark at the end; sets of random words


def order_gap(num_layers=1, position="none", size="nano", seed=0, **changes):
    """How much the last output changes when the first and the third of four tokens change places.

    Args:
        num_layers: blocks. position: "none", "learned" or "sinusoidal". size: of the preset.
        seed: of the weights and of the tokens, random vectors of standard deviation 1.
        changes: more ModelConfig fields.

    Returns:
        float: root mean square of the change by that of the output itself; 0 where the order is not seen.
    """
    config = preset(size).model.replace(transformer_layers=num_layers, position=position, **changes)
    expert = make_expert("transformer", config, seed)
    expert.build((None, None, config.width))
    tokens = np.random.default_rng(seed).normal(size=(NUM_DRAWS, NUM_TOKENS, config.width)).astype("float32")
    one, other = (ops.convert_to_numpy(expert(x)[0])[:, -1] for x in (tokens, tokens[:, [2, 1, 0, 3]]))
    return float(np.sqrt(np.square(other - one).mean() / np.square(one).mean()))
