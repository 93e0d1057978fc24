"""Translated manuals kept as .po files: the Chinese of each entry, in the order of the manual."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mof.corpus.document import Document, Message
from mof.sources.plain_text import chinese_share, decoded, is_paragraph, num_chinese, pieces, without_gaps

_LEFT_OUT = re.compile(r"^(?:license|copyright|contents|bugs)|changelog")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ROLE = re.compile(r":[\w:+-]+:`[!~]?([^`<]*?)(?:\s*<[^`>]*>)?`")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`_{1,2}")
_MARKS = re.compile(r"``?|\*\*?|\|")
MAX_ANSWER = 500


def translation_documents(
    files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]
) -> Iterator[Document]:
    """A text for each file, and the questions of the FAQ with their answers."""
    for path, content in files:
        text = decoded(content)
        if text is None or _LEFT_OUT.search(path):
            continue
        entries = [plain_words(translation) for _, translation in translation_pairs(text)]
        prose = "\n".join(entry for entry in entries if is_paragraph(entry))
        for piece in pieces(prose):
            yield Document(piece, None)
        if path.startswith("faq/"):
            for question, answer in _questions(entries):
                yield Document(None, (Message("user", question), Message("assistant", answer)))


def translation_pairs(text: str) -> Iterator[tuple[str, str]]:
    """(original, translation) of every entry that its translator has not marked as doubtful.

    Example:
        >>> list(translation_pairs('msgid "a "\\n"b"\\nmsgstr "春"'))
        [('a b', '春')]
    """
    for entry in re.split(r"\n\s*\n", text):
        parts: dict[str, str] = {}
        key = ""
        for line in entry.split("\n"):
            if line.startswith("#,") and "fuzzy" in line:
                parts = {}
                break
            word = line.split(" ", 1)[0]
            key = word if word.startswith("msg") else key
            if not line.startswith("#") and key:
                parts[key] = parts.get(key, "") + "".join(map(_unquoted, _STRING.findall(line)))
        if parts.get("msgid") and parts.get("msgstr"):
            yield parts["msgid"], parts["msgstr"]


def plain_words(text: str) -> str:
    """An entry without the markup of reST, on one line."""
    text = _MARKS.sub("", _LINK.sub(r"\1", _ROLE.sub(r"\1", text)))
    return without_gaps(" ".join(text.split()))


def _unquoted(string: str) -> str:
    try:
        return ast.literal_eval(string)
    except (ValueError, SyntaxError):
        return string[1:-1]


def _questions(entries: list[str]) -> Iterator[tuple[str, str]]:
    for index, question in enumerate(entries):
        if not question or question[-1] not in "?？":
            continue
        lines: list[str] = []
        for line in entries[index + 1 : index + 6]:
            if line[-1:] in ("?", "？") or sum(map(len, lines)) + len(line) > MAX_ANSWER:
                break
            lines.append(line)
        answer = "\n".join(lines)
        if num_chinese(answer) >= 25 and chinese_share(question) >= 0.3:
            yield question, answer
