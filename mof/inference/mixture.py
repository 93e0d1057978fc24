"""`mof.model` as two ONNX graphs, written from a ModelConfig alone.

    step     one token of each row: token_ids [B]
    piece    T tokens of each row, at most 64, of which the first counts[b] of row b are real:
             token_ids [B, T], counts [B]

Both take the memory as inputs before/NAME, and give out logits [B, W] for the token after each row's last and
the memory as outputs after/NAME. Names are those of the model's own state, less what follows from the number
of tokens read.
"""

from mof.inference.elementwise import at_last_token, normalize, split
from mof.inference.graph_builder import AFTER, GraphBuilder
from mof.inference.products import embed, head, project
from mof.inference.recurrence import recur
from mof.inference.recurrent_expert import recurrent_expert
from mof.inference.tokens import NUM_TOKENS, PieceTokens, StepTokens
from mof.inference.transformer_expert import transformer_expert

LOGITS = "logits"
EXPERTS = {"recurrent": recurrent_expert, "transformer": transformer_expert}
TOKENS = {"step": StepTokens, "piece": PieceTokens}


def why_not(config):
    """Why a config has no graphs: a sentence, or None where it has."""
    if config.window:
        return f"its attention sees a window of {config.window} tokens, which the graphs do not hold yet"
    return None


def make_graph(config, places, form, source="the weights file"):
    """One of the two graphs.

    Args:
        config: ModelConfig.
        places: dict of TensorPlace by name: the weights.
        form: "step" or "piece".
        source: what the weights are called in messages.

    Returns:
        onnx.ModelProto.

    Raises:
        GraphError: the weights do not fit the config.
        ValueError: for a config without graphs; see `why_not`.
    """
    reason = why_not(config)
    if reason:
        raise ValueError(f"this model has no ONNX graph: {reason}. Use --engine tensorflow.")
    b = GraphBuilder(places, source)
    tokens = TOKENS[form](b)
    x = embed(b, tokens.token_ids, config)
    outputs = []
    for i, kind in enumerate(config.experts):
        y = EXPERTS[kind](b, x, tokens, config, f"expert_{i}")
        outputs.append(y if tokens.is_step else at_last_token(b, y, tokens))
    mixed = _mix(b, outputs, _route_weights(b, x, tokens, config), config.width)
    width = config.width
    hidden = project(b, mixed, "mof/output_projection/kernel", width, width)
    hidden = normalize(b, hidden, width, b.weight("mof/output_norm/scale", width))
    b.output(LOGITS, head(b, hidden, config), "float32", ["B", config.vocabulary_size])
    b.output(f"{AFTER}{NUM_TOKENS}", tokens.num_after, "int64", ["B"])
    return b.model(f"mof_{form}")


def _route_weights(b, x, tokens, config):
    """List of [B, 1], the experts' shares at each row's last token; [None] where there is one expert."""
    num_experts, narrow = len(config.experts), config.router_width
    if num_experts == 1:
        return [None]
    read = project(b, x, "mof/router/narrow/kernel", config.width, narrow)
    weights = "mof/router/recurrence"
    hidden = recur(b, read, tokens, config.router_recurrence, "router", weights, narrow, narrow, False)
    if not tokens.is_step:
        hidden = at_last_token(b, hidden, tokens)
    hidden = normalize(b, hidden, narrow, b.weight("mof/router/norm/scale", narrow))
    logits = project(b, hidden, "mof/router/choose/kernel", narrow, num_experts)
    logits = b.node("Add", logits, b.weight("mof/router/choose/bias", num_experts))
    shares = b.node("Softmax", b.node("Div", logits, config.router_temperature), axis=-1)
    return split(b, shares, [1] * num_experts)


def _mix(b, outputs, route_weights, width):
    mixed = None
    for i, (y, share) in enumerate(zip(outputs, route_weights, strict=True)):
        term = normalize(b, y, width, b.weight(f"mof/expert_norm_{i}/scale", width))
        if share is not None:
            term = b.node("Mul", term, share)
        mixed = term if mixed is None else b.node("Add", mixed, term)
    return mixed
