"""One JSON object a line: {"text": ...} or {"messages": [{"role", "content"}, ...]}, other keys ignored."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from mof.corpus.document import ROLES, Document, Message
from mof.corpus.lines import Line
from mof.corpus.reading_report import BadLine, ReadingReport

MAX_LINE_BYTES = 64 << 20  # a longer line is no document but a mistake, and is skipped


class _BadLineError(Exception):
    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def json_documents(lines: Iterable[Line], path: str, report: ReadingReport) -> Iterator[Document]:
    """Parses lines to documents; a bad line goes to the report and is skipped.

    Args:
        lines: of one file.
        path: its name, for messages.
        report: counts documents and bad lines.
    """
    is_inside_long_line = False
    for line in lines:
        if is_inside_long_line or not line.is_complete:
            if not is_inside_long_line:
                report.add_bad_line(
                    BadLine(path, line.number, "line too long", f"over {MAX_LINE_BYTES} bytes")
                )
            is_inside_long_line = not line.is_complete
            continue
        try:
            document = _parse(line, path)
        except _BadLineError as error:
            report.add_bad_line(BadLine(path, line.number, error.reason, error.detail))
            continue
        report.num_documents += 1
        yield document


def _parse(line: Line, path: str) -> Document:
    try:
        written = line.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _BadLineError("bad UTF-8", f"byte 0x{line.data[error.start]:02x} at {error.start}") from error
    if not written.strip():
        raise _BadLineError("empty line")
    try:
        value = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise _BadLineError("bad JSON", str(error)) from error
    if not isinstance(value, dict):
        raise _BadLineError("wrong type", f"expected an object, got {_type_name(value)}")
    if "text" in value and "messages" in value:
        raise _BadLineError("both text and messages", "a document has one of them")
    source = value.get("source")
    source = source if isinstance(source, str) else ""
    if "text" in value:
        return Document(_checked_text(value["text"], "text"), None, source, path, line.number)
    if "messages" in value:
        return Document(None, _checked_messages(value["messages"]), source, path, line.number)
    raise _BadLineError("missing key", f"neither text nor messages among {sorted(value)[:5]}")


def _checked_messages(value: Any) -> tuple[Message, ...]:
    if not isinstance(value, list):
        raise _BadLineError("wrong type", f"messages: expected a list, got {_type_name(value)}")
    if not value:
        raise _BadLineError("empty", "messages holds nothing")
    messages = []
    for index, item in enumerate(value):
        name = f"messages[{index}]"
        if not isinstance(item, dict):
            raise _BadLineError("wrong type", f"{name}: expected an object, got {_type_name(item)}")
        for key in ("role", "content"):
            if key not in item:
                raise _BadLineError("missing key", f"{name} has no {key}")
        if item["role"] not in ROLES:
            raise _BadLineError(
                "unknown role", f"{name}: {item['role']!r}, expected one of {', '.join(ROLES)}"
            )
        messages.append(Message(item["role"], _checked_text(item["content"], f"{name}.content")))
    if not any(message.role == "assistant" for message in messages):
        raise _BadLineError("no assistant turn", "a model learns the assistant's turns, and here is none")
    return tuple(messages)


def _checked_text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise _BadLineError("wrong type", f"{name}: expected a string, got {_type_name(value)}")
    if not value.strip():
        raise _BadLineError("empty", f"{name} holds no text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _BadLineError("lone surrogate", f"{name}: half of a character at {error.start}") from error
    return value


def _type_name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
