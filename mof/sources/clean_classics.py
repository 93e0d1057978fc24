"""Classical Chinese: poems as JSON, and books as pairs of an old and a modern sentence."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mof.corpus.document import Document, Message
from mof.sources.plain_text import decoded, num_chinese, pieces
from mof.sources.simplified import simplified

_PAIR = re.compile(r"古文[:：](.*?)\s*\n现代文[:：](.*?)\s*(?:\n|\Z)")
_NOTE = re.compile(r"[（(〖].*")
_LINES_OF_PARAGRAPH = 6
_NAMES_OF_LINES = ("paragraphs", "content", "para")
_NAMES_OF_TITLE = ("title", "rhythmic", "chapter")


def is_drawn(text: str, percent: float) -> bool:
    """Whether a text is among the `percent` kept: decided by its own hash, so alike on every machine."""
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")
    return number < percent / 100 * 2**64


def bilingual_documents(files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]) -> Iterator[Document]:
    """The modern text of each chapter, the old one, and some sentences as translation tasks.

    Args:
        files: (path, content) of bitext.txt files; the path names the book and the chapter.
        options: "modern_characters" and "classical_characters", the most of one book (a few histories
            would otherwise be half of all); "translation_percent", share of the sentences made to tasks.
    """
    taken: Counter[tuple[str, str]] = Counter()
    for path, content in files:
        text = decoded(content)
        pairs = _PAIR.findall(text) if text is not None else []
        if not pairs:
            continue
        book, *chapter = path.split("/")[1:-1] or ["无题"]
        heading = f"《{book}》{'·'.join(chapter)}"
        for kind, index, note in (("modern", 1, "（现代汉语译文）"), ("classical", 0, "")):
            if taken[kind, book] >= options.get(f"{kind}_characters", 10**9):
                continue
            sentences = [pair[index] for pair in pairs]
            paragraphs = [
                "".join(sentences[start : start + _LINES_OF_PARAGRAPH])
                for start in range(0, len(sentences), _LINES_OF_PARAGRAPH)
            ]
            prose = "\n".join([heading + note, *paragraphs])
            taken[kind, book] += len(prose)
            for piece in pieces(prose):
                yield Document(piece, None, kind)
        yield from _tasks(pairs, options.get("translation_percent", 0))


def _tasks(pairs: list[tuple[str, str]], percent: float) -> Iterator[Document]:
    for old, modern in pairs:
        is_good = 8 <= len(old) <= 80 and 10 <= len(modern) <= 160 and 0.9 < len(modern) / len(old) < 3.5
        if is_good and old != modern and is_drawn(old, percent):
            asked = Message("user", f"把下面的文言文翻译成现代汉语：\n{old}")
            yield Document(None, (asked, Message("assistant", modern)), "translation")


def poem_documents(files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]) -> Iterator[Document]:
    """Poems in simplified characters; for well-known ones, also their words and author on request.

    Args:
        files: (path, content) of JSON files.
        options: "collections", a list of {"pattern", "dynasty", "percent", "is_famous"}: the first whose
            pattern is found in a path applies, and files of none are left out.
    """
    collections = options["collections"]
    for path, content in files:
        collection = next((item for item in collections if re.search(item["pattern"], path)), None)
        poems = _json(content)
        if collection is None or not isinstance(poems, list):
            continue
        for poem in poems:
            if isinstance(poem, dict):
                yield from _poem(poem, collection)


def _poem(poem: dict[str, Any], collection: Mapping[str, Any]) -> Iterator[Document]:
    lines = next((poem[name] for name in _NAMES_OF_LINES if poem.get(name)), [])
    lines = [lines] if isinstance(lines, str) else lines
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return
    body = "\n".join(simplified(line).strip() for line in lines if line.strip())
    title = next((str(poem[name]) for name in _NAMES_OF_TITLE if poem.get(name)), "")
    title = simplified(title)
    title = _NOTE.sub("", title).strip() or title
    author = simplified(str(poem.get("author") or "")).strip()
    # □ stands for a lost character, { for a rare one that is described
    if num_chinese(body) < 10 or "□" in body or "{" in body or not is_drawn(body, collection["percent"]):
        return
    dynasty = collection.get("dynasty", "")
    by = "·".join(word for word in (dynasty, author) if word)
    heading = f"《{title}》" + (f" {by}" if by else "") if title else by
    yield Document(f"{heading}\n{body}".strip(), None)
    if collection.get("is_famous") and title and author and len(body) <= 200:
        first = body.split("\n", 1)[0]
        for asked, answer in (
            (f"请背诵{author}的《{title}》。", body),
            (f"“{first}”出自哪首诗词？作者是谁？", f"出自{by}的《{title}》。"),
        ):
            yield Document(None, (Message("user", asked), Message("assistant", answer)))


def classic_documents(files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]) -> Iterator[Document]:
    """Prose classics kept as nested JSON: all strings in order, in simplified characters."""
    for _, content in files:
        value = _json(content)
        for item in value if isinstance(value, list) else [value]:
            prose = simplified("\n".join(_strings(item)))
            for piece in pieces(prose):
                if num_chinese(piece) >= 60:
                    yield Document(piece, None)


def chinese_poetry_documents(
    files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]
) -> Iterator[Document]:
    """Poems, and prose where the path matches the option "prose"."""
    for path, content in files:
        recipe = classic_documents if re.search(options["prose"], path) else poem_documents
        yield from recipe([(path, content)], options)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _json(content: bytes) -> Any:
    text = decoded(content)
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None
