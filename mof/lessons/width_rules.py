"""One shape at several widths, and rules for the step sizes of a wider model. Chapter 17.

The shape is that of `nano`, every width in it in proportion; depth, heads, vocabulary and router stay. The
rules differ in the embedding alone, which is head too. All other step sizes are the same at every width:
those of Muon's matrices because its directions are scaled by their shapes already (`muon_direction`), those
of norms and biases because each of their numbers meets one channel.

Why the embedding: AdamW moves each of its numbers by about one step, whatever the width. A logit is a product
of D numbers of a token's vector with the D of the hidden state, which stay near 1. Where the steps follow the
hidden state, as gradients do, the logit moves by D steps. Source of the thought, and of the check in
`coordinate_check`: Yang et al. 2022, "Tensor Programs V" (arXiv 2203.03466), in the README of their package
mup; what it makes of a shared embedding is reported.
"""

from mof.inference.products import EMBEDDING
from mof.presets import preset

PRESET = "nano"
BASE_WIDTH = preset(PRESET).model.width  # at which all rules are the same
WIDTHS = (32, 64, 128, 256)
_IN_PROPORTION = ("width", "recurrent_width", "feed_forward_width", "thought_width")
ONE_STEP = "one step for all"
BY_ROOT = "embedding by root"
BY_WIDTH = "embedding by width"
POWERS = {ONE_STEP: 0.0, BY_ROOT: 0.5, BY_WIDTH: 1.0}  # of (base width / width), times the embedding's step


def shape_at(width):
    """ModelConfig fields that make the preset as wide as asked.

    Args:
        width: D, a multiple of 4.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(width, int) or width < 4 or width % 4:
        raise ValueError(f"width is {width!r}, expected a multiple of 4 heads, such as {BASE_WIDTH}.")
    model = preset(PRESET).model
    return {name: getattr(model, name) * width // BASE_WIDTH for name in _IN_PROPORTION}


def with_rule(plans, rule, width):
    """The plans of a model's parameters, with the rule's share of the embedding's step.

    Args:
        plans: list of ParameterPlan. rule: one of POWERS. width: D of the model.

    Raises:
        ValueError: there is no such rule, or no embedding.
    """
    if rule not in POWERS:
        raise ValueError(f"rule is {rule!r}, expected one of {tuple(POWERS)}.")
    if not any(plan.path == EMBEDDING for plan in plans):
        raise ValueError(f"no parameter is called {EMBEDDING}: the rules are for a MixtureLanguageModel.")
    share = (BASE_WIDTH / width) ** POWERS[rule]
    return [plan._replace(step_share=share) if plan.path == EMBEDDING else plan for plan in plans]
