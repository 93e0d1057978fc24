"""Learns the merges of a byte-pair tokenizer from text, with the trainer of the `tokenizers` library."""

import json
from collections.abc import Iterable

import tokenizers

from mof.tokenizer.byte_pair_tokenizer import BYTE_NAMES, BytePairTokenizer, make_pre_tokenizer
from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS
from mof.tokenizer.surrogates import check_not_one_text
from mof.tokenizer.training_sample import sample_pieces

_SMALLEST_VOCABULARY = NUM_SPECIAL_TOKENS + 256
# Eight Chinese characters or 24 letters: words and short phrases, but no line of boilerplate as one token.
_MAX_TOKEN_BYTES = 24
_MIN_PAIR_COUNT = 2  # a pair seen once teaches nothing


def train_byte_pair_tokenizer(
    texts: Iterable[str], vocabulary_size: int, max_characters: int = 5_000_000
) -> BytePairTokenizer:
    """Learns a byte-level BPE vocabulary.

    Args:
        texts: read once, streaming.
        vocabulary_size: W, at least 264 (special tokens and bytes); it ends smaller where the texts have too
            few frequent pairs.
        max_characters: the merges are learned from a sample of at most this many characters, drawn by hash
            from all texts: this bounds the memory (about 1 GB at the default) and the time.

    Returns:
        The tokenizer; equal texts give an equal one, in whatever order they come.

    Raises:
        TypeError: `texts` is one string.
        ValueError: no text came, or an argument is too small.
    """
    check_not_one_text(texts)
    if vocabulary_size < _SMALLEST_VOCABULARY:
        raise ValueError(
            f"vocabulary_size must be at least {_SMALLEST_VOCABULARY} ({NUM_SPECIAL_TOKENS} special tokens "
            f"and 256 bytes), got {vocabulary_size}."
        )
    if max_characters < 1:
        raise ValueError(f"max_characters must be at least 1, got {max_characters}.")
    pieces = sample_pieces(texts, max_characters)
    if not pieces:
        raise ValueError("no text to train the tokenizer on: `texts` was empty. Check the corpus path.")
    learner = tokenizers.Tokenizer(tokenizers.models.BPE())
    learner.pre_tokenizer = make_pre_tokenizer()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary_size - NUM_SPECIAL_TOKENS,
        min_frequency=_MIN_PAIR_COUNT,
        max_token_length=_MAX_TOKEN_BYTES,
        initial_alphabet=list(BYTE_NAMES),
        special_tokens=[],
        show_progress=False,
    )
    learner.train_from_iterator(pieces, trainer=trainer)
    named_merges = json.loads(learner.to_str())["model"]["merges"]
    numbers = {name: value for value, name in enumerate(BYTE_NAMES)}
    merges = []
    for left, right in named_merges:
        merges.append((numbers[left], numbers[right]))
        numbers.setdefault(left + right, len(numbers))
    return BytePairTokenizer(merges)
