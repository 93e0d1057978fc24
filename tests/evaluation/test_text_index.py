"""The index of reference text against Python's own substring search."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.evaluation.text_index import TextIndex
from mof.evaluation.text_statistics import longest_copied_run

# Few characters, so that repeats are long; 1 to 4 UTF-8 bytes; the lowest and the highest code point.
few_characters = st.text(alphabet="ab人\x00\U0010ffff", max_size=30)
any_text = st.one_of(few_characters, st.text(max_size=12))
references = st.lists(any_text, min_size=1, max_size=5).filter(any)


def naive_match_lengths(text, documents):
    lengths = []
    for start in range(len(text)):
        length = 0
        while start + length < len(text) and any(text[start : start + length + 1] in d for d in documents):
            length += 1
        lengths.append(length)
    return lengths


@settings(max_examples=300, deadline=None)
@given(any_text, references, st.integers(0, 6))
def test_match_lengths_equal_a_search_for_every_substring(text, documents, max_length):
    index = TextIndex(documents)
    expected = np.array(naive_match_lengths(text, documents), np.int64)
    np.testing.assert_array_equal(index.match_lengths(text), expected)
    np.testing.assert_array_equal(
        index.match_lengths(text, max_length=max_length), np.minimum(expected, max_length)
    )


@settings(max_examples=200, deadline=None)
@given(any_text, references)
def test_longest_run_is_the_first_longest_and_stands_where_it_says(text, documents):
    run = longest_copied_run(text, TextIndex(documents))
    lengths = naive_match_lengths(text, documents)
    if not any(lengths):
        assert (run.text, run.start, run.document, run.document_start) == ("", 0, -1, -1)
        return
    assert run.num_characters == max(lengths)
    assert run.start == lengths.index(max(lengths))
    assert text[run.start : run.start + run.num_characters] == run.text
    assert documents[run.document][run.document_start :].startswith(run.text)


@settings(max_examples=100, deadline=None)
@given(references)
def test_suffixes_are_sorted(documents):
    index = TextIndex(documents)
    symbols = index._symbols.tolist()
    expected = sorted(range(len(symbols)), key=lambda start: symbols[start:])
    assert index._suffixes.tolist() == expected


def test_matches_cross_no_document_border():
    index = TextIndex(["春眠", "不觉晓"])
    assert index.match_lengths("春眠不觉晓").tolist() == [2, 1, 3, 2, 1]


def test_empty_documents_are_kept_in_the_numbering():
    index = TextIndex(["", "春", "", ""])
    assert (index.num_documents, index.num_characters) == (4, 1)
    assert index.longest_run("春").document == 1


def test_long_duplicates_and_a_single_repeated_character():
    poem = "床前明月光疑是地上霜举头望明月低头思故乡" * 40
    index = TextIndex([poem, poem, "啊" * 300])
    assert index.longest_run("他说：" + poem + "。").text == poem
    assert index.longest_run("啊" * 400).num_characters == 300


def test_more_than_65535_distinct_characters():
    reference = "".join(map(chr, [*range(1, 0xD800), *range(0xE000, 0x15000)]))
    index = TextIndex([reference])
    assert index.longest_run("人" + reference[60000:60050] + "人").text == reference[60000:60050]


def test_many_documents_equal_few_joined_by_blocks(monkeypatch):
    documents = [f"文{i}章" for i in range(50)]
    whole = TextIndex(documents)
    monkeypatch.setattr("mof.evaluation.text_index.JOIN_CHARACTERS", 7)
    blocked = TextIndex(iter(documents))
    np.testing.assert_array_equal(blocked._suffixes, whole._suffixes)
    assert blocked.longest_run("第文37章").document == 37


def test_a_lone_surrogate_in_generated_text_is_an_unknown_character():
    assert TextIndex(["春"]).match_lengths("\ud800春").tolist() == [0, 1]


def test_report_names_each_step():
    lines = []
    TextIndex(["abcabc"], report=lines.append)
    assert lines[0] == "read 1 documents, 6 characters"
    assert lines[-1] == "sorted 7 suffixes"


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match="2 reference documents with 0 characters"):
        TextIndex(["", ""])
    with pytest.raises(ValueError, match="0 reference documents"):
        TextIndex([])
    with pytest.raises(TypeError, match=r"pass \[text\]"):
        TextIndex("春天")
    with pytest.raises(TypeError, match="a text is a bytes, expected str"):
        TextIndex([b"x"])
    with pytest.raises(TypeError, match="a text is a NoneType"):
        TextIndex(["春天"]).match_lengths(None)


def test_too_many_characters_for_the_positions_are_refused(monkeypatch):
    class HugeArray(np.ndarray):
        def __len__(self):
            return 2**31

    huge = np.zeros(1, "<u4").view(HugeArray)
    monkeypatch.setattr("mof.evaluation.text_index._joined", lambda documents: (huge, np.zeros(1)))
    with pytest.raises(ValueError, match="positions are 32-bit"):
        TextIndex(["x"])
