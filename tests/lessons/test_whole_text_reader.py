"""Reading the whole text again for each token gives what a carried state gives, where the model is sound."""

import numpy as np
import pytest

from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.generation.reading import StateReader
from mof.lessons.leaking_thought import RowMeanExpert, make_model
from mof.lessons.whole_text_reader import WholeTextReader, write_on
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from tests.layer_contract import perturb_weights

PROMPTS = ["小猫饿了", "春"]
TOKENIZER = train_character_tokenizer(["小猫饿了，它在叫。", "春天来了，花都开了。"], 300)
CONFIG = preset("nano").model.replace(
    vocabulary_size=TOKENIZER.vocabulary_size, experts=("transformer",), transformer_layers=1
)


@pytest.fixture(scope="module")
def model():
    model = MixtureLanguageModel(CONFIG, seed=0)
    perturb_weights(model)
    return model


def test_writes_what_the_state_writes(model):
    settings = GenerationConfig(max_tokens=6, seed=3)
    state = TextGenerator(StateReader(model), TOKENIZER, max_rows=2).generate(PROMPTS, settings)
    again = TextGenerator(WholeTextReader(model, 16), TOKENIZER, max_rows=2).generate(PROMPTS, settings)
    assert [text.token_ids for text in again] == [text.token_ids for text in state]


def test_a_leaking_model_writes_too_and_prompts_come_first():
    written = write_on(make_model(CONFIG, 0, RowMeanExpert), TOKENIZER, PROMPTS, num_tokens=4)
    assert [text[: len(prompt)] for text, prompt in zip(written, PROMPTS, strict=True)] == PROMPTS
    assert "\n" not in "".join(written)


def test_a_text_too_long_is_told(model):
    reader = WholeTextReader(model, 3)
    _logits, state = reader.read([np.array([1, 2, 3])])
    with pytest.raises(ValueError, match="a text has 4 tokens, and this reader takes 3"):
        reader.step(np.array([4]), state)
    with pytest.raises(ValueError, match="longest is 0"):
        WholeTextReader(model, 0)
