"""Three parts of the shipped prose: none overlaps, none depends on the machine or on another's size."""

import json
from collections import Counter

import pytest

from mof.corpus.document import Document
from mof.corpus.reading import read_documents
from mof.corpus.splitting import is_validation
from mof.lessons.prose_parts import (
    HELD_OUT_FRACTION,
    PROSE,
    num_bytes,
    prose_parts,
    prose_tokenizer,
    vocabulary_size,
    write_texts,
)


@pytest.fixture(scope="module")
def parts():
    return prose_parts()


def shipped():
    lines = [line for file in sorted(PROSE.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def test_every_text_is_in_one_part(parts):
    together = [text for part in parts for text in part]
    assert sorted(together) == sorted(shipped()) and len(set(together)) == len(together)


def test_each_part_is_large_enough_to_mean_something(parts):
    assert len(parts.training) > 200 and min(len(parts.held_out), len(parts.test)) >= 15


def test_a_training_holds_out_the_same_texts(parts):
    """`mof.training.assembly.new_run` splits by the hash without a salt."""
    for text in parts.held_out:
        assert is_validation(Document(text, None), HELD_OUT_FRACTION)
    for text in parts.training:
        assert not is_validation(Document(text, None), HELD_OUT_FRACTION)


def test_smaller_shares_lie_inside_larger_ones(parts):
    quarter, half = prose_parts(0.25), prose_parts(0.5)
    assert set(quarter.training) < set(half.training) < set(parts.training)
    assert 0.15 < len(quarter.training) / len(parts.training) < 0.35
    assert (quarter.held_out, quarter.test) == (parts.held_out, parts.test)


def test_a_share_that_is_none_is_refused():
    with pytest.raises(ValueError, match="must be from 0 to 1, got 2"):
        prose_parts(2)


def test_conversations_are_left_out(tmp_path):
    lines = [{"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "好"}]}]
    lines += [{"text": f"第{i}篇"} for i in range(30)]
    file = tmp_path / "mixed.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert sum(map(len, prose_parts(corpus=file))) == 30


def test_the_vocabulary_holds_what_comes_twice():
    texts = ["春眠不觉晓", "春风a\n", "又a春风"]  # 春 three times, 风 twice; a is a byte already
    tokenizer = prose_tokenizer(texts)
    assert vocabulary_size(texts) == tokenizer.vocabulary_size == 8 + 256 + 2
    assert [len(tokenizer.encode(character)) for character in "春风晓a"] == [1, 1, 3, 1]


def test_the_tokenizer_learns_from_the_training_texts_alone(parts):
    counts = Counter("".join(parts.training))
    tokenizer = prose_tokenizer(parts.training)
    for character in set("".join(parts.test)):
        is_own = counts[character] >= 2 or character.isascii()
        assert (len(tokenizer.encode(character)) == 1) == is_own, character


def test_texts_come_back_from_the_file(tmp_path):
    texts = ['他说：“好。”\n"quoted"', "\u2028 line separator", "🌸"]
    write_texts(tmp_path / "texts.jsonl", texts)
    assert [document.text for document in read_documents(tmp_path / "texts.jsonl")] == texts
    assert b"\r" not in (tmp_path / "texts.jsonl").read_bytes()


def test_bytes_are_those_of_utf8():
    assert num_bytes(["妈", "a", "🌸"]) == 3 + 1 + 4 and num_bytes([]) == 0
