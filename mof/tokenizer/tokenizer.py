"""The interface of every tokenizer: text to ids and back, without losing a byte.

Every ordinary id stands for a fixed string of bytes, and the bytes of `encode(text)`, joined, are the
UTF-8 form of the text. So any string round-trips, and bits per byte can be compared between tokenizers.
"""

import abc
import os
from collections.abc import Iterable, Sequence

import numpy as np

from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS, SPECIAL_TOKEN_NAMES
from mof.tokenizer.tokenizer_file import Content, content_hash, make_content, write_tokenizer_file


class Tokenizer(abc.ABC):
    """Text to token ids and back. Ids 0 to 7 are special (see `special_tokens`) and never come from text.

    Example:
        >>> from mof.tokenizer.character_tokenizer import train_character_tokenizer
        >>> tokenizer = train_character_tokenizer(["春眠不觉晓"], vocabulary_size=300)
        >>> tokenizer.decode(tokenizer.encode("春晓 🌸"))
        '春晓 🌸'
    """

    kind: str

    def __init__(self, token_bytes: Sequence[bytes]) -> None:
        """Keeps the bytes of each ordinary token.

        Args:
            token_bytes: bytes of the ids from `NUM_SPECIAL_TOKENS` on, in order.
        """
        self._token_bytes = (b"",) * NUM_SPECIAL_TOKENS + tuple(token_bytes)
        self._byte_lengths = np.array([len(token) for token in self._token_bytes], dtype=np.int32)
        self._byte_lengths.flags.writeable = False
        self._hash: str | None = None

    @abc.abstractmethod
    def encode_batch(self, texts: Iterable[str]) -> list[np.ndarray]:
        """Encodes many texts at once; the same as `encode` on each, but faster.

        Args:
            texts: any strings, as a list or any iterable; all are held at once.

        Returns:
            One int32 array [n] for each text.

        Raises:
            TypeError: `texts` is one string, or a text is none.
            ValueError: a text holds a lone surrogate (it has no UTF-8 form).
        """

    @abc.abstractmethod
    def _data(self) -> Content:
        """What `save` must store besides the kind and the special tokens (plain JSON values)."""

    def encode(self, text: str) -> np.ndarray:
        """Encodes one text.

        Args:
            text: any string without lone surrogates.

        Returns:
            int32 [n], never a special id.

        Raises:
            ValueError: the text holds a lone surrogate; the message names its position.
        """
        return self.encode_batch([text])[0]

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """The text of the ids; special ids give nothing.

        Args:
            ids: token ids, as an array or any iterable of integers.
            errors: what to do with bytes that are no UTF-8 (a model may write half a character):
                "replace" gives U+FFFD, "strict" raises, "ignore" drops them.

        Raises:
            ValueError: an id lies outside the vocabulary.
        """
        return self.decode_bytes(ids).decode("utf-8", errors=errors)

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of the ids, joined; special ids give nothing."""
        ids = np.asarray(ids if isinstance(ids, np.ndarray) else list(ids))
        if ids.size == 0:
            return b""
        if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
            raise ValueError(
                f"ids must be a list of integers, got an array of shape {ids.shape} and type {ids.dtype}. "
                "Decode one row at a time."
            )
        lowest, highest = int(ids.min()), int(ids.max())
        if lowest < 0 or highest >= self.vocabulary_size:
            wrong = lowest if lowest < 0 else highest
            raise ValueError(self._outside_message(wrong))
        table = self._token_bytes
        return b"".join([table[token_id] for token_id in ids.tolist()])

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes that one id stands for; empty for a special id."""
        if not 0 <= token_id < self.vocabulary_size:
            raise ValueError(self._outside_message(token_id))
        return self._token_bytes[token_id]

    @property
    def byte_lengths(self) -> np.ndarray:
        """int32 [W], bytes of text behind each id (0 for special ids); read-only."""
        return self._byte_lengths

    @property
    def vocabulary_size(self) -> int:
        """W, the number of ids, special ones included."""
        return len(self._token_bytes)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical content, in hexadecimal: equal hashes encode every text alike."""
        if self._hash is None:
            self._hash = content_hash(self._content())
        return self._hash

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the tokenizer as one JSON file, which `load_tokenizer` reads."""
        write_tokenizer_file(self._content(), path)

    def _content(self) -> Content:
        return make_content(self.kind, {"special_tokens": list(SPECIAL_TOKEN_NAMES), **self._data()})

    def _outside_message(self, token_id: int) -> str:
        return (
            f"id {token_id} is outside the vocabulary, which has the ids 0 to {self.vocabulary_size - 1}. "
            "Were the ids made by another tokenizer?"
        )
