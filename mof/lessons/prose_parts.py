"""The prose that ships in three parts: to learn from, to choose by, and to judge by at the very end. Chapter
03.

A text belongs to a part by its own hash, so the parts are the same on every machine, and a small share of the
training part lies inside every larger one.
"""

import json
from collections import Counter
from typing import NamedTuple

from mof.corpus.reading import read_documents
from mof.corpus.splitting import is_validation
from mof.lessons.records import ROOT
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS

PROSE = ROOT / "data" / "prose"
TEST_FRACTION = 0.1  # the shipped text is small: fewer texts would be a matter of luck
HELD_OUT_FRACTION = 0.1  # of what the test has left
_TEST_SALT, _SHARE_SALT = "test", "share"


class ProseParts(NamedTuple):
    """training, held_out, test: tuples of str, one for each text. None is in two of them."""

    training: tuple
    held_out: tuple
    test: tuple


def prose_parts(training_share=1.0, corpus=PROSE):
    """The three parts.

    Args:
        training_share: how much of the training part to keep, from 0 to 1. The other two stay whole.
        corpus: files and folders; conversations in them are left out.

    Returns:
        ProseParts.

    Raises:
        ValueError: the share is outside 0 to 1.

    Example:
        parts = prose_parts()
    """
    training, held_out, test = [], [], []
    for document in read_documents(corpus):
        if document.text is None:
            continue
        if is_validation(document, TEST_FRACTION, _TEST_SALT):
            test.append(document.text)
        elif is_validation(document, HELD_OUT_FRACTION):  # as a training holds out: without a salt
            held_out.append(document.text)
        elif is_validation(document, training_share, _SHARE_SALT):
            training.append(document.text)
    return ProseParts(tuple(training), tuple(held_out), tuple(test))


def prose_tokenizer(texts, minimum_count=2):
    """One token a character. A character seen fewer times is spelt by its bytes, so that a model learns from
    the rare ones how to write one that it has never seen.

    Args:
        texts: list of str, those to learn from. minimum_count: int, at least 1.

    Returns:
        CharacterTokenizer.
    """
    return train_character_tokenizer(texts, vocabulary_size(texts, minimum_count))


def vocabulary_size(texts, minimum_count=2):
    """W of `prose_tokenizer`: special tokens, bytes, and the characters seen often enough."""
    counts = Counter("".join(texts))
    kept = sum(count >= minimum_count and not character.isascii() for character, count in counts.items())
    return NUM_SPECIAL_TOKENS + 256 + kept


def num_bytes(texts):
    """UTF-8 bytes of all texts together."""
    return sum(len(text.encode("utf-8")) for text in texts)


def write_texts(path, texts):
    """A corpus file of these texts.

    Args:
        path: pathlib.Path, ending in .jsonl. texts: list of str.
    """
    lines = (json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
