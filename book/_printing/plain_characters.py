"""Chinese that can be copied and searched: in a PDF, 月 must not become the radical ⽉.

A font draws both by one glyph. Chromium remembers for each glyph one character, and it may be the radical
(U+2F00 to U+2FD5, U+2E80 to U+2EF3), which looks the same and is found by no search. So the tables by which
a reader turns glyphs into text (ToUnicode, PDF 32000-1, 9.10.3) are rewritten.
"""

import re
import unicodedata
from collections.abc import Iterator

# CJK Radicals Supplement, of which Unicode gives no normal form; the characters that simplified text uses
RADICALS = "⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰"
CHARACTERS = "民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙"
PLAIN = dict(zip(RADICALS, CHARACTERS, strict=True))
MOST_ENTRIES = 100  # of one table, by the specification
BLOCK = re.compile(rb"\d+\s+beginbf(char|range)(.*?)endbf\1", re.DOTALL)
CODES = re.compile(rb"<([0-9A-Fa-f]+)>")


def plain(text: str) -> str:
    """The text with a character for each radical."""
    return "".join(
        PLAIN.get(c) or (unicodedata.normalize("NFKC", c) if "\u2e80" <= c <= "\u2fdf" else c) for c in text
    )


def plain_table(table: bytes) -> bytes:
    """A ToUnicode table without radicals; the very same bytes where it has none.

    A range is taken apart where one of its characters is a radical. Ranges with a list of characters, which
    Chromium does not write, stay as they are.
    """
    return BLOCK.sub(_plain_block, table)


def _plain_block(match: re.Match) -> bytes:
    kind, body = match.groups()
    if b"[" in body:
        return match.group()
    codes = [code.decode() for code in CODES.findall(body)]
    size = 2 if kind == b"char" else 3
    entries = [codes[i : i + size] for i in range(0, len(codes), size)]
    chars, ranges = [], []
    is_changed = False
    for entry in entries:
        first, last, text = entry[0], entry[-2], bytes.fromhex(entry[-1]).decode("utf-16-be")
        count = int(last, 16) - int(first, 16) + 1 if size == 3 else 1
        texts = [text[:-1] + chr(ord(text[-1]) + i) for i in range(count)]
        if all(plain(one) == one for one in texts):
            (ranges if size == 3 else chars).append(entry)
            continue
        is_changed = True
        for i, one in enumerate(texts):
            code = f"{int(first, 16) + i:0{len(first)}X}"
            chars.append([code, plain(one).encode("utf-16-be").hex().upper()])
    if not is_changed:
        return match.group()
    return b"\n".join([*_written("range", ranges), *_written("char", chars)])


def _written(kind: str, entries: list[list[str]]) -> Iterator[bytes]:
    for start in range(0, len(entries), MOST_ENTRIES):
        part = entries[start : start + MOST_ENTRIES]
        rows = "\n".join(" ".join(f"<{code}>" for code in entry) for entry in part)
        yield f"{len(part)} beginbf{kind}\n{rows}\nendbf{kind}".encode()
