"""A small random model and a scripted one, whose next token is known; all tests share their graphs."""

import collections

import numpy as np
import pytest

from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import ASSISTANT, DOCUMENT

PIECE_LENGTH = 16
MAX_ROWS = 3


@pytest.fixture(scope="session")
def tokenizer():
    return CharacterTokenizer("春天来了花园里的都开小朋友们在放风筝，。")


@pytest.fixture(scope="session")
def num_traces():
    """Counter of the times that a form of the random model was traced."""
    return collections.Counter()


@pytest.fixture(scope="session")
def generator(tokenizer, num_traces):
    """TextGenerator over the nano preset with random weights; the head has 3 ids more than the tokenizer."""
    from mof.generation.decoding import TextGenerator
    from mof.generation.reading import StateReader
    from mof.model import MixtureLanguageModel
    from mof.presets import preset

    # one block in place of two: nearly all the time of these tests goes into making the graphs
    size = {"vocabulary_size": tokenizer.vocabulary_size + 3, "transformer_layers": 1}
    config = preset("nano").model.replace(**size)
    model = MixtureLanguageModel(config, seed=1)
    for name in ("features", "step"):
        setattr(model, name, _counted(getattr(model, name), name, num_traces))
    return TextGenerator(StateReader(model, PIECE_LENGTH, plain_pieces=0), tokenizer, MAX_ROWS)


def _counted(method, name, counter):
    def call(*inputs):
        counter[name] += 1
        return method(*inputs)

    return call


@pytest.fixture(scope="session")
def scripted_generator(tokenizer):
    """TextGenerator whose model writes `generator.reader.model.script` after every DOCUMENT and ASSISTANT."""
    from mof.generation.decoding import TextGenerator
    from mof.generation.reading import StateReader

    reader = StateReader(_ScriptedModel(tokenizer.vocabulary_size), piece_length=4)
    return TextGenerator(reader, tokenizer, max_rows=2)


class _ScriptedModel:
    """A model with a memory of two numbers a row; its `script` may change without a new graph."""

    variables = ()

    def __init__(self, vocabulary_size):
        from mof.config import ModelConfig

        self.config = ModelConfig(vocabulary_size=vocabulary_size)
        self.script = []

    def initial_state(self, batch_size):
        from keras import ops

        script = np.zeros((batch_size, 64), "int32")
        script[:, : len(self.script)] = self.script
        return {"since": ops.zeros((batch_size,), "int32"), "script": ops.convert_to_tensor(script)}

    def step(self, token_ids, state):
        from keras import ops

        starts = ops.logical_or(token_ids == DOCUMENT, token_ids == ASSISTANT)
        since = ops.where(starts, 0, state["since"] + 1)
        token = ops.take_along_axis(state["script"], ops.minimum(since, 63)[:, None], axis=1)[:, 0]
        logits = 9.0 * ops.one_hot(token, self.config.vocabulary_size, dtype="float32")
        return logits, {"since": since, "script": state["script"]}

    def features(self, token_ids, state, resets, mask):
        from keras import ops

        hidden = []
        for t in range(token_ids.shape[1]):
            logits, after = self.step(token_ids[:, t], state)
            since = ops.where(mask[:, t], after["since"], state["since"])
            state = {"since": since, "script": state["script"]}
            hidden.append(logits)
        return _Output(ops.stack(hidden, axis=1)), state

    def logits(self, hidden):
        return hidden


_Output = collections.namedtuple("_Output", "hidden")
