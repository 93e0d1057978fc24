"""The definitions that chapter 02's answers are compared with, against other definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.course import chapter_02
from mof.course.chapter_02_answers import (
    bits_per_byte,
    encode_with_fallback,
    join,
    push,
    run_stream,
)
from mof.course.checking import judge
from mof.course.registry import find_exercise
from mof.course.verdict import RIGHT, WRONG
from mof.tokenizer.character_tokenizer import CharacterTokenizer

# characters of one to four bytes
texts = st.text(alphabet="a2é½天夏，🌞𠮷\n", max_size=12)


@given(st.lists(st.integers(1, 4), max_size=12), st.tuples(st.integers(1, 4), st.integers(1, 4)))
def test_joining_is_what_replacing_in_a_string_is(tokens, pair):
    written = "".join(map(chr, tokens)).replace(chr(pair[0]) + chr(pair[1]), chr(9))
    assert join(tokens, pair, 9) == [ord(character) for character in written]


@given(texts)
def test_fallback_is_that_of_the_package(text):
    characters = "天é"
    ids = {character: 264 + i for i, character in enumerate(characters)}
    assert encode_with_fallback(text, ids) == CharacterTokenizer(characters).encode(text).tolist()


@given(texts, st.data())
def test_a_stream_gives_the_text_however_it_is_cut(text, data):
    whole = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    found = run_stream(push, pieces)
    assert "".join(part for part, _ in found) == text and found[-1][1] == b""
    assert all(len(waiting) < 4 for _, waiting in found)


def test_bits_are_those_of_the_package():
    from mof.ops.losses import bits_per_byte as of_package

    assert bits_per_byte(1.5, 7, "天a") == pytest.approx(of_package(1.5 * 7, 4))


def test_the_sentence_of_the_prediction_has_the_bytes_that_the_praise_counts():
    assert chapter_02.NUM_BYTES == 7 * 3 + 2 * 1 + 4 == 27
    assert judge(find_exercise("02.1"), 27).state == RIGHT
    verdict = judge(find_exercise("02.1"), 28)
    assert verdict.state == WRONG and "28 is too high" in verdict.message


@pytest.mark.parametrize(
    ("id", "answer", "words"),
    [
        ("02.2", lambda text, ids: "".join(text), "expected a list of ids"),
        ("02.3", lambda tokens, pair, new: tokens, "No pair is joined"),
        ("02.3", lambda tokens, pair, new: [*tokens, new], "you give"),
        ("02.4", lambda nats, num_tokens, text: text, "expected a number"),
        ("02.5", lambda waiting, new: waiting + new, "Return two things"),
        ("02.5", lambda waiting, new: (new, waiting), "Return two things"),
        ("02.5", lambda waiting, new: ((waiting + new).decode(), b""), "Your code stopped"),
    ],
)
def test_other_wrong_answers_are_told_something_of_use(id, answer, words):
    verdict = judge(find_exercise(id), answer, 60.0)
    assert verdict.state == WRONG and words in verdict.message, str(verdict)


def test_a_list_that_is_written_into_is_still_judged():
    def in_place(tokens, pair, new):
        i = 0
        while i < len(tokens):
            if tuple(tokens[i : i + 2]) == pair:
                tokens[i : i + 2] = [new]
            i += 1
        return tokens

    verdict = judge(find_exercise("02.3"), in_place, 60.0)
    assert verdict.state == RIGHT and "writes into its argument `tokens`" in verdict.remarks[0]
    assert "Begin with a copy: `tokens = list(tokens)`." in verdict.remarks[0]
