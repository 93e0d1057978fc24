"""What a model does besides products: numbers moved between them, and numbers kept for the gradient.

Each fused piece (`mof.ops.fusion`) reads its inputs once and writes its outputs once. Backward it reads
inputs and the slopes of its outputs, and writes the slopes of its inputs. So a piece with a inputs and b
outputs a token moves

    forward  a + b        backward  a + b + a        (and a + b once more where it is computed again)

numbers. Few operations are done on each, so the memory's speed decides, not the arithmetic's. What is kept
for the gradient: the outputs of every piece and product, or, with `recompute`, what goes into each of them.
The counts leave out casts and what TensorFlow copies; `mof.machine.cost_model` weighs them against measured
steps. Letters as in `mof.machine.product_counts`. Book: chapter 11.
"""

from typing import NamedTuple

from mof.machine.product_counts import NEWTON_SCHULZ_STEPS

FLOAT32_BYTES = 4
ADAMW_NUMBERS = 8  # reads weight, sum, mean, square; writes weight, mean, square, and zero to the sum
MUON_NUMBERS = 6 + 4 * NEWTON_SCHULZ_STEPS  # weight, sum, mean, read and written; each step reads 3, writes 1
SUM_NUMBERS = 3  # a batch's gradient added to the sum: two read, one written


class Piece(NamedTuple):
    """A fused piece: numbers it reads and writes for each token, and how often it stands in the model."""

    part: str
    num_inputs: float
    num_outputs: float
    count: int = 1

    def moved(self, is_repeated):
        """Numbers moved a token, forward and backward, of all `count` pieces."""
        forward = self.num_inputs + self.num_outputs
        return self.count * (forward * (2 if is_repeated else 1) + forward + self.num_inputs)


def model_pieces(config):
    """Every element-wise piece of a model: a list of Piece.

    Args:
        config: ModelConfig.
    """
    width, pieces = config.width, []
    for kind in config.experts:
        pieces += _recurrent(config) if kind == "recurrent" else _transformer(config)
    num_experts = len(config.experts)
    if num_experts > 1:
        pieces.append(Piece("router", 8 * config.router_width, 4 * config.router_width))
    pieces.append(Piece("mixture", num_experts * width, width))
    pieces.append(Piece("embedding and last norm", 2 * width, 2 * width))
    return pieces


def moved_bytes(config):
    """Bytes that element-wise work moves for a token in training; the loss moves its logits twice."""
    numbers = sum(piece.moved(config.recompute) for piece in model_pieces(config))
    return FLOAT32_BYTES * (numbers + 2 * config.vocabulary_size)


def update_bytes(num_muon, num_adamw, num_batches):
    """Bytes that one update moves.

    Args:
        num_muon, num_adamw: numbers that either trains. num_batches: batches summed for the update.
    """
    sums = SUM_NUMBERS * num_batches * (num_muon + num_adamw)
    return FLOAT32_BYTES * (MUON_NUMBERS * num_muon + ADAMW_NUMBERS * num_adamw + sums)


def kept_bytes(config):
    """Bytes kept for the gradient of one token, between forward and backward."""
    width, product_bytes = config.width, 2 if config.product_dtype == "bfloat16" else FLOAT32_BYTES
    total = config.vocabulary_size * product_bytes  # the slopes of the logits, made in the forward pass
    total += FLOAT32_BYTES * (len(config.experts) + 3) * width  # embedded, experts' outputs, mixed, hidden
    for kind in config.experts:
        recurrent = kind == "recurrent"
        layers = config.recurrent_layers if recurrent else config.transformer_layers
        if config.recompute:
            streams, projected = _recomputed_inputs(config, recurrent)
            total += layers * (FLOAT32_BYTES * streams + product_bytes * projected)
        else:
            pieces = _recurrent(config) if recurrent else _transformer(config)
            outputs = sum(piece.num_outputs * piece.count for piece in pieces)
            _, projected = _recomputed_inputs(config, recurrent)
            total += FLOAT32_BYTES * outputs + product_bytes * layers * projected
    return total


def _recurrent_parts(config):
    return (3 if config.recurrence == "gru" else 2) + int(config.recurrent_output_gate)


def _recomputed_inputs(config, recurrent):
    """Numbers a layer keeps in any case: of the residual stream, and behind its first products."""
    width = config.width
    if recurrent:
        return 2 * width, _recurrent_parts(config) * config.recurrent_width
    inner = (3 + int(config.attention_output_gate)) * width + config.num_heads
    return 3 * width, inner + config.thought_width + config.feed_forward_width


def _recurrent(config):
    width, hidden, layers = config.width, config.recurrent_width, config.recurrent_layers
    gate = hidden if config.recurrent_output_gate else 0
    return [
        Piece("recurrent: embedding residual", 2 * width, width, layers - 1),
        Piece("recurrent: norm and convolution", width, width, layers),
        Piece("recurrent: gates", 2 * hidden, 2 * hidden, layers),
        Piece("recurrent: over time", 2 * hidden, hidden, layers),
        Piece("recurrent: output gate", hidden + gate, hidden, layers),
        Piece("recurrent: residual", 2 * width, width, layers),
    ]


def _transformer(config):
    width, layers = config.width, config.transformer_layers
    gate = width if config.attention_output_gate else 0
    scores = config.num_heads * config.chunk_length
    pieces = [
        Piece("attention: norm and convolution", width, width, layers),
        Piece("attention: features and decay", 3 * width + gate, 5 * width + gate, layers),
        Piece("attention: what is visible", scores, scores, layers),
        Piece("attention: normaliser and gate", 2 * width + gate, width, layers),
        Piece("attention: residual", 2 * width, width, layers),
    ]
    if config.thought_width:
        inner, chunk = config.thought_width, config.chunk_length
        pieces += [
            Piece("thought space: norm", width, width, layers),
            Piece("thought space: mean", 2 * width + chunk, width + chunk, layers),
            Piece("thought space: activation", inner, inner, layers),
            Piece("thought space: residual", 2 * width, width, layers),
        ]
    inner = config.feed_forward_width
    return pieces + [
        Piece("feed-forward: norm", width, width, layers),
        Piece("feed-forward: activation", inner, inner, layers),
        Piece("feed-forward: residual", 2 * width, width, layers),
    ]
