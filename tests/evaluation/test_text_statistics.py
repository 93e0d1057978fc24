"""Text statistics against definitions by Python's own substring search."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.evaluation.text_index import TextIndex
from mof.evaluation.text_statistics import (
    distinct_ngrams,
    mean_repetition_rate,
    repetition_rate,
    share_of_known_ngrams,
)

# Few characters, so that repeats are long; 1 to 4 UTF-8 bytes; the lowest and the highest code point.
few_characters = st.text(alphabet="ab人\x00\U0010ffff", max_size=30)
any_text = st.one_of(few_characters, st.text(max_size=12))
references = st.lists(any_text, min_size=1, max_size=5).filter(any)


def naive_ngrams(text, n):
    return [text[start : start + n] for start in range(len(text) - n + 1)]


@settings(max_examples=100, deadline=None)
@given(st.lists(any_text, max_size=4), references, st.integers(1, 5))
def test_share_of_known_ngrams_equals_a_set_of_ngrams(texts, documents, n):
    known = {ngram for document in documents for ngram in naive_ngrams(document, n)}
    ngrams = [ngram for text in texts for ngram in naive_ngrams(text, n)]
    index = TextIndex(documents)
    if not ngrams:
        with pytest.raises(ValueError, match=f"there are no {n}-grams"):
            share_of_known_ngrams(texts, index, n)
        return
    expected = sum(ngram in known for ngram in ngrams) / len(ngrams)
    assert share_of_known_ngrams(iter(texts), index, n) == expected


@settings(max_examples=100, deadline=None)
@given(any_text, st.integers(1, 5))
def test_repetition_rate_counts_ngrams_seen_earlier(text, n):
    ngrams = naive_ngrams(text, n)
    if not ngrams:
        with pytest.raises(ValueError, match=f"there are no {n}-grams"):
            repetition_rate(text, n)
        return
    seen_earlier = sum(ngrams[i] in ngrams[:i] for i in range(len(ngrams)))
    assert repetition_rate(text, n) == seen_earlier / len(ngrams)
    assert distinct_ngrams([text], n) == pytest.approx(1 - seen_earlier / len(ngrams), abs=1e-15)


def test_distinct_ngrams_pools_the_texts():
    assert distinct_ngrams(["春天", "春天来"], n=2) == 2 / 3


def test_mean_repetition_rate_cuts_to_one_length_and_leaves_short_texts_out():
    texts = ["abababXYZ", "abcdefabc", "ab"]
    assert mean_repetition_rate(texts, num_characters=6, n=2) == (3 / 5 + 0) / 2


def test_ngrams_cross_no_document_border():
    assert share_of_known_ngrams(["春眠不觉"], TextIndex(["春眠", "不觉晓"]), n=2) == 2 / 3


def test_errors_say_what_to_do():
    index = TextIndex(["春天"])
    with pytest.raises(TypeError, match=r"pass \[text\]"):
        share_of_known_ngrams("春天", index)
    with pytest.raises(TypeError, match=r"pass \[text\]"):
        distinct_ngrams("春天")
    with pytest.raises(TypeError, match=r"pass \[text\]"):
        mean_repetition_rate("春天春天", 4)
    for call in (
        lambda: share_of_known_ngrams(["春天"], index, n=0),
        lambda: distinct_ngrams(["春天"], n=0),
        lambda: repetition_rate("春天", n=0),
        lambda: mean_repetition_rate(["春天"], 2, n=0),
    ):
        with pytest.raises(ValueError, match="n is 0, expected the characters of an n-gram"):
            call()
    with pytest.raises(ValueError, match="num_characters is 3, expected at least n = 4"):
        mean_repetition_rate(["春天来了"], num_characters=3)
    with pytest.raises(ValueError, match="no text has 10 characters: give longer texts"):
        mean_repetition_rate(["春天来了"], num_characters=10)
    with pytest.raises(ValueError, match="no text has 4 characters"):
        distinct_ngrams([], n=4)
