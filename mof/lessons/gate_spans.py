"""How long a trained RNN expert can remember, read off its gates. Chapter 04.

What a unit holds is multiplied at each token by what the token retains, a. A unit that always met the same a
would keep half of it for ln(1/2) / ln(a) tokens: its half-life. Over a text the factors multiply, so their
logarithms are averaged: the half-life of the mean logarithm.
"""

import numpy as np

SMALLEST = float(np.finfo("float32").tiny)  # a wide open gate keeps nothing: a half-life of almost 0 tokens
LARGEST = 1.0 - 2.0**-24  # between this and 1 float32 has no number: half-lives end at 11.6 million tokens


def read_gates(model, tokenizer, text):
    """What each unit of each recurrent layer retains at each token of a text.

    Args:
        model: MixtureLanguageModel with an RNN expert of minimal GRUs. tokenizer: its Tokenizer.
        text: str, one document.

    Returns:
        (retain [L, T, R] float64, tokens): the token before the text, which starts the document, is "·".

    Raises:
        ValueError: the model has no such expert.
    """
    from keras import ops

    from mof.corpus.conversation import encode_document
    from mof.layers.gated_recurrence import read_minimal_gru

    expert = find_recurrent_expert(model)
    if expert.recurrence != "minimal_gru":
        raise ValueError(
            f"the RNN expert's recurrence is {expert.recurrence!r}, expected 'minimal_gru': the gates of a "
            "GRU look at the state as well, and have no half-life of their own."
        )
    ids = encode_document(text, tokenizer)
    x = embedded = model.embed(ops.convert_to_tensor(ids[None]))
    state, retained = expert.initial_state(1), []
    for i in range(expert.num_layers):
        layer, before = expert.recurrences[i], state[f"layer_{i}"]
        projected, _ = expert.convolutions[i](
            expert.residuals[i](x, embedded),
            before["convolution"],
            norm=expert.norms[i],
            projection=layer.inputs,
        )
        retain, *_ = read_minimal_gru(projected, layer.gate_bias.value, layer.output_gate)
        retained.append(ops.convert_to_numpy(retain)[0])
        x = x + layer(projected, before["recurrence"], is_projected=True)[0]
    tokens = [tokenizer.decode([token_id]) or "·" for token_id in ids]
    return np.stack(retained).astype("float64"), tokens


def find_recurrent_expert(model):
    """The first RNN expert of a model.

    Raises:
        ValueError: there is none.
    """
    from mof.experts.recurrent_expert import RecurrentExpert

    for expert in model.experts:
        if isinstance(expert, RecurrentExpert):
            return expert
    kinds = [type(expert).__name__ for expert in model.experts]
    raise ValueError(f"the model's experts are {kinds}, expected a RecurrentExpert among them.")


def half_lives(retain):
    """Tokens after which half is left, where every token retains this much.

    Args:
        retain: array of shares, from 0 to 1.

    Returns:
        float64 array of the same shape.
    """
    return np.log(0.5) / np.log(np.clip(np.asarray(retain, dtype="float64"), SMALLEST, LARGEST))


def mean_half_lives(retain):
    """Half-lives over a text: of the mean logarithm of what its tokens retain.

    Args:
        retain: [..., T, R], from 0 to 1.

    Returns:
        float64 [..., R], tokens.
    """
    logarithms = np.log(np.clip(np.asarray(retain, dtype="float64"), SMALLEST, LARGEST))
    return np.log(0.5) / logarithms.mean(axis=-2)


def resting_half_lives(layer):
    """The half-lives of a minimal GRU's units at a token whose logits are 0, so that the bias alone decides:
    [R] float64, tokens."""
    from keras import ops

    bias = ops.convert_to_numpy(layer.gate_bias.value).astype("float64")
    return half_lives(1.0 / (1.0 + np.exp(bias)))


def embedding_shares(model):
    """q of each layer of the RNN expert: how much of its input is the embedding.

    Returns:
        list of floats.
    """
    from keras import ops

    residuals = find_recurrent_expert(model).residuals
    return [float(ops.convert_to_numpy(residual.share())) for residual in residuals]
