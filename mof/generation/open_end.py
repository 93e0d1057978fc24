"""Prompts that may end inside a word.

A tokenizer cuts a text as a whole, so a token may stand across the place where a prompt ends: in 答：第三。
("Answer: the third.") 第三 is one token, and a model asked after the token 第 is asked what it has never
read. With an open end it reads the prompt as far as all texts that begin with it are cut alike, and what it
writes first is held to the ways in which such texts go on. The answer is not looked at.
"""

import itertools
from bisect import bisect_left
from typing import NamedTuple

import numpy as np

from mof.tokenizer.special_tokens import DOCUMENT, NUM_SPECIAL_TOKENS
from mof.tokenizer.text_pieces import last_safe_cut

_MOST_MISSING_BYTES = 2  # of a character that a token cuts: 64 ways to go on for each


class OpenEnd(NamedTuple):
    """Where to ask, and what may be written first.

    Attributes:
        token_ids: int32 [n], DOCUMENT and the prompt's tokens that no continuation changes.
        rest: the prompt's characters after them.
        ways: set of tuples of ids. Each writes `rest`, and its last token may write more. The cut of every
            text that begins with the prompt goes on in one of them; none is the beginning of another.
    """

    token_ids: np.ndarray
    rest: str
    ways: set


class OpenEnds:
    """Finds the open ends of prompts.

    With a tokenizer of characters nothing stands across a border, and a prompt is read whole.

    Args:
        tokenizer: Tokenizer.

    Example:
        >>> from mof.tokenizer.byte_pair_tokenizer import BytePairTokenizer
        >>> found = OpenEnds(BytePairTokenizer([(ord("a"), ord("b"))]))("ca")  # ab is a token, 264
        >>> found.token_ids.tolist(), found.rest, sorted(found.ways)
        ([1, 107], 'a', [(105,), (264,)])
    """

    def __init__(self, tokenizer):
        self._tokenizer = tokenizer
        ids = range(NUM_SPECIAL_TOKENS, tokenizer.vocabulary_size)
        self._tokens = sorted(map(tokenizer.token_bytes, ids))
        self._longest = max(map(len, self._tokens))

    def __call__(self, prompt):
        """The OpenEnd of a prompt.

        Args:
            prompt: str, may be empty.

        Raises:
            ValueError: for a prompt with a lone surrogate.
        """
        cut = last_safe_cut(prompt)
        beginning, end = prompt[:cut], prompt[cut:]
        first, plain = self._tokenizer.encode_batch([beginning, end])
        end_bytes = end.encode("utf-8")
        longer = [end + "0"] if end else []  # before a sign of its own the last of some blanks is cut off
        longer += [end + text for tail in self._tails(end_bytes) for text in _whole_texts(tail)]
        ways = {_up_to(ids, len(end_bytes), self._tokenizer) for ids in self._tokenizer.encode_batch(longer)}
        ways.add(tuple(plain.tolist()))
        same = itertools.takewhile(lambda ids: len(set(ids)) == 1, zip(*ways, strict=False))
        num_same = len(list(same))
        while num_same and not _is_text(self._tokenizer.decode_bytes(plain[:num_same])):
            num_same -= 1
        num_read = len(self._tokenizer.decode_bytes(plain[:num_same]))
        rest = end_bytes[num_read:].decode("utf-8")
        token_ids = np.concatenate([[DOCUMENT], first, plain[:num_same]]).astype(np.int32)
        return OpenEnd(token_ids, rest, {way[num_same:] for way in ways if len(way) > num_same})

    def _tails(self, end):
        """What tokens hold after a border that they stand across: the bytes before it are the end's last."""
        tails = set()
        for size in range(1, min(len(end), self._longest - 1) + 1):
            head = end[-size:]
            for token in self._tokens[bisect_left(self._tokens, head) :]:
                if not token.startswith(head):
                    break
                tails.add(token[size:])
        return sorted(tails - {b""})


def _up_to(token_ids, num_bytes, tokenizer):
    """The ids up to the one that writes byte number `num_bytes`, as a tuple."""
    ends = np.cumsum(tokenizer.byte_lengths[token_ids])
    return tuple(token_ids[: np.searchsorted(ends, num_bytes) + 1].tolist())


def _whole_texts(tail):
    """The bytes as text; if they end inside a character, with each that it may be."""
    if _is_text(tail):
        return [tail.decode("utf-8")]
    start = len(tail.decode("utf-8", errors="ignore").encode("utf-8"))
    first, num_there = tail[start], len(tail) - start
    missing = 2 + (first >= 0xE0) + (first >= 0xF0) - num_there
    if not 1 <= missing <= _MOST_MISSING_BYTES:
        return []
    found = (tail + bytes(more) for more in itertools.product(range(0x80, 0xC0), repeat=missing))
    return [text.decode("utf-8") for text in found if _is_text(text)]


def _is_text(data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
