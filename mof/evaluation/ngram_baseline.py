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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mof.evaluation.ngram_counting import SYMBOL_BITS, contexts_before, count_ngrams
from mof.evaluation.ngram_smoothing import SmoothedOrder
from mof.evaluation.ngram_symbols import (
    FIRST_CHARACTER,
    NUM_CODE_POINTS,
    UNKNOWN,
    byte_length_classes,
    code_points_of,
    document_blocks,
    symbol_table,
)
from mof.patient_files import replace

NUM_OF_LENGTH = (128, 1920, 61440, 1048576)  # characters of 1 to 4 UTF-8 bytes; surrogates are none
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
        code_points = code_points_of(characters)
        self._symbol_of = symbol_table(code_points)
        num_unknown = np.array(NUM_OF_LENGTH) - np.bincount(byte_length_classes(code_points), minlength=4)
        weights = np.where(num_unknown > 0, self._spelling_weights, 0)
        self._spelling_log2 = np.log2(np.maximum(weights, 1) / weights.sum()) - np.log2(
            np.maximum(num_unknown, 1)
        )
        self._num_symbols = len(characters) + FIRST_CHARACTER
        num_contexts = [1] + [len(keys) for keys, _ in tables[:-1]]
        self._levels = [SmoothedOrder(*table, num) for table, num in zip(tables, num_contexts, strict=True)]

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
        blocks = list(document_blocks(documents))
        if not blocks:
            raise ValueError("no documents came: a model needs at least one; check the paths or the iterator")
        code_points, is_first = (np.concatenate(arrays) for arrays in zip(*blocks, strict=True))
        del blocks
        if len(code_points) >= 2**31:
            raise ValueError(
                f"{len(code_points):,} symbols came; indices are 32-bit: train on fewer than 2**31"
            )
        num_documents = int(is_first.sum())
        report(f"read {num_documents:,} documents, {len(code_points) - 2 * num_documents:,} characters")

        occurrences = np.bincount(code_points, minlength=NUM_CODE_POINTS + 1)[:NUM_CODE_POINTS]
        known = np.flatnonzero(occurrences >= minimum_count)
        rare = np.flatnonzero((occurrences > 0) & (occurrences < minimum_count))
        symbols = symbol_table(known)[code_points]
        del code_points
        tables = count_ngrams(symbols, is_first, order, len(known) + FIRST_CHARACTER, report)
        characters = "".join(map(chr, known.tolist()))
        return cls(characters, 1 + np.bincount(byte_length_classes(rare), minlength=4), tables)

    def log2_probabilities(self, text: str) -> np.ndarray:
        """Base-2 logarithm of the probability of each character of a document, and of its end.

        Args:
            text: one whole document; may be empty.

        Returns:
            float64 [len(text) + 1]; the last one belongs to the end. The negative sum is the text's bits.

        Raises:
            TypeError: the text is no str.
            ValueError: the text holds a lone surrogate.
        """
        return self._score_block(*next(document_blocks([text])))

    def score(self, documents: Iterable[str]) -> TextScore:
        """Bits, bytes and counts over documents, in blocks of bounded memory.

        Raises:
            TypeError: a document is no str, or the documents are one str.
            ValueError: the documents hold no bytes, or one holds a lone surrogate.
        """
        bits, num_bytes, num_characters, num_documents = 0.0, 0, 0, 0
        for code_points, is_first in document_blocks(documents):
            bits -= float(self._score_block(code_points, is_first).sum())
            text_code_points = code_points[code_points < NUM_CODE_POINTS]
            num_bytes += len(text_code_points) + int(byte_length_classes(text_code_points).sum())
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
        code_points, is_first = next(document_blocks([context]))
        symbols, is_first = self._symbol_of[code_points][:-1], is_first[:-1]
        candidates = np.arange(self._num_symbols, dtype=np.uint64)
        probabilities = np.full(self._num_symbols, 1.0 / self._num_symbols)
        grams, absent = None, 0
        for level in self._levels:
            next_context = 0 if grams is None else grams[-1]
            _, probabilities = level.interpolate(
                np.full(self._num_symbols, next_context), candidates, probabilities
            )
            grams = level.find(contexts_before(grams, is_first, absent), symbols)
            absent = len(level.keys) - 1
        return probabilities

    def save(self, path: str | os.PathLike) -> None:
        """Write one .npz file without pickled objects; it appears under its name only when it is complete."""
        path = Path(path)
        arrays = {
            "format": np.array(FILE_FORMAT),
            "order": np.array(self.order),
            "characters": code_points_of(self.characters),
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
        replace(unfinished, path)

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
                f"{path} is not a readable n-gram model ({error}): expected a file that NgramModel.save "
                "wrote; train and save it again"
            ) from error

    def _score_block(self, code_points: np.ndarray, is_first: np.ndarray) -> np.ndarray:
        symbols = self._symbol_of[code_points]
        probabilities = np.full(len(symbols), 1.0 / self._num_symbols)
        grams, absent = None, 0
        for level in self._levels:
            grams, probabilities = level.interpolate(
                contexts_before(grams, is_first, absent), symbols, probabilities
            )
            absent = len(level.keys) - 1
        log2_probabilities = np.log2(probabilities)
        is_unknown = symbols == UNKNOWN
        log2_probabilities[is_unknown] += self._spelling_log2[byte_length_classes(code_points[is_unknown])]
        return log2_probabilities[~is_first]


def _narrowed(values: np.ndarray) -> np.ndarray:
    """The same non-negative integers in the narrowest type that holds them."""
    return values.astype(np.min_scalar_type(values.max(initial=0)))
