"""Parts of a model with bfloat16 products that are called by themselves, for a look inside.

Keras opens a scope in which weights are rounded around a layer of mixed precision that no other layer calls;
TensorFlow then refuses to multiply them with float32.
"""

import numpy as np
import pytest

from mof.config import ModelConfig
from mof.lessons.gate_spans import read_gates
from mof.lessons.more_experts import DictionaryExpert
from mof.model import MixtureLanguageModel
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.viz.attention_figure import attention_heads
from tests.tensors import BFLOAT16_TOLERANCE, assert_all_close

TEXT = "春天来了，草绿了"
TOKENIZER = CharacterTokenizer("春天来了草绿")
CONFIG = ModelConfig(
    vocabulary_size=TOKENIZER.vocabulary_size,
    width=16,
    recurrent_layers=2,
    recurrent_width=16,
    transformer_layers=2,
    num_heads=2,
    feed_forward_width=24,
    thought_width=8,
)


@pytest.fixture(scope="module")
def models():
    return [
        MixtureLanguageModel(CONFIG.replace(product_dtype=dtype), seed=2) for dtype in ("float32", "bfloat16")
    ]


@pytest.mark.parametrize("block", [0, 1])
def test_heads_of_attention(models, block):
    exact, rounded = (attention_heads(model, TOKENIZER, TEXT, block)[:3] for model in models)
    assert not np.array_equal(exact[0], rounded[0])
    assert_all_close(list(rounded), list(exact), BFLOAT16_TOLERANCE)


def test_gates_of_the_recurrence(models):
    exact, rounded = (read_gates(model, TOKENIZER, TEXT)[0] for model in models)
    assert not np.array_equal(exact, rounded)
    assert_all_close([rounded], [exact], BFLOAT16_TOLERANCE)


def test_a_step_of_an_expert_without_memory():
    expert = DictionaryExpert(24, dtype="mixed_bfloat16")
    x = np.linspace(-1, 1, 2 * 5 * 8, dtype="float32").reshape(2, 5, 8)
    together, state = expert(x)
    for t in range(5):
        alone, state = expert.step(x[:, t], state)
        assert alone.dtype == together.dtype
        assert_all_close([np.asarray(alone)], [np.asarray(together)[:, t]], BFLOAT16_TOLERANCE)
