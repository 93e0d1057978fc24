"""A fair sample of a corpus of any size, in bounded memory: what a byte-pair tokenizer is trained on."""

import hashlib
import heapq
from collections.abc import Iterable

from mof.tokenizer.surrogates import check_no_surrogates
from mof.tokenizer.text_pieces import cut_text

_PIECE_CHARACTERS = 4_096  # small pieces: the sample holds many sources, not a few long books


def sample_pieces(texts: Iterable[str], max_characters: int) -> list[str]:
    """Keeps the pieces of the texts whose hashes are smallest, up to a number of characters.

    A hash is a random number that depends on the text alone: every piece has the same chance, and the same
    texts give the same sample in whatever order they come.

    Args:
        texts: read once, streaming; only the sample is held.
        max_characters: size of the sample (at least one piece is kept).

    Returns:
        The pieces, ordered by their hash.
    """
    heap: list[tuple[int, str]] = []  # the negated hash first: heap[0] is the piece to drop next
    best_dropped: tuple[int, str] | None = None
    num_characters = 0
    for text in texts:
        check_no_surrogates(text)
        for piece in cut_text(text, _PIECE_CHARACTERS):
            entry = (-int.from_bytes(hashlib.sha256(piece.encode("utf-8")).digest()[:8], "big"), piece)
            # What comes behind a piece once dropped is refused, even where it is short enough to fit:
            # else the sample would depend on the order of the texts.
            if best_dropped is not None and entry <= best_dropped:
                continue
            heapq.heappush(heap, entry)
            num_characters += len(piece)
            while num_characters > max_characters and len(heap) > 1:
                best_dropped = heapq.heappop(heap)
                num_characters -= len(best_dropped[1])
    return [piece for _, piece in sorted(heap, reverse=True)]
