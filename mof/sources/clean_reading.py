"""Reading comprehension in the form of SQuAD: paragraphs as text, questions on them as dialogues."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mof.corpus.document import Document, Message
from mof.sources.simplified import simplified

MAX_PASSAGE = 320  # characters shown with a question
_EMPTY_BRACKETS = re.compile(r"[（(][，；、\s]*[）)]")  # what is left where Wikipedia had foreign letters
_SENTENCE_END = re.compile(r"(?<=[。！？])")


def reading_documents(files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]) -> Iterator[Document]:
    """Each paragraph once, and each question whose answer stands in the passage shown with it.

    Args:
        files: (path, content) of JSON files, or of zip archives with one.
        options: "simplify" (true: traditional characters become simplified ones).
    """
    convert = simplified if options.get("simplify") else str
    for path, content in files:
        for article in json.loads(unzipped(path, content))["data"]:
            for paragraph in article["paragraphs"]:
                context = _EMPTY_BRACKETS.sub("", convert(paragraph["context"]))
                yield Document(context, None)
                for item in paragraph["qas"]:
                    yield from _question(item, context, convert)


def passage(context: str, answer: str, max_characters: int = MAX_PASSAGE) -> str | None:
    """Whole sentences around the answer, as many as fit; None where the answer is not found there.

    Example:
        >>> passage("一二三。四五六。七八九。", "五", 8)
        '一二三。四五六。'
    """
    if len(context) <= max_characters:
        return context if answer in context else None
    place = context.find(answer)
    if place < 0:
        return None
    sentences = [sentence for sentence in _SENTENCE_END.split(context) if sentence]
    first = 0
    while place >= len(sentences[first]):
        place -= len(sentences[first])
        first += 1
    last, length = first, len(sentences[first])
    has_grown = True
    while has_grown:
        has_grown = False
        if first > 0 and length + len(sentences[first - 1]) <= max_characters:
            first, has_grown = first - 1, True
            length += len(sentences[first])
        if last + 1 < len(sentences) and length + len(sentences[last + 1]) <= max_characters:
            last, has_grown = last + 1, True
            length += len(sentences[last])
    shown = "".join(sentences[first : last + 1])
    return shown if answer in shown else None


def _question(item: dict[str, Any], context: str, convert) -> Iterator[Document]:
    answers = item.get("answers") or [{}]
    answer = _EMPTY_BRACKETS.sub("", convert(str(answers[0].get("text", "")))).strip()
    shown = passage(context, answer) if answer else None
    if shown is not None:
        asked = f"阅读材料，回答问题。\n材料：{shown}\n问题：{convert(item['question'])}"
        yield Document(None, (Message("user", asked), Message("assistant", answer)))


def unzipped(path: str, content: bytes) -> bytes:
    """The JSON file of a zip archive; any other file as it is."""
    if not path.endswith(".zip"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json") and "__MACOSX" not in name]
        return archive.read(sorted(names)[0])
