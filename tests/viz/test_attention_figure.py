"""Weights against what the attention itself gives; the picture against the weights."""

from types import SimpleNamespace

import numpy as np
import pytest

from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import DOCUMENT
from mof.viz.attention_figure import attention_figure, attention_heads, attention_weights

WIDTH, NUM_HEADS, TEXT = 8, 2, "春天来了，春"
TOKENIZER = CharacterTokenizer("春天来了，")
# the weights are summed in float64, the attention's own in float32 with 1e-6 added to the denominator
TOLERANCE = 1e-4


def make_model(**arguments):
    """As much of a model as the picture reads: an embedding, and a Transformer expert whose attention writes
    weighted means of its values and nothing else. All weights are moved off their first values."""
    from keras import ops

    from mof.experts.transformer_expert import TransformerExpert
    from tests.layer_contract import perturb_weights
    from tests.tensors import random_array

    plain = dict(normalizer="denominator", output_gate=False, thought_width=0, chunk_length=4)
    expert = TransformerExpert(2, NUM_HEADS, 6, seed=1, **{**plain, **arguments})
    expert.build((None, None, WIDTH))
    perturb_weights(expert)
    table = random_array((TOKENIZER.vocabulary_size, WIDTH), 5)
    return SimpleNamespace(experts=[object(), expert], embed=lambda ids: ops.take(table, ids, axis=0))


def attended(model, block):
    """(values [T, H, V], what the block's attention makes of them [T, H, V]), from the layers' fast forms."""
    from keras import ops

    expert, state = model.experts[1], model.experts[1].initial_state(1)
    x = model.embed(np.array([[DOCUMENT, *TOKENIZER.encode(TEXT)]]))
    if expert.position is not None:
        x, _ = expert.position(x)
    for i in range(block):
        x, _ = expert.blocks[i](x, state[f"block_{i}"])
    layer = expert.blocks[block]
    read, _ = layer.convolution(layer.attention_norm(x))
    values = ops.convert_to_numpy(layer.attention.inputs(read))[0, :, 2 * WIDTH : 3 * WIDTH]
    layer.attention.outputs.kernel.assign(np.eye(WIDTH))  # nothing after the weighted mean
    written = ops.convert_to_numpy(layer.attention(read)[0])[0]
    return (part.reshape(len(part), NUM_HEADS, -1) for part in (values, written))


@pytest.mark.parametrize(
    ("block", "arguments"),
    [
        (0, {"decay": "none"}),
        (1, {"decay": "input"}),
        (1, {"decay": "fixed", "position": "sinusoidal"}),
        (0, {"decay": "input", "position": "learned", "num_positions": 20}),
    ],
)
def test_weights_are_those_with_which_the_attention_reads(block, arguments):
    model = make_model(**arguments)
    if (position := model.experts[1].position) is not None:
        for weight in position.weights:
            weight.assign(weight + 2.0 * np.cos(np.arange(np.size(weight))).reshape(weight.shape))  # be heard
    weights, _ = attention_weights(model, TOKENIZER, TEXT, block)
    values, written = attended(model, block)
    np.testing.assert_allclose(np.einsum("hij,jhv->ihv", weights, values), written, atol=TOLERANCE)
    assert weights.shape == (NUM_HEADS, 7, 7) and weights.dtype == np.float64
    np.testing.assert_allclose(weights.sum(axis=2), 1.0, atol=1e-12)
    assert (weights[:, *np.triu_indices(7, 1)] == 0).all() and weights.min() >= 0


def test_heads_come_one_by_one():
    queries, keys, log_decay, tokens = attention_heads(make_model(decay="input"), TOKENIZER, TEXT)
    assert queries.shape == keys.shape == (7, NUM_HEADS, WIDTH // NUM_HEADS) and log_decay.shape == (7, 2)
    assert min(queries.min(), keys.min()) >= 0 > log_decay.max() and len(tokens) == 7
    assert attention_heads(make_model(decay="none"), TOKENIZER, TEXT)[2] is None


def test_tokens_are_named_in_order():
    _, tokens = attention_weights(make_model(), TOKENIZER, TEXT)
    assert tokens == ["·", *TEXT]


def test_what_has_no_picture_is_told():
    sentence = "no Transformer expert without a window: there is no such picture"
    with pytest.raises(ValueError, match=sentence):
        attention_weights(SimpleNamespace(experts=[object()]), TOKENIZER, TEXT)
    with pytest.raises(ValueError, match=sentence):
        attention_weights(make_model(window=3), TOKENIZER, TEXT)


@pytest.mark.parametrize("block", [-1, 2])
def test_a_block_that_is_not_there_is_told(block):
    with pytest.raises(ValueError, match=f"block is {block}, expected 0 to 1: the expert has 2"):
        attention_weights(make_model(), TOKENIZER, TEXT, block)


@pytest.fixture
def weights():
    return np.tril(np.random.default_rng(0).random((3, 4, 4)))


def test_slider_moves_through_the_heads(weights):
    figure = attention_figure(weights, ["·", "春", "天", "春"], "Read")
    np.testing.assert_array_equal(figure.data[0].z, weights[0])
    frames = {frame.name: frame.data[0].z for frame in figure.frames}
    steps = figure.layout.sliders[0].steps
    assert [step.label for step in steps] == ["0", "1", "2"] and {step.method for step in steps} == {
        "animate"
    }
    for head, step in enumerate(steps):
        np.testing.assert_array_equal(frames[step.args[0][0]], weights[head])
    assert figure.layout.title.text == "Read"


def test_heads_share_one_scale_and_tokens_that_repeat_stay_apart(weights):
    figure = attention_figure(weights, ["·", "春", "天", "春"])
    for picture in (figure.data[0], *(frame.data[0] for frame in figure.frames)):
        assert (picture.zmin, picture.zmax) == (0.0, 1.0)
        assert picture.x == picture.y == ("0 ·", "1 春", "2 天", "3 春")
        assert picture.colorscale == figure.data[0].colorscale
    assert figure.layout.yaxis.autorange == "reversed"  # the first token on top, as in a matrix
