"""One id per character, as in the article, but with a byte fallback in place of an unknown sign.

Ids: special tokens, then the 256 bytes, then characters by frequency. A character of the vocabulary is one
id; any other is its UTF-8 bytes (1 to 4 ids), so nothing is lost. ASCII characters are their own byte.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS
from mof.tokenizer.surrogates import check_no_surrogates, check_not_one_text
from mof.tokenizer.tokenizer import Tokenizer
from mof.tokenizer.tokenizer_file import Content

_FIRST_CHARACTER_ID = NUM_SPECIAL_TOKENS + 256
_NUM_CODE_POINTS = 0x110000


class CharacterTokenizer(Tokenizer):
    """Characters with byte fallback.

    Example:
        >>> tokenizer = CharacterTokenizer("的一")
        >>> tokenizer.encode("的a鑫").tolist()
        [264, 105, 241, 153, 179]
    """

    kind = "characters"

    def __init__(self, characters: str) -> None:
        """Builds the vocabulary.

        Args:
            characters: the characters with an id of their own, in the order of their ids; each once, none
                of ASCII (an ASCII character is one byte, which has an id already).

        Raises:
            ValueError: a character comes twice, is ASCII, or is a lone surrogate.
        """
        check_no_surrogates(characters)
        code_points = _code_points(characters)
        if (code_points < 128).any():
            raise ValueError(
                "characters must hold no ASCII character: those are bytes, which have ids already."
            )
        if np.unique(code_points).size != code_points.size:
            twice = next(character for character, count in Counter(characters).items() if count > 1)
            raise ValueError(f"characters holds {twice!r} twice; each character gets one id.")
        single_bytes = [bytes([value]) for value in range(256)]
        super().__init__(single_bytes + [character.encode("utf-8") for character in characters])
        self._characters = characters
        self._ids = np.full(_NUM_CODE_POINTS, -1, dtype=np.int32)  # -1: no id of its own
        self._ids[:128] = NUM_SPECIAL_TOKENS + np.arange(128)
        self._ids[code_points] = _FIRST_CHARACTER_ID + np.arange(code_points.size)

    def encode_batch(self, texts: Iterable[str]) -> list[np.ndarray]:
        """Encodes many texts; see `Tokenizer.encode_batch`."""
        check_not_one_text(texts)
        return [self._encode(text) for text in texts]

    def _encode(self, text: str) -> np.ndarray:
        check_no_surrogates(text)
        code_points = _code_points(text)
        ids = self._ids[code_points]
        unknown = np.flatnonzero(ids < 0)
        if unknown.size == 0:
            return ids
        # Each unknown character is replaced by 2 to 4 byte ids: make room, then write byte after byte.
        values = code_points[unknown]
        num_bytes = 2 + (values >= 0x800).astype(np.int64) + (values >= 0x10000)
        widths = np.ones(ids.size, dtype=np.int64)
        widths[unknown] = num_bytes
        starts = np.cumsum(widths) - widths
        encoded = np.empty(int(widths.sum()), dtype=np.int32)
        encoded[starts] = ids
        for index in range(4):
            has_byte = num_bytes > index
            shift = 6 * (num_bytes[has_byte] - 1 - index)
            bits = values[has_byte].astype(np.int64) >> shift
            if index == 0:  # first byte: 110xxxxx, 1110xxxx or 11110xxx
                byte = np.choose(num_bytes - 2, [0xC0, 0xE0, 0xF0]) | bits
            else:  # 10xxxxxx
                byte = 0x80 | (bits & 0x3F)
            encoded[starts[unknown[has_byte]] + index] = NUM_SPECIAL_TOKENS + byte
        return encoded

    def _data(self) -> Content:
        return {"characters": self._characters}

    @classmethod
    def from_data(cls, data: Content) -> "CharacterTokenizer":
        """Builds the tokenizer from the `data` of its file."""
        characters = data.get("characters")
        if type(characters) is not str:
            raise ValueError(f"data.characters must be a string, got {type(characters).__name__}.")
        return cls(characters)


def train_character_tokenizer(texts: Iterable[str], vocabulary_size: int) -> CharacterTokenizer:
    """Gives an id to each of the most frequent characters of the texts.

    Args:
        texts: read once, streaming.
        vocabulary_size: W, at least 264 (special tokens and bytes); it ends smaller where the texts have
            fewer different characters.

    Returns:
        The tokenizer; equal texts give an equal one, in whatever order they come.

    Raises:
        TypeError: `texts` is one string.
        ValueError: no text came, or `vocabulary_size` is too small.
    """
    check_not_one_text(texts)
    if vocabulary_size < _FIRST_CHARACTER_ID:
        raise ValueError(
            f"vocabulary_size must be at least {_FIRST_CHARACTER_ID} ({NUM_SPECIAL_TOKENS} special tokens "
            f"and 256 bytes), got {vocabulary_size}."
        )
    counts: Counter[str] = Counter()
    for text in texts:
        check_no_surrogates(text)
        counts.update(text)
    if not counts:
        raise ValueError("no text to train the tokenizer on: `texts` was empty. Check the corpus path.")
    candidates = [(-count, character) for character, count in counts.items() if not character.isascii()]
    kept = sorted(candidates)[: vocabulary_size - _FIRST_CHARACTER_ID]  # ties: lower code point first
    return CharacterTokenizer("".join(character for _, character in kept))


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
