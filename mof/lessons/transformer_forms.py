"""Forms of the Transformer expert: deep and narrow beside shallow and wide, with as many parameters; and ways
to tell it the order of the tokens. Chapter 07.

The chapter trains three of them for less than half a minute each; `benchmarks/transformer_shapes.py` and
`benchmarks/position_forms.py` train all of them for two minutes each, with three seeds.
"""

import math

from mof.machine.parameter_counts import num_parameters
from mof.presets import preset

ALONE = {"experts": ("transformer",)}  # no other part can make up for it
DEPTHS = (1, 2, 4, 8, 16)
SHAPES = tuple(f"{depth} block{'s' if depth > 1 else ''}" for depth in DEPTHS)
MOST_HEADS = 64
FEED_FORWARD_STEP = 8  # numbers; keeps the products' edges even

NEITHER = {"convolution_length": 1, "attention_decay": "none"}
OURS = "convolution and decay (ours)"
ORDERS = {
    OURS: {},
    "decay alone": {"convolution_length": 1},
    "convolution alone": {"attention_decay": "none"},
    "neither": NEITHER,
    "neither, but a table": {**NEITHER, "position": "learned"},
    "neither, but sines": {**NEITHER, "position": "sinusoidal"},
}


def equal_shape(config, num_layers):
    """A shape of that depth with the parameters of another, as nearly as its steps allow.

    Heads keep their width, and the thought space half of the model's. The width is the one at which the
    feed-forward layer, which takes up the rest, keeps its ratio to the width best.

    Args:
        config: ModelConfig to be equal to; its vocabulary counts.
        num_layers: blocks of the Transformer expert.

    Returns:
        dict of ModelConfig fields to change.

    Raises:
        ValueError: no such shape has as few parameters.
    """
    wanted, head_width = num_parameters(config), config.width // config.num_heads
    ratio = config.feed_forward_width / config.width
    found = []
    for num_heads in range(1, MOST_HEADS + 1):
        width = num_heads * head_width
        shape = {
            "transformer_layers": num_layers,
            "num_heads": num_heads,
            "width": width,
            "thought_width": width // 2 if config.thought_width else 0,
        }
        step = 2 * width * num_layers * FEED_FORWARD_STEP  # parameters
        bare = config.replace(**shape, feed_forward_width=FEED_FORWARD_STEP)
        more = round((wanted - num_parameters(bare)) / step)
        if more >= 0:
            inner = FEED_FORWARD_STEP * (1 + more)
            found.append((abs(math.log(inner / width / ratio)), {**shape, "feed_forward_width": inner}))
    if not found:
        raise ValueError(
            f"no shape of {num_layers} blocks has only {wanted:,} parameters: take fewer blocks."
        )
    return min(found, key=lambda pair: pair[0])[1]


def shape_settings(form, size="tiny"):
    """The ModelConfig fields to change for one Transformer expert alone, of that depth.

    Args:
        form: a name in SHAPES. size: of the preset whose parameters it has; see `mof.presets`.

    Raises:
        ValueError: for another name.
    """
    if form not in SHAPES:
        raise ValueError(f"form is {form!r}, expected one of {SHAPES}.")
    config = preset(size).model.replace(**ALONE)
    return {**ALONE, **equal_shape(config, DEPTHS[SHAPES.index(form)])}


def order_settings(form):
    """The ModelConfig fields to change for one Transformer expert alone that is told the order in that way.

    Args:
        form: a name in ORDERS.

    Raises:
        ValueError: for another name.
    """
    if form not in ORDERS:
        raise ValueError(f"form is {form!r}, expected one of {tuple(ORDERS)}.")
    return {**ALONE, **ORDERS[form]}
