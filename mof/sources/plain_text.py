"""What every cleaning shares: one form of Unicode, how Chinese a text is, pieces of a bearable length."""

import re
import unicodedata
from collections.abc import Iterator

MAX_CHARACTERS = 12_000  # of a document; a longer text is cut at line ends
MIN_CHINESE = 4  # characters of a paragraph worth keeping
MIN_SHARE = 0.3  # of Chinese in such a paragraph: lower is code, a command, a link
_CHINESE = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_GAP = re.compile(r"(?<=[一-鿿，。：；！？]) +(?=[一-鿿，。：；！？])")
_SPACE = re.compile(r"\s")
# Invisible: zero-width marks, soft hyphens, byte order marks, the C0 and C1 controls but tab and line feed.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u3000]+")
_SPACE_AT_LINE_END = re.compile(r" *\n *")


def decoded(content: bytes) -> str | None:
    """A file as text with "\\n" line ends, or None where it is no UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "\ufffd" in text:  # damaged before it was stored
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def normalized(text: str) -> str:
    """Composed Unicode (NFC), no invisible characters, single spaces, no spaces or empty lines at the ends.

    Applying it again changes nothing.

    Example:
        >>> normalized(" e\\u0301\\u200b　 好 \\n")
        'é 好'
    """
    # The invisible go first: between a letter and its accent they would keep the two apart.
    text = _INVISIBLE.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n"))
    text = unicodedata.normalize("NFC", text)
    text = _SPACE_AT_LINE_END.sub("\n", _SPACES.sub(" ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def without_gaps(text: str) -> str:
    """Without the spaces between two Chinese characters, which removed markup leaves.

    Example:
        >>> without_gaps("放 风筝 with 我")
        '放风筝 with 我'
    """
    return _GAP.sub("", text)


def num_chinese(text: str) -> int:
    """Chinese characters in a text."""
    return len(_CHINESE.findall(text))


def chinese_share(text: str) -> float:
    """Share of Chinese characters among those that are no space.

    Example:
        >>> chinese_share("ab 春天")
        0.5
    """
    num_visible = len(_SPACE.sub("", text))
    return num_chinese(text) / num_visible if num_visible else 0.0


def is_chinese(character: str) -> bool:
    """Whether a character is Chinese."""
    return bool(_CHINESE.match(character))


def is_paragraph(text: str) -> bool:
    """Whether this is prose in Chinese rather than code, a link or a lone word."""
    return num_chinese(text) >= MIN_CHINESE and chinese_share(text) >= MIN_SHARE


def pieces(text: str, max_characters: int = MAX_CHARACTERS) -> Iterator[str]:
    """Cuts a text at line ends into pieces of at most `max_characters`; a longer line stays whole.

    Example:
        >>> list(pieces("一\\n二\\n三", 3))
        ['一\\n二', '三']
    """
    lines: list[str] = []
    length = 0
    for line in text.split("\n"):
        if lines and length + len(line) > max_characters:
            yield "\n".join(lines)
            lines, length = [], 0
        lines.append(line)
        length += len(line) + 1
    yield "\n".join(lines)
