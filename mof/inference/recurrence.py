"""The two recurrences (`mof.layers.gated_recurrence`) in the graphs; their memory is "hidden" [B, R].

The piece runs them token by token in a loop of the graph: a log-depth scan touches six times the memory, and
the loop's own cost is small beside the products.
"""

from mof.inference.elementwise import silu, split
from mof.inference.products import project

NUM_INPUT_PARTS = {"minimal_gru": 2, "gru": 3}


def recur(b, x, tokens, kind, name, weights, width, hidden_width, output_gate):
    """Input projection, recurrence, output gate, output projection.

    Args:
        b: GraphBuilder. x: [B, D] or [B, T, D]. tokens: StepTokens or PieceTokens.
        kind: "minimal_gru" or "gru".
        name: of the memory. weights: path of the layer's weights.
        width: D. hidden_width: R. output_gate: whether there is one.

    Returns:
        [B, D] or [B, T, D].
    """
    num_read = NUM_INPUT_PARTS[kind]
    num_parts = num_read + int(output_gate)
    projected = project(b, x, f"{weights}/inputs/kernel", width, num_parts * hidden_width)
    before = b.before(f"{name}/hidden", hidden_width)
    if kind == "minimal_gru":
        parts = split(b, projected, [hidden_width] * num_parts)
        y, after = _minimal_gru(b, parts[0], parts[1], tokens, weights, hidden_width, before)
        gate = parts[-1]
    else:
        read, *gates = split(b, projected, [num_read * hidden_width] + [hidden_width] * int(output_gate))
        y, after = _gru(b, read, tokens, weights, hidden_width, before)
        gate = gates[0] if gates else None
    b.after(f"{name}/hidden", after, hidden_width)
    if output_gate:
        y = b.node("Mul", y, silu(b, gate))
    return project(b, y, f"{weights}/outputs/kernel", hidden_width, width)


def _minimal_gru(b, gate_logits, candidate, tokens, weights, hidden_width, hidden):
    logits = b.node("Add", gate_logits, b.weight(f"{weights}/gate_bias", hidden_width))
    retain = b.node("Sigmoid", b.node("Neg", logits))  # exact where the update's share rounds to 1
    update = b.node("Mul", b.node("Sigmoid", logits), candidate)
    if tokens.is_step:
        hidden = b.node("Add", b.node("Mul", retain, hidden), update)
        return hidden, hidden
    retain = b.node("Add", b.node("Mul", retain, tokens.real), tokens.padding)
    update = b.node("Mul", update, tokens.real)

    def advance(body, state, inputs):
        return body.node("Add", body.node("Mul", inputs[0], state), inputs[1])

    return b.scan(advance, hidden, [retain, update])


def _gru(b, read, tokens, weights, hidden_width, hidden):
    num_columns = 3 * hidden_width
    inputs = b.node("Add", read, b.weight(f"{weights}/input_bias", num_columns))
    bias = b.weight(f"{weights}/recurrent_bias", num_columns)

    def cell(body, state, inputs_t):
        product = project(body, state, f"{weights}/recurrent_kernel", hidden_width, num_columns)
        recurrent = split(body, body.node("Add", product, bias), [hidden_width] * 3)
        parts = split(body, inputs_t, [hidden_width] * 3)
        z = body.node("Sigmoid", body.node("Add", parts[0], recurrent[0]))
        r = body.node("Sigmoid", body.node("Add", parts[1], recurrent[1]))
        n = body.node("Tanh", body.node("Add", parts[2], body.node("Mul", r, recurrent[2])))
        return body.node("Add", body.node("Mul", z, state), body.node("Mul", body.node("Sub", 1.0, z), n))

    if tokens.is_step:
        hidden = cell(b, hidden, inputs)
        return hidden, hidden

    def advance(body, state, inputs_t):
        is_real = body.cast(inputs_t[1], "bool")  # [B, 1]
        return body.node("Where", is_real, cell(body, state, inputs_t[0]), state)

    return b.scan(advance, hidden, [inputs, tokens.real])
