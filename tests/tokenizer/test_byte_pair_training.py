"""Training of merges: greedy, deterministic, and inside the cuts."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from mof.tokenizer.byte_pair_tokenizer import make_pre_tokenizer
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer


def test_each_merge_joins_a_most_frequent_pair(training_texts):
    tokenizer = train_byte_pair_tokenizer(training_texts, 320)
    words = Counter()
    for text in training_texts:
        cuts = make_pre_tokenizer().pre_tokenize_str(text)
        words.update(tuple(bytes([b]) for b in text[start:stop].encode()) for _, (start, stop) in cuts)
    merges = tokenizer._data()["merges"]
    assert len(merges) == 320 - 264
    for left, right in merges:
        pairs = Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:], strict=False):
                pairs[pair] += count
        merged = (tokenizer.token_bytes(8 + left), tokenizer.token_bytes(8 + right))
        assert pairs[merged] == max(pairs.values())
        joined = Counter()
        for word, count in words.items():
            tokens, index = list(word), 0
            while index + 1 < len(tokens):
                if (tokens[index], tokens[index + 1]) == merged:
                    tokens[index : index + 2] = [merged[0] + merged[1]]
                index += 1
            joined[tuple(tokens)] += count
        words = joined


def test_words_and_phrases_are_learned_and_punctuation_is_not_crossed(training_texts):
    tokenizer = train_byte_pair_tokenizer(training_texts * 2, 500)
    tokens = [
        tokenizer.token_bytes(i).decode("utf-8", "replace") for i in range(264, tokenizer.vocabulary_size)
    ]
    assert "图书馆里" in tokens and " library" in tokens
    for token in tokens:
        has_han = any("\u4e00" <= character <= "\u9fff" for character in token)
        assert not (has_han and any(mark in token for mark in "，。 \n")), token
        assert not any(digit in token for digit in "0123456789"), token
        assert len(token.encode("utf-8", "replace")) <= 3 * 24


def test_no_token_is_longer_than_a_short_phrase():
    tokenizer = train_byte_pair_tokenizer(["版权归作者所有转载请注明出处谢谢大家支持" * 50], 600)
    assert tokenizer.byte_lengths.max() <= 24


def test_a_small_corpus_gives_a_small_vocabulary():
    tokenizer = train_byte_pair_tokenizer(["花园。"], 8_192)
    assert tokenizer.vocabulary_size == 264  # no pair comes twice
    assert tokenizer.decode(tokenizer.encode("花园")) == "花园"


def test_the_order_of_the_texts_changes_nothing(training_texts):
    assert (
        train_byte_pair_tokenizer(training_texts, 400).hash
        == train_byte_pair_tokenizer(iter(training_texts[::-1]), 400).hash
    )


def test_another_process_with_other_threads_learns_the_same(training_texts):
    program = (
        "import sys, json\n"
        "from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer\n"
        "print(train_byte_pair_tokenizer(json.loads(sys.argv[1]), 400).hash)"
    )
    command = [sys.executable, "-c", program, json.dumps(training_texts)]
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "PYTHONHASHSEED": "7", "PYTHONPATH": paths}
    other = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == train_byte_pair_tokenizer(training_texts, 400).hash


def test_importing_sets_no_environment_variable_and_loads_no_framework():
    program = (
        "import os, sys\n"
        "before = dict(os.environ)\n"
        "import mof.tokenizer.loading, mof.tokenizer.byte_pair_training, mof.tokenizer.stream_decoder\n"
        "import mof.corpus.packing, mof.corpus.token_cache_building, mof.corpus.evaluation_batches\n"
        "assert dict(os.environ) == before\n"
        "assert not {'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules), sys.modules.keys()\n"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": paths}, check=True)


def test_training_refuses_what_cannot_work():
    with pytest.raises(ValueError, match="at least 264 .*, got 100"):
        train_byte_pair_tokenizer(["花"], 100)
    with pytest.raises(ValueError, match="no text to train"):
        train_byte_pair_tokenizer([""], 300)
    with pytest.raises(ValueError, match="max_characters must be at least 1, got 0"):
        train_byte_pair_tokenizer(["花"], 300, max_characters=0)
    with pytest.raises(ValueError, match="lone surrogate"):
        train_byte_pair_tokenizer(["花\ud800"], 300)
    with pytest.raises(TypeError, match=r"texts is one string, expected a list: write \[text\]"):
        train_byte_pair_tokenizer("花草", 300)


@pytest.mark.parametrize("size", [264, 265, 300, 399, 400])
def test_a_smaller_vocabulary_is_the_one_that_would_have_been_learned(training_texts, size):
    largest = train_byte_pair_tokenizer(training_texts, 400)
    smaller = largest.smaller(size)
    assert smaller.vocabulary_size == size
    assert smaller.hash == train_byte_pair_tokenizer(training_texts, size).hash
    assert smaller.merges == largest.merges[: len(smaller.merges)]


@pytest.mark.parametrize("size", [263, 401])
def test_a_size_that_there_is_not_is_refused(training_texts, size):
    with pytest.raises(ValueError, match=f"from 264 to 400, that of this tokenizer, got {size}"):
        train_byte_pair_tokenizer(training_texts, 400).smaller(size)


def test_merges_are_told_as_bytes(training_texts):
    tokenizer = train_byte_pair_tokenizer(training_texts, 300)
    assert [
        (tokenizer.token_bytes(8 + a), tokenizer.token_bytes(8 + b)) for a, b in tokenizer._data()["merges"]
    ] == tokenizer.merges
    assert [left + right for left, right in tokenizer.merges] == [
        tokenizer.token_bytes(i) for i in range(264, 300)
    ]
