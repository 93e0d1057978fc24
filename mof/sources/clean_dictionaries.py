"""Dictionaries as questions and answers: idioms, two-part sayings, characters."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mof.corpus.document import Document
from mof.sources.clean_dialogues import messages
from mof.sources.plain_text import decoded, num_chinese

MAX_FREQUENCY = 2  # of a character: 0 the most common 3,500, then rarer ones


def dictionary_documents(
    files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]
) -> Iterator[Document]:
    """One question and its answer for each entry.

    Args:
        files: (path, content); the name of the file tells what it holds.
        options: none.
    """
    for path, content in files:
        text = decoded(content)
        if text is None:
            continue
        name = path.rsplit("/", 1)[-1]
        for entry in _entries(text):
            turns = _FORMS[name](entry) if name in _FORMS else None
            if turns is not None:
                yield Document(None, messages(turns))


def _entries(text: str) -> Iterator[dict[str, Any]]:
    try:
        values = json.loads(text)
    except ValueError:  # an object a line, with or without the commas of a list
        values = [_entry(line) for line in text.split("\n")]
    for value in values:
        if isinstance(value, dict):
            yield value


def _entry(line: str) -> Any:
    try:
        return json.loads(line.strip().strip("[],"))
    except ValueError:
        return None


def _idiom(entry: dict[str, Any]) -> tuple[str, str] | None:
    word, meaning = str(entry.get("word") or ""), str(entry.get("explanation") or "").strip()
    if not word or num_chinese(meaning) < 5:
        return None
    origin = str(entry.get("derivation") or "").strip()
    told = f"\n出处：{origin}" if num_chinese(origin) > 4 else ""
    return f"成语“{word}”是什么意思？", f"“{word}”的意思是：{meaning}{told}"


def _saying(entry: dict[str, Any]) -> tuple[str, str] | None:
    first, second = entry.get("riddle"), entry.get("answer")
    return (f"歇后语“{first}”的下半句是什么？", str(second)) if first and second else None


def _character(entry: dict[str, Any]) -> tuple[str, str] | None:
    character, sounds = entry.get("char"), entry.get("pinyin")
    if not character or not sounds or entry.get("frequency", 9) > MAX_FREQUENCY:
        return None
    told = f"“{character}”字读作{'、'.join(sounds)}，部首是“{entry.get('radicals', '')}”，"
    told += f"共{entry.get('strokes', '')}画"
    if entry.get("traditional"):
        told += f"，繁体写作“{entry['traditional']}”"
    return f"“{character}”字怎么读？部首和笔画数是多少？", told + "。"


_FORMS = {"idiom.json": _idiom, "xiehouyu.json": _saying, "char_base.json": _character}
