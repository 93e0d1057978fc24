"""Measures of generated text that need no model: is it Chinese, does it repeat itself, is it copied?

`TextIndex` holds reference text with its suffix array, so every question about substrings of any length has
an exact answer, without hashing. The array is built by prefix doubling: positions sorted by their first few
characters are refined to twice the depth by one sort of (rank, rank `depth` characters later), and only
where ties are left. A search narrows an interval of the array by one character at a time, for all starting
points of a text at once.

Sources: suffix arrays and prefix doubling, Manber & Myers 1993, "Suffix arrays: a new method for on-line
string searches", SIAM J. Comput. 22(5), 935-948; sorting only the ties, Larsson & Sadakane 2007, "Faster
suffix sorting", Theor. Comput. Sci. 387(3), 258-272; distinct n-grams, Li et al. 2016, "A diversity-promoting
objective function for neural conversation models", NAACL, section 5.3.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

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
    building is about 40. For 48 million characters of Chinese that is 0.3 GB, 2 GB at the peak, and one to two
    minutes on one core. Long duplicates in the reference cost little: only ties are sorted again.

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
        self._suffixes = _suffix_array(self._symbols, num_symbols, report)

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
        """The longest run of a text that stands in the reference, the first one of several, and one place of it."""
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
        """First suffix of low <= i < high whose symbol at `depth` is at least the wanted one, by bisection."""
        low, high = low.copy(), high.copy()
        last = len(self._symbols) - 1  # the final separator: below every wanted symbol
        while (is_open := low < high).any():
            middle = (low + high) // 2
            places = self._suffixes[np.minimum(middle, last)].astype(np.int64) + depth
            is_below = self._symbols[np.minimum(places, last)] < symbols
            low = np.where(is_open & is_below, middle + 1, low)
            high = np.where(is_open & ~is_below, middle, high)
        return low


def share_of_known_ngrams(texts: Iterable[str], reference: TextIndex, n: int = 3) -> float:
    """Share of the character n-grams of the texts, repeats counted, that occur in the reference text.

    Real text of the same kind scores high and random characters score near 0: a low share means broken words.
    N-grams lie within one text and, in the reference, within one document.

    Args:
        texts: generated texts.
        reference: index of real text.
        n: characters in an n-gram.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: no text is as long as n characters, or n < 1.
    """
    _check_length(n)
    num_known = num_total = 0
    for text in _texts(texts):
        lengths = reference.match_lengths(text, max_length=n)
        num_known += int((lengths == n).sum())
        num_total += max(len(text) - n + 1, 0)
    return num_known / _checked_total(num_total, n)


def distinct_ngrams(texts: Iterable[str], n: int = 2) -> float:
    """Distinct character n-grams of all texts together, divided by their n-grams ("distinct-n", Li et al.).

    It falls as the texts grow, so compare samples of equal size only.

    Args:
        texts: generated texts.
        n: characters in an n-gram.

    Returns:
        A share in (0, 1]; low values mean that the texts say the same things again.

    Raises:
        ValueError: no text is as long as n characters, or n < 1.
    """
    _check_length(n)
    distinct: set[str] = set()
    num_total = 0
    for text in _texts(texts):
        ngrams = _ngrams(text, n)
        distinct.update(ngrams)
        num_total += len(ngrams)
    return len(distinct) / _checked_total(num_total, n)


def repetition_rate(text: str, n: int = 4) -> float:
    """Share of the character n-grams of a text that occurred earlier in the same text: 1 - distinct / all.

    It rises with the length, so compare texts of one length only; `mean_repetition_rate` does.

    Args:
        text: one text.
        n: characters in an n-gram.

    Returns:
        A share in [0, 1).

    Raises:
        ValueError: the text is shorter than n characters, or n < 1.

    Example:
        >>> repetition_rate("春天来了，春天来了", n=4)  # 1 of 6
        0.16666666666666666
    """
    _check_length(n)
    ngrams = _ngrams(text, n)
    return (len(ngrams) - len(set(ngrams))) / _checked_total(len(ngrams), n)


def mean_repetition_rate(texts: Iterable[str], num_characters: int, n: int = 4) -> float:
    """Mean `repetition_rate` of the first `num_characters` of each text; shorter texts are left out.

    Call it with generated texts, then with real ones and the same length: the ratio says how much more than
    real text a model repeats itself.

    Args:
        texts: generated or real texts.
        num_characters: characters to look at in each.
        n: characters in an n-gram.

    Returns:
        A share in [0, 1).

    Raises:
        ValueError: no text is that long, num_characters < n, or n < 1.
    """
    _check_length(n)
    if num_characters < n:
        raise ValueError(
            f"num_characters is {num_characters}, expected at least n = {n}: take longer excerpts"
        )
    rates = [
        repetition_rate(text[:num_characters], n) for text in _texts(texts) if len(text) >= num_characters
    ]
    if not rates:
        raise ValueError(
            f"no text has {num_characters} characters: give longer texts or lower num_characters"
        )
    return float(np.mean(rates))


def longest_copied_run(text: str, reference: TextIndex) -> CopiedRun:
    """The longest substring of a text that stands word for word in one document of the reference text.

    Args:
        text: a generated text.
        reference: index of the training text.

    Returns:
        The run, its place in the text and one place in the reference.
    """
    return reference.longest_run(text)


def _suffix_array(symbols: np.ndarray, num_symbols: int, report: Callable[[str], None]) -> np.ndarray:
    """Starts of all suffixes in lexicographic order, int32 [N]."""
    num_suffixes = len(symbols)
    bits = num_symbols.bit_length()
    depth = 64 // bits  # as many characters as fit in one key
    keys = np.zeros(num_suffixes, np.uint64)
    for offset in range(depth):
        keys <<= np.uint64(bits)
        keys[: max(num_suffixes - offset, 0)] |= symbols[offset:]
    suffixes = np.argsort(keys).astype(np.int32)
    keys = keys[suffixes]
    # The rank of a group of equal suffixes is its first place, and stays right while other groups are refined.
    ranks = np.empty(num_suffixes, np.int32)
    is_new = np.ones(num_suffixes, bool)
    is_new[1:] = keys[1:] != keys[:-1]
    del keys
    ranks[suffixes] = _group_starts(is_new, np.arange(num_suffixes, dtype=np.int32))
    ties = _ties(is_new, np.arange(num_suffixes, dtype=np.int32))
    while len(ties):
        report(f"sorted by {depth} characters, {len(ties):,} ties left")
        members = suffixes[ties]
        later = members.astype(np.int64) + depth
        keys = ranks[members].astype(np.uint64) << np.uint64(32)
        # A suffix that ends just before `later` is the smallest of its group: 0, below 1 + any rank.
        keys |= np.where(later < num_suffixes, ranks[np.minimum(later, num_suffixes - 1)] + 1, 0).astype(
            np.uint64
        )
        del later
        by_key = np.argsort(keys)
        members, keys = members[by_key], keys[by_key]
        del by_key
        suffixes[ties] = members
        is_new = np.ones(len(ties), bool)
        is_new[1:] = keys[1:] != keys[:-1]
        del keys
        ranks[members] = _group_starts(is_new, ties)
        ties = _ties(is_new, ties)
        depth *= 2
    report(f"sorted {num_suffixes:,} suffixes")
    return suffixes


def _group_starts(is_new: np.ndarray, places: np.ndarray) -> np.ndarray:
    """For each sorted suffix the place of the first one of its group."""
    return places[is_new][np.cumsum(is_new) - 1]


def _ties(is_new: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Places of the suffixes in groups of two or more."""
    is_last = np.append(is_new[1:], True)
    return places[~(is_new & is_last)]


def _texts(texts: Iterable[str]) -> Iterable[str]:
    if isinstance(texts, str):
        raise TypeError("the texts are one str, expected several texts: pass [text] for a single one")
    return texts


def _check_length(n: int) -> None:
    if n < 1:
        raise ValueError(f"n is {n}, expected the characters of an n-gram, at least 1")


def _checked_total(num_total: int, n: int) -> int:
    if not num_total:
        raise ValueError(
            f"no text has {n} characters, so there are no {n}-grams: give longer texts or a lower n"
        )
    return num_total


def _ngrams(text: str, n: int) -> list[str]:
    return [text[start : start + n] for start in range(len(text) - n + 1)]


def _code_points(text: str) -> np.ndarray:
    if not isinstance(text, str):
        raise TypeError(f"a text is a {type(text).__name__}, expected str: pass texts, not bytes or records")
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _joined(documents: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Code points of all documents, a separator after each, and where each starts."""
    separator = np.array([NUM_CODE_POINTS], "<u4")
    blocks, parts, num_pending, starts, end = [], [], 0, [], 0
    for text in _texts(documents):
        starts.append(end)
        parts += [_code_points(text), separator]
        end += len(text) + 1
        num_pending += len(text) + 1
        if num_pending >= JOIN_CHARACTERS:
            blocks.append(np.concatenate(parts))
            parts, num_pending = [], 0
    blocks += parts or [np.zeros(0, "<u4")]
    return np.concatenate(blocks), np.array(starts, np.int64)
