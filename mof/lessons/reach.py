"""How far back a Transformer expert with a window can see: counted from its shape, and measured by the
gradient. Chapter 07.

A layer whose memory of token t covers (t - window, t] adds window - 1 tokens to what the one below it sees.
So does a thought space with a window; a convolution adds its length, less one.
"""

import numpy as np
from keras import ops

from mof.lessons.gradients import outputs_and_gradients
from mof.model import make_expert
from mof.presets import preset


def reach_by_part(config):
    """Tokens by which each part of a block lengthens the view, in the order of the block.

    Args:
        config: ModelConfig with a window.

    Returns:
        dict from "convolution", "attention" and, where there is one, "thought space" to a number of tokens.

    Raises:
        ValueError: without a window; then every token of the past is in sight.
    """
    if not config.window:
        raise ValueError("window is 0: every token of the past is in sight, and there is nothing to count.")
    parts = {"convolution": config.convolution_length - 1, "attention": config.window - 1}
    if config.thought_width:
        parts["thought space"] = config.window - 1
    return parts


def field_of_view(config):
    """The receptive field of a Transformer expert: tokens that the last output can depend on, its own among
    them.

    Args and Raises as `reach_by_part`.

    Returns:
        int.
    """
    return 1 + config.transformer_layers * sum(reach_by_part(config).values())


def influence(config, num_tokens=64, seed=0):
    """How strongly each token moves the last output of an expert that has learned nothing.

    Args:
        config: ModelConfig. num_tokens: T, of random vectors. seed: of weights and vectors.

    Returns:
        [T] float64: the norm of the gradient by each token of a random mixture of the last output's numbers.
        Index 0 is the last token itself, index n the one n tokens before.
    """
    expert = make_expert("transformer", config, seed)
    expert.build((None, None, config.width))
    tokens = np.random.default_rng(seed).normal(size=(num_tokens, config.width)).astype("float32")
    return influence_on_last(lambda x: expert(x[None])[0][0], tokens, seed)


def influence_on_last(function, tokens, seed=0):
    """The same for any function.

    Args:
        function: tensor [T, D] to tensor [T, N]. tokens: [T, D] float32 array. seed: of the mixture.

    Returns:
        [T] float64, as `influence`.
    """
    _, gradient = outputs_and_gradients(lambda x: function(x)[-1], tokens, seed=seed)
    return np.linalg.norm(gradient.astype("float64"), axis=1)[::-1]


def furthest(strengths):
    """Tokens from the last one to the furthest that has any influence, both counted.

    Args:
        strengths: as `influence` gives; exactly 0 where there is none. A decay that is computed from the
            tokens leaves rounding errors beyond the window: measure with another one.

    Returns:
        int, 0 where nothing has.
    """
    return int(np.flatnonzero(strengths)[-1]) + 1 if np.any(strengths) else 0


def cropped_beside_windowed(num_layers, window=6, num_tokens=12, seed=0):
    """What a crop changes: the last `window` tokens read alone, beside a window that moves along.

    Both are the same blocks with the same weights, attention alone: no convolution and no thought space.

    Args:
        num_layers: blocks. window, num_tokens: tokens. seed: of weights and tokens.

    Returns:
        [window] float64: the largest difference at each of the last tokens, the very last one at the end.
    """
    shape = {"convolution_length": 1, "thought_width": 0, "transformer_layers": num_layers}
    config = preset("nano").model.replace(**shape)
    tokens = np.random.default_rng(seed).normal(size=(1, num_tokens, config.width)).astype("float32")
    found = []
    for length, x in ((0, tokens[:, -window:]), (window, tokens)):
        expert = make_expert("transformer", config.replace(window=length), seed)
        expert.build((None, None, config.width))
        found.append(ops.convert_to_numpy(expert(x)[0])[0, -window:].astype("float64"))
    return np.abs(found[0] - found[1]).max(axis=1)


def state_numbers(config):
    """How many numbers one block keeps of the text that it has read, from part to part.

    Args:
        config: ModelConfig.

    Returns:
        dict from the name of each part with a memory to an int.
    """
    expert = make_expert("transformer", config, seed=0)
    expert.build((None, None, config.width))
    state = expert.initial_state(1)["block_0"]
    return {part: sum(int(np.prod(x.shape)) for x in memory.values()) for part, memory in state.items()}
