"""What the heads ask and offer, beside the weights that are drawn from it."""

import numpy as np
import pytest

from mof.lessons.sharpness import linear_weights, undo_features
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.viz.attention_figure import attention_heads, attention_weights

TEXT = "小明把书还给了小红"  # "Xiaoming gave the book back to Xiaohong"


@pytest.mark.parametrize("decay", ["none", "input"])
def test_the_drawn_weights_are_made_of_the_heads(decay):
    tokenizer = train_character_tokenizer([TEXT], 300)
    changes = {"experts": ("transformer",), "attention_decay": decay}
    config = preset("nano").model.replace(vocabulary_size=tokenizer.vocabulary_size, **changes)
    model = MixtureLanguageModel(config, seed=0)
    queries, keys, log_decay, tokens = attention_heads(model, tokenizer, TEXT)
    weights, same_tokens = attention_weights(model, tokenizer, TEXT)
    assert tokens == same_tokens == ["·", *TEXT]
    assert queries.shape == keys.shape == (len(tokens), config.num_heads, config.width // config.num_heads)
    assert queries.min() > 0 and keys.min() > 0
    plain = linear_weights(undo_features(queries), undo_features(keys))
    if decay == "none":
        assert log_decay is None
        np.testing.assert_allclose(weights, plain, atol=1e-9)
    else:
        assert log_decay.shape == (len(tokens), config.num_heads) and log_decay.max() < 0
        assert np.abs(weights - plain).max() > 1e-3
