"""Cuts long text into pieces that are encoded one by one, at places where no token could cross.

A byte-pair encoder keeps some hundred bytes for each token while it works. Cutting first bounds that memory
for a text of any length, and lets the pieces of one text be encoded in parallel.
"""

import re
from collections.abc import Iterator

# After a line end before a letter or digit, or after punctuation before a Chinese character: the
# pre-tokenizer of BytePairTokenizer always separates there, so the cut changes no token.
_SAFE_CUT = re.compile(r"\n(?=\w)|[。，！？；：、](?=[\u4e00-\u9fff])")


def cut_text(text: str, max_characters: int) -> Iterator[str]:
    """Cuts `text` into pieces of at most `max_characters`, each as long as a safe cut allows.

    Where a piece holds no safe place at all, it is cut at exactly `max_characters`. The pieces, joined, are
    the text; an empty text gives no piece.

    Args:
        text: any string.
        max_characters: largest length of a piece, in characters.
    """
    start = 0
    while len(text) - start > max_characters:
        stop = start + max_characters
        cut = stop
        for match in _SAFE_CUT.finditer(text, start, stop):
            cut = match.end()
        yield text[start:cut]
        start = cut
    if start < len(text):
        yield text[start:]


def last_safe_cut(text: str) -> int:
    """The last place at which a cut changes no token, here or in any longer text; 0 where there is none.

    Args:
        text: any string.
    """
    return max((match.end() for match in _SAFE_CUT.finditer(text)), default=0)
