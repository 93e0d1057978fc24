"""Documents as streams of symbols for the n-gram model, and the bytes of their characters."""

from collections.abc import Iterable, Iterator

import numpy as np

BOUNDARY, UNKNOWN, FIRST_CHARACTER = 0, 1, 2
NUM_CODE_POINTS = 0x110000
FIRST_OF_LENGTH = (0x80, 0x800, 0x10000)  # the first code points of 2, 3 and 4 UTF-8 bytes
BLOCK_SYMBOLS = 1 << 20  # symbols scored at a time: bounds the working memory at about 100 MB


def document_blocks(documents: Iterable[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Streams of whole documents: code points with the boundary around each, and True where one starts.

    Raises:
        TypeError: a document is no str, or the documents are one str.
        ValueError: a document holds a lone surrogate.
    """
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
        parts += [boundary, code_points_of(text), boundary]
        length += len(text) + 2
        if length >= BLOCK_SYMBOLS:
            yield stream()
            parts, starts, length = [], [], 0
    if parts:
        yield stream()


def code_points_of(text: str) -> np.ndarray:
    """The Unicode code points of a text: uint32 [len(text)]; raises as `document_blocks`."""
    if not isinstance(text, str):
        raise TypeError(
            f"a document is a {type(text).__name__}, expected str: pass texts, not bytes or records"
        )
    try:
        return np.frombuffer(text.encode("utf-32-le"), "<u4")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the text holds the lone surrogate U+{ord(text[error.start]):04X} at character {error.start}, "
            'which has no UTF-8 bytes: repair it with text.encode("utf-16", "surrogatepass")'
            '.decode("utf-16", "replace")'
        ) from error


def symbol_table(known: np.ndarray) -> np.ndarray:
    """The symbol of each code point, and of the boundary, which stands after the last one."""
    symbol_of = np.full(NUM_CODE_POINTS + 1, UNKNOWN, np.uint32)
    symbol_of[known] = np.arange(len(known)) + FIRST_CHARACTER
    symbol_of[NUM_CODE_POINTS] = BOUNDARY
    return symbol_of


def byte_length_classes(code_points: np.ndarray) -> np.ndarray:
    """UTF-8 bytes of each character, less one."""
    return np.searchsorted(FIRST_OF_LENGTH, code_points, side="right")
