"""The sample that merges are learned from: bounded, fair, the same in any order."""

import hashlib
import random

from mof.tokenizer.training_sample import sample_pieces

TEXTS = [f"第{number}篇短文。" * (1 + number % 7) for number in range(400)]


def test_a_small_corpus_is_kept_whole():
    assert sorted(sample_pieces(TEXTS, 10**9)) == sorted(TEXTS)


def test_the_pieces_of_lowest_hash_are_kept():
    kept = sample_pieces(TEXTS, 3_000)
    by_hash = sorted(TEXTS, key=lambda text: hashlib.sha256(text.encode()).digest()[:8])
    assert kept == by_hash[: len(kept)]
    assert sum(map(len, kept)) <= 3_000 < sum(map(len, by_hash[: len(kept) + 1]))


def test_the_order_of_the_texts_changes_nothing():
    shuffled = TEXTS.copy()
    random.Random(0).shuffle(shuffled)
    assert sample_pieces(shuffled, 3_000) == sample_pieces(iter(TEXTS), 3_000)


def test_a_long_text_is_sampled_in_pieces():
    text = "".join(f"第{number}句话在这里。" for number in range(20_000))
    kept = sample_pieces([text], 20_000)
    assert len(kept) >= 4 and all(len(piece) <= 4_096 and piece in text for piece in kept)


def test_at_least_one_piece_is_kept():
    assert sample_pieces(["一二三四五"], 2) == ["一二三四五"]
    assert sample_pieces([], 2) == sample_pieces([""], 2) == []
