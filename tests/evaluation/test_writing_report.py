"""Repetition of a writer that is known to repeat itself, beside that of real texts."""

import itertools

import pytest

from mof.evaluation.writing_report import MEASURED_CHARACTERS, PROMPT_CHARACTERS, judge_writing
from mof.generation.writing import GeneratedText

LETTERS = [chr(0x4E00 + i) for i in range(400)]
NEEDED = PROMPT_CHARACTERS + MEASURED_CHARACTERS


class Parrot:
    """Writes the first two characters of the prompt again and again; nothing where it begins with the first
    letter."""

    def generate(self, prompts, config, open_end):
        assert open_end and config.max_tokens >= MEASURED_CHARACTERS
        texts = ["" if prompt.startswith(LETTERS[0]) else prompt[:2] * 40 for prompt in prompts]
        return [GeneratedText(text, (), "end") for text in texts]


def real_text(start, num_characters=NEEDED):
    return "".join(LETTERS[start : start + num_characters])  # no character twice


def test_rates_of_the_written_and_the_real():
    texts = [real_text(0), real_text(1), real_text(2, NEEDED - 1), real_text(3)]
    result = judge_writing(Parrot(), texts)
    num_ngrams = MEASURED_CHARACTERS - 3
    assert result["num_texts"] == 2 and result["num_characters"] == MEASURED_CHARACTERS
    assert result["written"] == pytest.approx((num_ngrams - 2) / num_ngrams) and result["real"] == 0.0
    prompt = real_text(1, PROMPT_CHARACTERS)
    assert result["examples"][1] == [prompt, prompt[:2] * 40]


def test_only_so_many_are_written():
    assert judge_writing(Parrot(), (real_text(1 + i) for i in range(9)), num_texts=4)["num_texts"] == 4
    taken = itertools.count(1)
    judge_writing(Parrot(), (real_text(number) for number in taken), num_texts=4)  # of endless texts
    assert next(taken) <= 6


@pytest.mark.parametrize("texts", [[], ["短"], [real_text(0)]])
def test_nothing_to_compare_is_none(texts):
    assert judge_writing(Parrot(), texts) is None
