"""Byte-level byte-pair encoding (BPE): frequent words and phrases are one token, anything else its bytes.

Text is cut by `PRE_TOKEN_PATTERN`, then inside each part the pair of tokens learned first is joined, again
and again (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units"; on bytes:
Radford et al. 2019, section 2.2). The `tokenizers` library does the work; no normaliser, no added space.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import tokenizers

from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS
from mof.tokenizer.surrogates import check_no_surrogates, check_not_one_text
from mof.tokenizer.text_pieces import cut_text
from mof.tokenizer.tokenizer import Tokenizer
from mof.tokenizer.tokenizer_file import Content

# No token crosses the border between two parts. Lengths are bounded so that a hostile text (megabytes of
# one letter) costs no more than any other. A change here is a new FORMAT_VERSION of the file.
PRE_TOKEN_PATTERN = (
    r"\p{N}"  # each digit alone, so that numbers are written alike everywhere
    r"|\p{Han}[\p{Han}\p{M}]{0,63}"  # a run of Chinese characters: words and phrases are learned inside
    r"| ?[\p{L}&&[^\p{Han}]][[\p{L}\p{M}]&&[^\p{Han}]]{0,63}"  # a word of another script, with its space
    r"| ?[^\s\p{L}\p{N}]{1,16}"  # punctuation and symbols, Chinese ones too
    r"|\s{0,64}[\r\n]{1,64}"  # line ends, with blanks before them
    r"|\s{1,64}(?= \S)"  # blanks before the one space that belongs to the next word
    r"|\s{1,64}"  # other blanks, such as the two wide spaces that open a paragraph
)
# A text is encoded in pieces of at most this many characters; this bounds the memory.
_PIECE_CHARACTERS = 32_768
_PIECES_AT_ONCE = 64
# No part that the pattern cuts is as long. Each merge may double a token: 40 of them are a terabyte.
_LONGEST_TOKEN_BYTES = 1_024

IdPair = tuple[int, int]


class BytePairTokenizer(Tokenizer):
    """Byte-level BPE.

    Example:
        >>> tokenizer = BytePairTokenizer([(0xE4, 0xB8), (256, 0xAD)])  # the bytes of 中: E4 B8 AD
        >>> tokenizer.encode("中").tolist()
        [265]
    """

    kind = "bpe"

    def __init__(self, merges: Sequence[IdPair]) -> None:
        """Builds the vocabulary from its merges.

        Args:
            merges: pairs of token numbers in the order they were learned. Numbers 0 to 255 are the bytes;
                each merge makes the next number, unless its bytes have one already. The id of a token is
                its number plus `NUM_SPECIAL_TOKENS`.

        Raises:
            ValueError: a merge names a token that does not exist yet, comes twice, or makes a token of more
                than 1,024 bytes.
        """
        token_bytes = [bytes([value]) for value in range(256)]
        numbers = {token: number for number, token in enumerate(token_bytes)}
        for index, (left, right) in enumerate(merges):
            if not (0 <= left < len(token_bytes) and 0 <= right < len(token_bytes)):
                raise ValueError(
                    f"merge {index} is ({left}, {right}), but only the tokens 0 to {len(token_bytes) - 1} "
                    "exist before it. The list of merges is damaged or out of order."
                )
            num_bytes = len(token_bytes[left]) + len(token_bytes[right])
            if num_bytes > _LONGEST_TOKEN_BYTES:
                raise ValueError(
                    f"merge {index} makes a token of {num_bytes} bytes, expected at most "
                    f"{_LONGEST_TOKEN_BYTES}: no text holds such a token, and the list of merges is damaged. "
                    "Train the tokenizer again, or copy its file from where it came."
                )
            joined = token_bytes[left] + token_bytes[right]
            if joined not in numbers:
                numbers[joined] = len(token_bytes)
                token_bytes.append(joined)
        self._merges = [(int(left), int(right)) for left, right in merges]
        if len(set(self._merges)) != len(self._merges):
            raise ValueError("a merge comes twice in the list of merges, which is damaged.")
        super().__init__(token_bytes)
        names = ["".join(BYTE_NAMES[value] for value in token) for token in token_bytes]
        model = tokenizers.models.BPE(
            vocab={name: number for number, name in enumerate(names)},
            merges=[(names[left], names[right]) for left, right in self._merges],
        )
        self._encoder = tokenizers.Tokenizer(model)
        self._encoder.pre_tokenizer = make_pre_tokenizer()

    def encode_batch(self, texts: Iterable[str]) -> list[np.ndarray]:
        """Encodes many texts on all cores; see `Tokenizer.encode_batch`."""
        check_not_one_text(texts)
        texts = list(texts)
        for text in texts:
            check_no_surrogates(text)
        pieces_of_texts = [list(cut_text(text, _PIECE_CHARACTERS)) for text in texts]
        pieces = list(chain.from_iterable(pieces_of_texts))
        ids_of_pieces: list[np.ndarray] = []
        for start in range(0, len(pieces), _PIECES_AT_ONCE):
            encodings = self._encoder.encode_batch_fast(pieces[start : start + _PIECES_AT_ONCE])
            ids_of_pieces.extend(np.array(encoding.ids, dtype=np.int32) for encoding in encodings)
        encoded, position = [], 0
        for text_pieces in pieces_of_texts:
            parts = ids_of_pieces[position : position + len(text_pieces)]
            position += len(text_pieces)
            ids = np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)
            encoded.append(ids + np.int32(NUM_SPECIAL_TOKENS))
        return encoded

    @property
    def merges(self) -> list[tuple[bytes, bytes]]:
        """The pairs that were joined, as the bytes of both tokens, in the order they were learned."""
        table = self._token_bytes[NUM_SPECIAL_TOKENS:]
        return [(table[left], table[right]) for left, right in self._merges]

    def smaller(self, vocabulary_size: int) -> "BytePairTokenizer":
        """The tokenizer that learning would have stopped at: the first merges of this one.

        Args:
            vocabulary_size: W of the new one, from 264 (special tokens and bytes) to that of this one.

        Raises:
            ValueError: for another size.
        """
        smallest = NUM_SPECIAL_TOKENS + 256
        if not smallest <= vocabulary_size <= self.vocabulary_size:
            raise ValueError(
                f"vocabulary_size must be from {smallest} to {self.vocabulary_size}, that of this "
                f"tokenizer, got {vocabulary_size}."
            )
        num_merges, known = 0, {bytes([value]) for value in range(256)}
        for left, right in self.merges:
            if NUM_SPECIAL_TOKENS + len(known) >= vocabulary_size:
                break
            known.add(left + right)
            num_merges += 1
        return BytePairTokenizer(self._merges[:num_merges])

    def _data(self) -> Content:
        return {"merges": [list(pair) for pair in self._merges]}

    @classmethod
    def from_data(cls, data: Content) -> "BytePairTokenizer":
        """Builds the tokenizer from the `data` of its file."""
        merges = data.get("merges")
        if not isinstance(merges, list) or not all(_is_id_pair(pair) for pair in merges):
            raise ValueError("data.merges must be a list of pairs of integers.")
        return cls([tuple(pair) for pair in merges])


def make_pre_tokenizer() -> tokenizers.pre_tokenizers.PreTokenizer:
    """Cuts text by `PRE_TOKEN_PATTERN` (all of it is kept) and names its bytes as the library wants."""
    return tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Split(tokenizers.Regex(PRE_TOKEN_PATTERN), behavior="isolated"),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _byte_names() -> tuple[str, ...]:
    # The library writes each byte as a printable character: itself in the printable ranges of Latin-1, else
    # the next free character from U+0100 on (the table of GPT-2).
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [value for value in range(256) if value not in printable]
    return tuple(chr(value if value in printable else 256 + others.index(value)) for value in range(256))


def _is_id_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(type(number) is int for number in pair)


BYTE_NAMES = _byte_names()
