"""The published form computes what the article prints: equal to independent loops, weight for weight."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import mof.published
from mof.published.attention import LinearMultiHeadAttention, linear_attention_as_printed
from mof.published.mixture import PublishedMixture, pad_at_end
from mof.published.transformer_expert import TransformerExpert
from tests.published.measurements import (
    CLEARLY,
    MODEL_ROUNDING,
    NUM_TOKENS,
    ROUNDING,
    SIZES,
    assign_all,
    on_one,
    random_ids,
    random_vectors,
    relative_change,
    run,
)
from tests.published.naive_mixture import Naive, naive_attention, to_numpy


@pytest.mark.parametrize("num_tokens", [SIZES["trans_window"], NUM_TOKENS])
def test_model_equals_the_naive_loops(model, num_tokens):
    token_ids = random_ids(num_tokens)
    expected = Naive(model).logits(token_ids)
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(on_one(model)(token_ids), expected, atol=MODEL_ROUNDING)


@pytest.mark.parametrize("num_tokens", [1, 7])
def test_attention_equals_the_naive_loop(num_tokens):
    query, key, value = np.random.default_rng(0).uniform(0.1, 2, size=(3, 2, 3, num_tokens, 4))
    actual = to_numpy(linear_attention_as_printed(*(x.astype("float32") for x in (query, key, value))))
    for b in range(2):
        for h in range(3):
            expected = naive_attention(query[b, h], key[b, h], value[b, h])
            np.testing.assert_allclose(actual[b, h], expected, rtol=ROUNDING)


def test_thought_space_equals_the_naive_loop_and_clips_alpha(model):
    layer, x = model.transformer_expert.blocks[0].thought_space, random_vectors()
    for alpha, used in ((0.3, 0.3), (1.7, 1.0), (-0.5, 0.0)):
        layer.alpha.assign(alpha)
        np.testing.assert_allclose(on_one(layer)(x), Naive(model).thought_space(layer, x), atol=ROUNDING)
        context = to_numpy(layer.thought_processor(x.mean(axis=0)[None]))
        np.testing.assert_allclose(on_one(layer)(x), x + used * context, atol=ROUNDING)


def test_front_in_training_equals_the_naive_loop_over_batch_and_time(model):
    token_ids = np.stack([random_ids(seed=0), random_ids(seed=1)])
    front, naive = model.front, Naive(model)
    embedded = to_numpy(front.embedding.embeddings)[token_ids]
    hidden = np.stack([naive.dense(front.dense, naive.gru(front.recurrence, row)) for row in embedded])
    hidden = np.maximum(hidden, 0)
    mean, variance = hidden.mean(axis=(0, 1)), hidden.var(axis=(0, 1))
    scaled = (hidden - mean) / np.sqrt(variance + front.batch_norm.epsilon)
    expected = embedded + scaled * to_numpy(front.batch_norm.gamma) + to_numpy(front.batch_norm.beta)
    in_training = run(front, token_ids, training=True)
    np.testing.assert_allclose(in_training, expected, atol=MODEL_ROUNDING)
    assert relative_change(in_training, run(front, token_ids, training=False)) > CLEARLY


def test_alpha_starts_at_the_published_value(initial_model):
    for block in initial_model.transformer_expert.blocks:
        assert float(block.thought_space.alpha) == pytest.approx(0.3)


def published_num_parameters(
    vocabulary_size, width, recurrent_width, num_blocks, router_width, num_positions
):
    """Parameter count, from the sizes alone."""

    def gru(num_inputs, units):
        return 3 * (num_inputs * units + units * units + 2 * units)

    square = width * width + width
    front = vocabulary_size * width + gru(width, width) + square + 4 * width
    recurrent_expert = gru(width, recurrent_width) + 2 * recurrent_width
    block = 9 * square + 1 + 2 * 2 * width
    transformer_expert = num_positions * width + num_blocks * block + (width + 1) * recurrent_width
    router = gru(width, router_width) + 2 * router_width + (router_width + 1) * 2
    return (
        front
        + recurrent_expert
        + transformer_expert
        + router
        + 3 * 2 * recurrent_width
        + (recurrent_width + 1) * vocabulary_size
    )


def test_parameter_count_is_that_of_the_published_package(model):
    # The first figure was counted in the package itself (xiaothink 1.0.5, vocabulary 8,000).
    assert published_num_parameters(8000, 512, 1400, 23, 128, 4096) == 82_673_953
    sizes = {name: size for name, size in SIZES.items() if name not in ("num_heads", "trans_window")}
    assert model.count_params() == published_num_parameters(**sizes)


def test_config_and_weights_survive_saving(model, tmp_path):
    assert PublishedMixture.from_config(model.get_config()).get_config() == model.get_config()
    block = model.transformer_expert.blocks[0]
    assert type(block).from_config(block.get_config()).get_config() == block.get_config()

    random_weights = [to_numpy(weight) for weight in model.weights]
    model.save_weights(tmp_path / "model.weights.h5")
    assign_all(model, [np.zeros_like(weight) for weight in random_weights])
    model.load_weights(tmp_path / "model.weights.h5")
    for weight, expected in zip(model.weights, random_weights, strict=True):
        np.testing.assert_array_equal(to_numpy(weight), expected)


def test_every_sound_part_that_a_docstring_names_exists():
    named = set()
    for path in Path(mof.published.__file__).parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert path.name == "__init__.py" or "Fault" in text
        named.update(re.findall(r"`(mof\.(?!published)[a-z_.]+)`", text))
    assert len(named) >= 7
    for name in named:
        assert importlib.util.find_spec(name), f"{name} does not exist"


# Errors


def test_width_must_be_a_multiple_of_the_heads():
    for num_heads in (3, 0):
        with pytest.raises(ValueError, match=f"width is 16 and num_heads {num_heads}.*divides width"):
            LinearMultiHeadAttention(width=16, num_heads=num_heads)


def test_window_must_hold_a_position():
    with pytest.raises(ValueError, match="trans_window is 0: keep at least 1 position"):
        TransformerExpert(16, 24, num_blocks=1, num_heads=2, trans_window=0, num_positions=8)


def test_text_longer_than_the_position_table_is_refused(model):
    with pytest.raises(ValueError, match="49 tokens came, but the position table has 48 rows"):
        model.transformer_expert(random_vectors(49)[None])


def test_padding_refuses_to_shorten():
    with pytest.raises(ValueError, match="outputs has 8 positions, more than num_tokens = 5"):
        pad_at_end(random_vectors(8)[None], 5)


def test_wrong_number_of_axes_is_named(model):
    expert = model.transformer_expert
    for layer, name in (
        (model.front, "token_ids"),
        (expert, "inputs"),
        (expert.blocks[0].attention, "inputs"),
        (expert.blocks[0].thought_space, "inputs"),
    ):
        with pytest.raises(ValueError, match=f"{name} has shape"):
            layer.call(np.zeros(3, "int32"))
    with pytest.raises(ValueError, match="key has shape"):
        linear_attention_as_printed(np.zeros((1, 1, 2, 3)), np.zeros((2, 3)), np.zeros((1, 1, 2, 3)))
    with pytest.raises(ValueError, match="outputs has shape"):
        pad_at_end(np.zeros(3), 5)
