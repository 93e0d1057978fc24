"""Conversations, in the many forms that their collections have, as turns of user and assistant."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mof.corpus.document import Document, Message
from mof.sources.clean_reading import unzipped
from mof.sources.plain_text import chinese_share, decoded

Turns = list[str]  # the user's and the assistant's words by turns
MAX_CHARACTERS = 2000
MIN_SHARE = 0.3
# A small model must not be taught to answer here: whole conversations on these subjects are left out.
_SENSITIVE = re.compile(
    "自杀|自残|自伤|轻生|割腕|寻死|想死|去死|不想活|活不下去|结束(?:自己的)?生命|遗书|跳楼|安乐死|"
    "强奸|性侵|猥亵|乱伦|家暴|性行为|性生活|做爱|自慰|嫖|约炮|吸毒|毒品|杀人|杀了|虐待"
)
_SPACE_BEFORE_CHINESE = re.compile(r"[ \u3000]+(?=[一-鿿，。；：？！、）])")
_BROKEN_LINE = re.compile(r"(?<=[一-鿿，；、])\s*\n\s*(?=[一-鿿])")
_YAML_FIRST = re.compile(r"^\s*- -\s*(.*)$")
_YAML_NEXT = re.compile(r"^\s+-\s*(.*)$")


def dialogue_documents(files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]) -> Iterator[Document]:
    """Conversations of one collection.

    Args:
        files: (path, content).
        options: "form", a name of `FORMS`; "avoid", a regular expression: conversations in which it is found
            are left out; "sensitive" (true: those on self-harm, sexual acts and violence are left out);
            "max_characters", where a longer one is cut after an answer.
    """
    form = FORMS[options["form"]]
    avoid = re.compile(options["avoid"]) if options.get("avoid") else None
    for path, content in files:
        text = decoded(unzipped(path, content))
        if text is None:
            continue
        for turns in form(text):
            turns = _cut(turns, options.get("max_characters", MAX_CHARACTERS))
            whole = "\n".join(turns)
            if len(turns) < 2 or not all(turn.strip() for turn in turns) or chinese_share(whole) < MIN_SHARE:
                continue
            if (avoid and avoid.search(whole)) or (options.get("sensitive") and _SENSITIVE.search(whole)):
                continue
            yield Document(None, messages(turns))


def messages(turns: Iterable[str]) -> tuple[Message, ...]:
    """Turns as messages: the user begins."""
    return tuple(
        Message("assistant" if index % 2 else "user", turn.strip()) for index, turn in enumerate(turns)
    )


def _cut(turns: Turns, max_characters: int) -> Turns:
    """The longest beginning that ends with an answer and fits; one pair is kept whatever its length."""
    turns = turns[: len(turns) // 2 * 2]
    while len(turns) > 2 and sum(map(len, turns)) > max_characters:
        turns = turns[:-2]
    return turns


def _values(text: str) -> list[Any]:
    """What a JSON file lists, or the objects of a file with one on each line; bad lines are left out."""
    try:
        value = json.loads(text)
    except ValueError:
        value = [found for line in text.split("\n") if (found := _value(line)) is not None]
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, (dict, list))] if isinstance(value, list) else []


def _value(line: str) -> Any:
    try:
        return json.loads(line.strip().rstrip(","))
    except ValueError:
        return None


def _counselling(text: str) -> Iterator[Turns]:
    """[{"role": "client", "content"}, ...]: a file is one conversation."""
    turns: Turns = []
    for item in _values(text):
        is_answer = item["role"] != "client"
        if len(turns) % 2 == is_answer:
            turns.append(item["content"])
        elif turns:  # the same person goes on
            turns[-1] += "\n" + item["content"]
    if len(turns) >= 4:
        yield turns


def _rounds(text: str) -> Iterator[Turns]:
    """[{"conversation": [{"input", "output"}, ...]}, ...]."""
    for item in _values(text):
        yield [str(turn.get(key) or "") for turn in item["conversation"] for key in ("input", "output")]


def _named(text: str) -> Iterator[Turns]:
    """{"conversations": [{"from": "human" or "gpt", "value"}, ...]}."""
    for item in _values(text):
        yield [turn["value"] for turn in item["conversations"] if turn["from"] in ("human", "gpt")]


def _chats(text: str) -> Iterator[Turns]:
    """[{"messages": [{"content" or "message"}, ...]}, ...], or an object with such values."""
    values = _values(text)
    if len(values) == 1 and "messages" not in values[0]:
        values = list(values[0].values())
    for item in values:
        yield [str(turn.get("content") or turn.get("message") or "") for turn in item["messages"]]


def _instructions(text: str) -> Iterator[Turns]:
    """{"instruction", "input", "output"}, where input and output may lie in the first of "instances"; or
    {"question", "std_answer"}."""
    for item in _values(text):
        if "question" in item:
            yield [item["question"] or "", item.get("std_answer") or ""]
            continue
        task = (item.get("instances") or [item])[0]
        asked = "\n".join(part for part in (item["instruction"], task.get("input")) if part)
        yield [asked, task.get("output") or ""]


def _exam(text: str) -> Iterator[Turns]:
    """{"example": [{"question", "answer", "analysis"}, ...]}."""
    for value in _values(text):
        for item in value.get("example", ()):
            answer = item.get("answer") or ""
            answer = "；".join(map(str, answer)) if isinstance(answer, list) else str(answer)
            analysis = _unbroken(item.get("analysis") or "")
            asked = _unbroken(item["question"])
            if answer and len(asked) <= 900 and len(analysis) <= 900:
                told = f"\n解析：{analysis}" if analysis and analysis != answer else ""
                yield [asked, f"答案：{answer}{told}"]


def _yaml(text: str) -> Iterator[Turns]:
    """Lists of two levels, "- - question" and "  - answer"; of several answers the first."""
    turns: Turns = []
    for line in [*text.split("\n"), "- - end"]:
        first, following = _YAML_FIRST.match(line), _YAML_NEXT.match(line)
        if first:
            yield turns[:2]
            turns = [first[1].strip("\"' ")]
        elif following and turns:
            turns.append(following[1].strip("\"' "))


def _unbroken(text: str) -> str:
    """Text from a printed page, without its line breaks and spaces inside sentences."""
    return _SPACE_BEFORE_CHINESE.sub("", _BROKEN_LINE.sub("", text)).strip()


FORMS: dict[str, Callable[[str], Iterator[Turns]]] = {
    "counselling": _counselling,
    "rounds": _rounds,
    "named": _named,
    "chats": _chats,
    "instructions": _instructions,
    "exam": _exam,
    "yaml": _yaml,
}
