"""Questions asked of a model whose answers are known."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from mof.evaluation.task_accuracy import BlindAnswers, family_accuracy, sample_questions, wilson_interval
from mof.generation.decoding import TextGenerator
from mof.tasks.held_out import split_of
from mof.tasks.lists import OrdinalList
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from tests.generation.remembering_reader import RememberingReader
from tests.tasks.toy_families import Doubling, Neighbours


class Answerer:
    """Stands in for a TextGenerator: answers by a rule."""

    tokenizer = CharacterTokenizer("")

    def __init__(self, rule):
        self.rule = rule

    def generate(self, prompts, config, open_end):
        assert config.temperature == 0 and config.stop == ("\n",) and open_end
        return [SimpleNamespace(text=self.rule(prompt)) for prompt in prompts]


def number(prompt):
    return int(re.search(r"\d+", prompt).group())


@pytest.mark.parametrize(
    ("rule", "share"),
    [
        (lambda p: f"{2 * number(p)}。", 1.0),
        (lambda p: f"{2 * number(p)}", 0.0),
        (lambda p: f"{2 * number(p)}。" if number(p) % 2 else "0。", None),
    ],
)
def test_the_share_of_right_answers(rule, share):
    result = family_accuracy(Answerer(rule), Doubling(), "value", num_questions=30)
    odd = sum(number(prompt) % 2 for prompt, *_ in result.examples)
    assert result.num_right == (odd if share is None else share * result.num_questions)
    assert result.low <= result.share <= result.high
    assert len(result.examples) == result.num_questions == 30
    assert [flag for *_, flag in result.examples].count(True) == result.num_right
    assert (result.family, result.kind, result.split) == ("doubling", "reasoning", "value")


class Thai(Doubling):
    """Answers of 20 characters, each three bytes."""

    def slots(self, index):
        return {"a": str(index), "b": "วันพฤหัสบดีที่" + chr(0x0E01 + index % 40) * 6}


def test_a_model_that_knows_the_answers_is_right_where_a_token_holds_the_end_of_the_question():
    family = OrdinalList()
    questions = sample_questions(family, "value", 20)
    assert any(question.prompt.endswith("第") for question in questions)
    texts = [question.text for question in questions]
    tokenizer = train_byte_pair_tokenizer(texts, 600)
    assert len(tokenizer.encode("第三")) == 1
    generator = TextGenerator(RememberingReader(tokenizer, texts), tokenizer)
    assert family_accuracy(generator, family, "value", 20).num_right == 20


def test_an_answer_of_many_tokens_is_read_to_its_end():
    texts = [question.text for question in sample_questions(Thai(), "value", 5)]
    generator = TextGenerator(RememberingReader(Answerer.tokenizer, texts), Answerer.tokenizer)
    assert family_accuracy(generator, Thai(), "value", 5).num_right == 5


def test_questions_differ_and_stay_in_their_split():
    for family, split in ((Doubling(), "value"), (Neighbours(), "direction")):
        questions = sample_questions(family, split, 12)
        assert len({question.prompt for question in questions}) == len(questions) > 6
        assert all(split_of(family, q.index, q.wording) == split for q in questions)
        assert [q.prompt for q in questions] == [q.prompt for q in sample_questions(family, split, 12)]
        assert [q.prompt for q in questions] != [
            q.prompt for q in sample_questions(family, split, 12, seed=1)
        ]


def test_blind_answers_come_from_training_questions():
    class Parity(Doubling):
        def slots(self, index):
            return {"a": str(index), "b": "odd" if index % 3 == 0 else "even"}

    blind = BlindAnswers(Parity())
    question = Parity().question(0, 0)
    assert blind.majority(question) == "even"
    seen = Parity().question(30, 0)  # a training question is its own nearest
    assert split_of(Parity(), 30, 0) == "train" and blind.nearest(seen) == "odd"


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    # scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
    [
        (0, 10, 0.0, 0.2775328),
        (5, 10, 0.2365931, 0.7634069),
        (10, 10, 0.7224672, 1.0),
        (1, 50, 0.0035393, 0.1049544),
    ],
)
def test_wilson_interval(right, total, low, high):
    np.testing.assert_allclose(wilson_interval(right, total), (low, high), atol=1e-6)
