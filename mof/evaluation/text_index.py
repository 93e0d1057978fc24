"""Reference text in which any substring is found, exactly: a suffix array over all documents.

A search narrows an interval of the array by one character at a time, for all starting points of a text at
once; nothing is hashed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from mof.evaluation.suffix_array import suffix_array

NUM_CODE_POINTS = 0x110000
# Symbol 0 is the end of everything, so that no two suffixes are equal; symbol 1 follows each document, and no
# text holds it, so that no match crosses it; characters start at 2.
SEPARATOR, FIRST_CHARACTER = 1, 2
JOIN_CHARACTERS = 1 << 20  # documents are joined to arrays of this length: few objects, little memory


@dataclass(frozen=True)
class CopiedRun:
    """The longest piece of a text that stands word for word in the reference.

    Attributes:
        text: the piece itself; empty if the reference has none of the characters.
        start: where it starts in the text, in characters.
        document: number of a reference document that holds it, from 0 in the order they came; -1 if none.
        document_start: where it starts there, in characters; -1 if none.
    """

    text: str
    start: int
    document: int
    document_start: int

    @property
    def num_characters(self) -> int:
        """Length of the run."""
        return len(self.text)


class TextIndex:
    """Reference text that can be searched for any substring, exactly.

    Memory: 6 bytes a character once built (8 with more than 65,535 distinct characters); the peak while
    building is about 40. For 48 million characters of Chinese that is 0.3 GB, 2 GB at the peak, and one to
    two minutes on one core. Long duplicates in the reference cost little: only ties are sorted again.

    Example:
        >>> index = TextIndex(["春眠不觉晓", "处处闻啼鸟"])
        >>> index.match_lengths("春眠处处").tolist()
        [2, 1, 2, 1]
    """

    def __init__(self, documents: Iterable[str], report: Callable[[str], None] | None = None):
        """Read the documents once and sort their suffixes.

        Args:
            documents: reference texts.
            report: called with a line of words after each step, for example `print`.

        Raises:
            TypeError: a document is no str, or the documents are one str.
            ValueError: the documents hold no character, or too many for 32-bit positions.
        """
        report = report or (lambda message: None)
        code_points, self._document_starts = _joined(documents)
        self.num_documents = len(self._document_starts)
        self.num_characters = len(code_points) - self.num_documents
        if not self.num_characters:
            raise ValueError(
                f"{self.num_documents} reference documents with 0 characters came: an index needs text; "
                "check the paths, or that the iterator was not used up before"
            )
        if len(code_points) >= 2**31:
            raise ValueError(
                f"{len(code_points):,} characters came; positions are 32-bit: index fewer than 2**31"
            )
        report(f"read {self.num_documents:,} documents, {self.num_characters:,} characters")
        is_present = np.zeros(NUM_CODE_POINTS + 1, bool)
        is_present[code_points] = True
        is_present[NUM_CODE_POINTS] = False
        present = np.flatnonzero(is_present)
        num_symbols = len(present) + FIRST_CHARACTER
        symbol_type = np.min_scalar_type(num_symbols)
        # Characters that the reference does not have become num_symbols, which is found nowhere.
        self._symbol_of = np.full(NUM_CODE_POINTS + 1, num_symbols, symbol_type)
        self._symbol_of[present] = np.arange(FIRST_CHARACTER, num_symbols)
        self._symbol_of[NUM_CODE_POINTS] = SEPARATOR
        self._symbols = self._symbol_of[code_points]
        del code_points
        self._suffixes = suffix_array(self._symbols, num_symbols, report)

    def match_lengths(self, text: str, max_length: int | None = None) -> np.ndarray:
        """For each character of a text, the longest run starting there that stands in a reference document.

        Args:
            text: the text to look up.
            max_length: stop at this many characters, to save time.

        Returns:
            int64 [len(text)]: lengths in characters, 0 where the reference lacks the character.

        Raises:
            TypeError: the text is no str.
        """
        return self._search(text, max_length)[0]

    def longest_run(self, text: str) -> CopiedRun:
        """The longest run of a text that stands in the reference (the first of several) and a place of it."""
        lengths, places = self._search(text)
        if not lengths.any():
            return CopiedRun("", 0, -1, -1)
        start = int(lengths.argmax())
        place = int(places[start])
        document = int(np.searchsorted(self._document_starts, place, side="right")) - 1
        run = text[start : start + int(lengths[start])]
        return CopiedRun(run, start, document, place - int(self._document_starts[document]))

    def _search(self, text: str, max_length: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Match lengths, and a position in the reference of each match."""
        wanted = self._symbol_of[_code_points(text)]
        lengths = np.zeros(len(wanted), np.int64)
        places = np.full(len(wanted), -1, np.int64)
        starts = np.arange(len(wanted))  # still matching, with the suffixes low <= i < high
        low = np.zeros(len(wanted), np.int64)
        high = np.full(len(wanted), len(self._suffixes), np.int64)
        depth = 0
        while len(starts) and (max_length is None or depth < max_length):
            is_inside = starts + depth < len(wanted)
            starts, low, high = starts[is_inside], low[is_inside], high[is_inside]
            symbols = wanted[starts + depth].astype(np.int64)
            low, high = self._bound(low, high, depth, symbols), self._bound(low, high, depth, symbols + 1)
            is_found = low < high
            starts, low, high = starts[is_found], low[is_found], high[is_found]
            depth += 1
            lengths[starts] = depth
            places[starts] = self._suffixes[low]
        return lengths, places

    def _bound(self, low: np.ndarray, high: np.ndarray, depth: int, symbols: np.ndarray) -> np.ndarray:
        """First suffix of low <= i < high with a symbol at `depth` not below the wanted one; bisection."""
        low, high = low.copy(), high.copy()
        last = len(self._symbols) - 1  # the final separator: below every wanted symbol
        while (is_open := low < high).any():
            middle = (low + high) // 2
            places = self._suffixes[np.minimum(middle, last)].astype(np.int64) + depth
            is_below = self._symbols[np.minimum(places, last)] < symbols
            low = np.where(is_open & is_below, middle + 1, low)
            high = np.where(is_open & ~is_below, middle, high)
        return low


def check_texts(texts: Iterable[str]) -> Iterable[str]:
    """The texts as they came; a TypeError for one str in place of several, which would be read as letters."""
    if isinstance(texts, str):
        raise TypeError("the texts are one str, expected several texts: pass [text] for a single one")
    return texts


def _code_points(text: str) -> np.ndarray:
    if not isinstance(text, str):
        raise TypeError(f"a text is a {type(text).__name__}, expected str: pass texts, not bytes or records")
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _joined(documents: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Code points of all documents, a separator after each, and where each starts."""
    separator = np.array([NUM_CODE_POINTS], "<u4")
    blocks, parts, num_pending, starts, end = [], [], 0, [], 0
    for text in check_texts(documents):
        starts.append(end)
        parts += [_code_points(text), separator]
        end += len(text) + 1
        num_pending += len(text) + 1
        if num_pending >= JOIN_CHARACTERS:
            blocks.append(np.concatenate(parts))
            parts, num_pending = [], 0
    blocks += parts or [np.zeros(0, "<u4")]
    return np.concatenate(blocks), np.array(starts, np.int64)
