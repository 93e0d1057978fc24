"""How many numbers a model trains, counted from its config; and how many bytes they take in training.

Letters as in `mof.machine.product_counts`. Every matrix of a product with weights is there, and beside it
vectors: norms, filters of the short convolutions, biases of gates. Book: chapter 01.
"""

from mof.machine.product_counts import model_products

FLOAT32_BYTES = 4


def num_matrix_parameters(config):
    """Numbers in the matrices that Muon trains."""
    return sum(int(p.num_inputs) * sum(p.weight_parts) * p.count for p in model_products(config))


def num_other_parameters(config):
    """Numbers in the embedding, the vectors and the recurrent matrices of a true GRU, which AdamW trains."""
    width, kinds = config.width, config.experts
    total = config.vocabulary_size * width
    total += len(kinds) * width + width  # the experts' norms, the output's norm
    for kind in kinds:
        total += _recurrent(config) if kind == "recurrent" else _transformer(config)
    if len(kinds) > 1:
        hidden = config.router_width
        total += hidden + len(kinds) + _recurrence(config.router_recurrence, hidden)
    return total


def num_parameters(config):
    """Numbers that training changes: `MixtureLanguageModel.num_parameters` without making the model.

    Args:
        config: ModelConfig.

    Returns:
        int.
    """
    return num_matrix_parameters(config) + num_other_parameters(config)


def training_state_bytes(config, optimizer="muon"):
    """Bytes of weights, optimiser, gradient sums and one set of gradients, all float32.

    Muon keeps one number beside each weight, AdamW two.
    """
    matrices, others = num_matrix_parameters(config), num_other_parameters(config)
    slots = (matrices if optimizer == "muon" else 2 * matrices) + 2 * others
    return FLOAT32_BYTES * (3 * (matrices + others) + slots)


def checkpoint_bytes(config, optimizer="muon"):
    """Bytes of one checkpoint: weights and optimiser; the memories it carries are small beside them."""
    matrices, others = num_matrix_parameters(config), num_other_parameters(config)
    slots = (matrices if optimizer == "muon" else 2 * matrices) + 2 * others
    return FLOAT32_BYTES * (matrices + others + slots)


def _recurrence(kind, hidden):
    return 3 * hidden * hidden + 6 * hidden if kind == "gru" else hidden


def _recurrent(config):
    width, layers = config.width, config.recurrent_layers
    filters = config.convolution_length * width
    total = layers * (width + filters + _recurrence(config.recurrence, config.recurrent_width))
    if 0.0 < config.embedding_residual < 1.0:
        total += layers - 1  # one share for each layer after the first
    return total


def _transformer(config):
    width = config.width
    each = 2 * width + config.convolution_length * width
    each += config.num_heads if config.attention_decay in ("learned", "input") else 0
    each += 1 if config.thought_width else 0
    positions = {"none": 0, "sinusoidal": 1, "learned": config.num_positions * width}[config.position]
    return config.transformer_layers * each + positions
