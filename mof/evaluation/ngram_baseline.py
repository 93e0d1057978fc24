r"""An interpolated Kneser-Ney character n-gram model: the classical figure a neural model has to beat.

The model is interpolated *modified* Kneser-Ney, the best smoothing in the comparison of Chen & Goodman.
With h the k - 1 symbols before w, and h' = h without its first symbol,

    p_k(w | h) = (c_k(hw) - D_k(c_k(hw))) / sum_v c_k(hv)  +  g_k(h) p_{k-1}(w | h')
    g_k(h)     = sum_{v: c_k(hv) > 0} D_k(c_k(hv)) / sum_v c_k(hv)
    p_0(w)     = 1 / S                                   S symbols: end, unknown, known characters

(if h never came before, p_k(w | h) = p_{k-1}(w | h')). The counts are

    c_n(x) = how often x occurs                          the highest order n
    c_k(x) = how often x occurs                          k < n, x starts a document
    c_k(x) = |{v : the (k+1)-gram v x occurs}|           k < n, all others (Kneser & Ney)

and the discounts of each order, from n_i = the number of k-grams with c_k = i, are D(0) = 0 and

    Y = n_1 / (n_1 + 2 n_2),   D(1) = 1 - 2Y n_2/n_1,   D(2) = 2 - 3Y n_3/n_2,   D(3+) = 3 - 4Y n_4/n_3.

Where these are undefined or leave 0 < D(i) <= i (small texts), 0.5, 1 and 1.5 take their place.

**Documents.** Each starts with a boundary symbol, which stays in the context and is never crossed. The end of
a document is an event too: the same symbol, as a target. Bits count every character and the end; bytes are
the UTF-8 bytes of the text alone. This is how the neural model is measured as well.

**Unknown characters.** Those seen fewer than `minimum_count` times in training become one symbol. An unknown
character costs the bits of that symbol in its context and those of its spelling: the number b of its UTF-8
bytes with probability (1 + m_b) / sum_b (1 + m_b), m_b the distinct such characters in training, then each
well-formed b-byte character that is not known with equal probability. So the probabilities of all Unicode
characters and the end sum to exactly one in every context.

Sources: Kneser & Ney 1995, "Improved backing-off for m-gram language modeling", ICASSP, 181-184. Chen &
Goodman 1998, "An empirical study of smoothing techniques for language modeling", TR-10-98, Harvard, section 3
and eq. 26. The rule for document starts: Heafield et al. 2013, "Scalable modified Kneser-Ney language model
estimation", ACL, section 3.
"""

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BOUNDARY, UNKNOWN, FIRST_CHARACTER = 0, 1, 2
NUM_CODE_POINTS = 0x110000
SYMBOL_BITS = (
    21  # a key is (index of the context) << 21 | symbol: room for every Unicode character, no hashing
)
NO_KEY = np.uint64(2**64 - 1)
FALLBACK_DISCOUNTS = (0.0, 0.5, 1.0, 1.5)  # the fallback of KenLM
FIRST_OF_LENGTH = (0x80, 0x800, 0x10000)  # the first code points of 2, 3 and 4 UTF-8 bytes
NUM_OF_LENGTH = (128, 1920, 61440, 1048576)  # characters of 1 to 4 UTF-8 bytes; surrogates are none
BLOCK_SYMBOLS = 1 << 20  # symbols scored at a time: bounds the working memory at about 100 MB
FILE_FORMAT = "mof-ngram-1"


@dataclass(frozen=True)
class TextScore:
    """What held-out documents cost: `bits` includes the ends of the documents, `num_bytes` is text alone."""

    bits: float
    num_bytes: int
    num_characters: int
    num_documents: int

    @property
    def bits_per_byte(self) -> float:
        """Bits divided by UTF-8 bytes."""
        return self.bits / self.num_bytes


class NgramModel:
    """Interpolated modified Kneser-Ney over characters; the module's docstring has the equations.

    Each order is a sorted array of exact 64-bit keys, so nothing is hashed and nothing is pruned. Training on
    48 million Chinese characters at order 5 peaks at 3.3 GB and takes about a minute on one core.

    Attributes:
        order: n, the longest n-gram.
        characters: the known characters, sorted by code point.

    Example:
        >>> model = NgramModel.train(["春眠不觉晓", "春风又绿江南岸", "春江水暖鸭先知"], order=3)
        >>> model.log2_probabilities("春江").shape  # 春, 江 and the end
        (3,)
        >>> model.bits_per_byte(["春江"]) < model.bits_per_byte(["江春"])
        True
    """

    def __init__(
        self, characters: str, spelling_weights: np.ndarray, tables: list[tuple[np.ndarray, np.ndarray]]
    ):
        """Put a model together; readers call `train` or `load`.

        Args:
            characters: the known characters, sorted, distinct.
            spelling_weights: [4], 1 + m_b for 1 to 4 UTF-8 bytes.
            tables: for each order its keys, uint64 [G], sorted, and its counts c_k, int64 [G].
        """
        self.order = len(tables)
        self.characters = characters
        self._spelling_weights = np.asarray(spelling_weights, np.int64)
        code_points = _code_points(characters)
        self._symbol_of = _symbol_table(code_points)
        num_unknown = np.array(NUM_OF_LENGTH) - np.bincount(_byte_length_classes(code_points), minlength=4)
        weights = np.where(num_unknown > 0, self._spelling_weights, 0)
        self._spelling_log2 = np.log2(np.maximum(weights, 1) / weights.sum()) - np.log2(
            np.maximum(num_unknown, 1)
        )
        self._num_symbols = len(characters) + FIRST_CHARACTER
        num_contexts = [1] + [len(keys) for keys, _ in tables[:-1]]
        self._levels = [_Level(*table, num) for table, num in zip(tables, num_contexts, strict=True)]

    @classmethod
    def train(
        cls,
        documents: Iterable[str],
        order: int = 5,
        minimum_count: int = 2,
        report: Callable[[str], None] | None = None,
    ) -> "NgramModel":
        """Count and smooth; the documents are read once.

        Args:
            documents: texts; each is one document.
            order: n >= 1.
            minimum_count: characters seen fewer times become the unknown symbol. 2 is the usual choice: what
                is seen once stands for what will be seen for the first time. 1 keeps every character.
            report: called with a line of words after each step, for example `print`.

        Raises:
            TypeError: a document is no str, or the documents are one str.
            ValueError: no documents, a lone surrogate in one, a bad order.
        """
        if order < 1 or minimum_count < 1:
            raise ValueError(
                f"order is {order} and minimum_count is {minimum_count}: both must be at least 1; "
                "5 and 2 are the usual choice"
            )
        report = report or (lambda message: None)
        blocks = list(_blocks(documents))
        if not blocks:
            raise ValueError("no documents came: a model needs at least one; check the paths or the iterator")
        code_points, is_first = (np.concatenate(arrays) for arrays in zip(*blocks, strict=True))
        del blocks
        if len(code_points) >= 2**31:
            raise ValueError(
                f"{len(code_points):,} symbols came; indices are 32-bit: train on fewer than 2**31"
            )
        report(
            f"read {int(is_first.sum()):,} documents, {len(code_points) - 2 * int(is_first.sum()):,} characters"
        )

        occurrences = np.bincount(code_points, minlength=NUM_CODE_POINTS + 1)[:NUM_CODE_POINTS]
        known = np.flatnonzero(occurrences >= minimum_count)
        rare = np.flatnonzero((occurrences > 0) & (occurrences < minimum_count))
        symbols = _symbol_table(known)[code_points]
        del code_points
        tables = _count(symbols, is_first, order, len(known) + FIRST_CHARACTER, report)
        characters = "".join(map(chr, known.tolist()))
        return cls(characters, 1 + np.bincount(_byte_length_classes(rare), minlength=4), tables)

    def log2_probabilities(self, text: str) -> np.ndarray:
        """Base-2 logarithm of the probability of each character of a document, and of its end.

        Args:
            text: one whole document; may be empty.

        Returns:
            float64 [len(text) + 1]; the last one belongs to the end. The negative sum is the bits of the text.

        Raises:
            TypeError: the text is no str.
            ValueError: the text holds a lone surrogate.
        """
        return self._score_block(*next(_blocks([text])))

    def score(self, documents: Iterable[str]) -> TextScore:
        """Bits, bytes and counts over documents, in blocks of bounded memory.

        Raises:
            TypeError: a document is no str, or the documents are one str.
            ValueError: the documents hold no bytes, or one holds a lone surrogate.
        """
        bits, num_bytes, num_characters, num_documents = 0.0, 0, 0, 0
        for code_points, is_first in _blocks(documents):
            bits -= float(self._score_block(code_points, is_first).sum())
            text_code_points = code_points[code_points < NUM_CODE_POINTS]
            num_bytes += len(text_code_points) + int(_byte_length_classes(text_code_points).sum())
            num_characters += len(text_code_points)
            num_documents += int(is_first.sum())
        if not num_bytes:
            raise ValueError(
                f"{num_documents} documents with 0 bytes came: bits per byte needs text; "
                "check the paths, or that the iterator was not used up before"
            )
        return TextScore(bits, num_bytes, num_characters, num_documents)

    def bits_per_byte(self, documents: Iterable[str]) -> float:
        """`score(documents).bits_per_byte`: ends counted in the bits, bytes those of the text alone."""
        return self.score(documents).bits_per_byte

    def next_probabilities(self, context: str) -> np.ndarray:
        """Probabilities of what follows `context`, the beginning of a document.

        Returns:
            float64 [S]: the end, the unknown symbol (all unknown characters together), then `characters`.

        Raises:
            TypeError: the context is no str.
            ValueError: the context holds a lone surrogate.
        """
        code_points, is_first = next(_blocks([context]))
        symbols, is_first = self._symbol_of[code_points][:-1], is_first[:-1]
        candidates = np.arange(self._num_symbols, dtype=np.uint64)
        probabilities = np.full(self._num_symbols, 1.0 / self._num_symbols)
        grams, absent = None, 0
        for level in self._levels:
            next_context = 0 if grams is None else grams[-1]
            _, probabilities = level.interpolate(
                np.full(self._num_symbols, next_context), candidates, probabilities
            )
            grams = level.find(_contexts(grams, is_first, absent), symbols)
            absent = len(level.keys) - 1
        return probabilities

    def save(self, path: str | os.PathLike) -> None:
        """Write one .npz file without pickled objects; it appears under its name only when it is complete."""
        path = Path(path)
        arrays = {
            "format": np.array(FILE_FORMAT),
            "order": np.array(self.order),
            "characters": _code_points(self.characters),
            "spelling_weights": self._spelling_weights,
        }
        num_contexts = 1
        for k, level in enumerate(self._levels, start=1):
            keys, counts = level.keys[:-1], level.counts[:-1]
            contexts = (keys >> np.uint64(SYMBOL_BITS)).astype(np.int64)
            arrays[f"successors_{k}"] = _narrowed(np.bincount(contexts, minlength=num_contexts))
            arrays[f"symbols_{k}"] = _narrowed(keys & np.uint64(2**SYMBOL_BITS - 1))
            arrays[f"counts_{k}"] = _narrowed(counts)
            num_contexts = len(keys)
        unfinished = path.with_name(path.name + ".unfinished")
        with open(unfinished, "wb") as file:
            np.savez(file, **arrays)
        os.replace(unfinished, path)

    @classmethod
    def load(cls, path: str | os.PathLike) -> "NgramModel":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is damaged or is no n-gram model.
        """
        try:
            with open(path, "rb") as file:
                if not zipfile.is_zipfile(file):  # np.load would also take a file of a single array
                    raise ValueError("no .npz archive, or cut off")
                file.seek(0)
                arrays = np.load(file, allow_pickle=False)
                if str(arrays["format"]) != FILE_FORMAT:
                    raise ValueError(f"format {str(arrays['format'])!r} instead of {FILE_FORMAT!r}")
                characters = arrays["characters"].astype("<u4").tobytes().decode("utf-32-le")
                tables, num_contexts = [], 1
                for k in range(1, int(arrays["order"]) + 1):
                    contexts = np.repeat(np.arange(num_contexts, dtype=np.uint64), arrays[f"successors_{k}"])
                    keys = (contexts << np.uint64(SYMBOL_BITS)) | arrays[f"symbols_{k}"].astype(np.uint64)
                    tables.append((keys, arrays[f"counts_{k}"].astype(np.int64)))
                    num_contexts = len(keys)
                return cls(characters, arrays["spelling_weights"], tables)
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(
                f"{path} is not a readable n-gram model ({error}): expected a file that NgramModel.save wrote; "
                "train and save it again"
            ) from error

    def _score_block(self, code_points: np.ndarray, is_first: np.ndarray) -> np.ndarray:
        symbols = self._symbol_of[code_points]
        probabilities = np.full(len(symbols), 1.0 / self._num_symbols)
        grams, absent = None, 0
        for level in self._levels:
            grams, probabilities = level.interpolate(
                _contexts(grams, is_first, absent), symbols, probabilities
            )
            absent = len(level.keys) - 1
        log2_probabilities = np.log2(probabilities)
        is_unknown = symbols == UNKNOWN
        log2_probabilities[is_unknown] += self._spelling_log2[_byte_length_classes(code_points[is_unknown])]
        return log2_probabilities[~is_first]


class _Level:
    """The k-grams of one order: their counts, and what the equations need of each context, a (k-1)-gram.

    Each array has one place more than there are k-grams or contexts. It stands for all that never came, with
    the values that turn the equation into p_k = p_{k-1}: count 0, total 1, back-off weight 1.
    """

    def __init__(self, keys: np.ndarray, counts: np.ndarray, num_contexts: int):
        self.keys = np.append(keys, NO_KEY)
        self.counts = np.append(counts, 0).astype(np.int32)
        self.discounts = _discounts(counts)
        contexts = (keys >> np.uint64(SYMBOL_BITS)).astype(np.int64)
        # Sums of integers: exact in float64.
        totals = np.bincount(contexts, weights=counts, minlength=num_contexts + 1)
        reserved = np.bincount(
            contexts, weights=self.discounts[np.minimum(counts, 3)], minlength=num_contexts + 1
        )
        self.totals = np.maximum(totals, 1.0)
        self.back_off = np.where(totals > 0, reserved / self.totals, 1.0)

    def find(self, contexts: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Index of each k-gram (context, symbol); the number of k-grams for one that never came."""
        wanted = _keys(contexts, symbols)
        place = np.searchsorted(self.keys, wanted)
        return np.where(self.keys[place] == wanted, place, len(self.keys) - 1)

    def interpolate(
        self, contexts: np.ndarray, symbols: np.ndarray, lower: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The index of each k-gram, and p_k(w | h) from `lower`, the p_{k-1}(w | h')."""
        grams = self.find(contexts, symbols)
        counts = self.counts[grams]
        own = (counts - self.discounts[np.minimum(counts, 3)]) / self.totals[contexts]
        return grams, own + self.back_off[contexts] * lower


def _discounts(counts: np.ndarray) -> np.ndarray:
    n1, n2, n3, n4 = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(np.float64)
    if n1 and n2 and n3:
        y = n1 / (n1 + 2 * n2)
        discounts = np.array([0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
        if (discounts[1:] > 0).all():  # each is at most i by its equation
            return discounts
    return np.array(FALLBACK_DISCOUNTS)


def _count(
    symbols: np.ndarray, is_first: np.ndarray, order: int, num_symbols: int, report: Callable[[str], None]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Keys and counts c_k of the orders 1 to `order`; one sort of all positions for each."""
    all_keys = [np.arange(num_symbols, dtype=np.uint64)]
    all_counts = []
    occurrences = np.bincount(symbols[~is_first], minlength=num_symbols)
    num_starting = 0  # k-grams that start a document: boundary is symbol 0, so they sort first
    grams = symbols  # for each position, the index of the k-gram that ends there
    for k in range(2, order + 1):
        contexts = _contexts(grams, is_first, len(all_keys[-1]))
        keys = _keys(contexts, symbols)
        keys[contexts == len(all_keys[-1])] = NO_KEY  # fewer than k symbols since the document started
        del contexts
        by_key = np.argsort(keys)
        by_key = by_key[: len(keys) - np.count_nonzero(keys == NO_KEY)]
        keys = keys[by_key]
        is_new = np.ones(len(keys), bool)
        is_new[1:] = keys[1:] != keys[:-1]
        first_places = np.flatnonzero(is_new)
        keys = keys[first_places]
        # One k-gram of each kind, seen from its last k - 1 symbols: that many distinct symbols came before.
        extensions = np.bincount(grams[by_key[first_places]], minlength=len(all_keys[-1]))
        extensions[:num_starting] = occurrences[:num_starting]
        all_counts.append(extensions)
        occurrences = np.diff(first_places, append=len(by_key))
        num_starting = int(np.searchsorted(keys, np.uint64(max(num_starting, 1) << SYMBOL_BITS)))
        grams = np.full(len(symbols), len(keys), np.uint32)
        grams[by_key] = np.cumsum(is_new) - 1
        all_keys.append(keys)
        report(f"counted {len(keys):,} distinct {k}-grams")
    return list(zip(all_keys, [*all_counts, occurrences], strict=True))


def _symbol_table(known: np.ndarray) -> np.ndarray:
    """The symbol of each code point, and of the boundary, which stands after the last one."""
    symbol_of = np.full(NUM_CODE_POINTS + 1, UNKNOWN, np.uint32)
    symbol_of[known] = np.arange(len(known)) + FIRST_CHARACTER
    symbol_of[NUM_CODE_POINTS] = BOUNDARY
    return symbol_of


def _contexts(grams: np.ndarray | None, is_first: np.ndarray, absent: int = 0) -> np.ndarray:
    """The (k-1)-gram that ends just before each position; `absent` where a document starts."""
    contexts = np.zeros(len(is_first), np.int64)
    if grams is not None:
        contexts[1:] = grams[:-1]
        contexts[is_first] = absent
    return contexts


def _keys(contexts: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    return (contexts.astype(np.uint64) << np.uint64(SYMBOL_BITS)) | symbols


def _code_points(text: str) -> np.ndarray:
    if not isinstance(text, str):
        raise TypeError(
            f"a document is a {type(text).__name__}, expected str: pass texts, not bytes or records"
        )
    try:
        return np.frombuffer(text.encode("utf-32-le"), "<u4")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the text holds the lone surrogate U+{ord(text[error.start]):04X} at character {error.start}, "
            'which has no UTF-8 bytes: repair it with text.encode("utf-16", "surrogatepass").decode("utf-16", '
            '"replace")'
        ) from error


def _byte_length_classes(code_points: np.ndarray) -> np.ndarray:
    """UTF-8 bytes of each character, less one."""
    return np.searchsorted(FIRST_OF_LENGTH, code_points, side="right")


def _blocks(documents: Iterable[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Streams of whole documents: code points with the boundary around each, and True where one starts."""
    if isinstance(documents, str):
        raise TypeError(
            "the documents are one str, expected several texts: pass [text] for a single document"
        )
    boundary = np.array([NUM_CODE_POINTS], "<u4")
    parts, starts, length = [], [], 0

    def stream():
        is_first = np.zeros(length, bool)
        is_first[starts] = True
        return np.concatenate(parts), is_first

    for text in documents:
        starts.append(length)
        parts += [boundary, _code_points(text), boundary]
        length += len(text) + 2
        if length >= BLOCK_SYMBOLS:
            yield stream()
            parts, starts, length = [], [], 0
    if parts:
        yield stream()


def _narrowed(values: np.ndarray) -> np.ndarray:
    """The same non-negative integers in the narrowest type that holds them."""
    return values.astype(np.min_scalar_type(values.max(initial=0)))
