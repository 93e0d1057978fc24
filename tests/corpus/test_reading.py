"""Reading documents: what is good comes out, what is bad is named."""

import json
import tracemalloc

import pytest
import zstandard

import mof.corpus.reading as module
from mof.corpus.document import Document, Message
from mof.corpus.reading import read_documents
from mof.corpus.reading_report import CorpusError, ReadingReport

GOOD = {"text": "花", "source": "garden", "license": "CC0"}


def test_texts_and_conversations_of_json_lines(write_jsonl):
    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "u", "name": "x"}]
    turns.append({"role": "assistant", "content": "a"})
    path = write_jsonl("a.jsonl", [GOOD, {"messages": turns, "source": 7}])
    assert list(read_documents(path)) == [
        Document("花", None, "garden", str(path), 1),
        Document(
            None, (Message("system", "s"), Message("user", "u"), Message("assistant", "a")), "", str(path), 2
        ),
    ]


@pytest.mark.parametrize(
    ("line", "reason", "detail"),
    [
        ("{not json", "bad JSON", "Expecting property name"),
        ("[" * 100_000, "bad JSON", ""),
        (b'{"text": "\xff"}', "bad UTF-8", "byte 0xff at 10"),
        ("", "empty line", ""),
        ("   ", "empty line", ""),
        ([1], "wrong type", "expected an object, got a list"),
        ("7", "wrong type", "expected an object, got a number"),
        ({"title": "x"}, "missing key", "neither text nor messages among ['title']"),
        ({"text": None}, "wrong type", "text: expected a string, got null"),
        ({"text": " \n"}, "empty", "text holds no text"),
        ('{"text": "a\\ud83d"}', "lone surrogate", "text: half of a character at 1"),
        ({"text": "a", "messages": []}, "both text and messages", "one of them"),
        ({"messages": {}}, "wrong type", "messages: expected a list, got an object"),
        ({"messages": []}, "empty", "messages holds nothing"),
        (
            {"messages": [{"role": "user", "content": "x"}]},
            "no assistant turn",
            "learns the assistant's turns",
        ),
        ({"messages": ["hi"]}, "wrong type", "messages[0]: expected an object, got a string"),
        ({"messages": [{"role": "user"}]}, "missing key", "messages[0] has no content"),
        ({"messages": [{"content": "x"}]}, "missing key", "messages[0] has no role"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "unknown role", "'tool', expected one of system"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, "unknown role", "['user']"),
        (
            {"messages": [{"role": "user", "content": True}]},
            "wrong type",
            "content: expected a string, got a boolean",
        ),
        ({"messages": [{"role": "user", "content": ""}]}, "empty", "messages[0].content holds no text"),
    ],
)
def test_a_bad_line_is_named_counted_and_skipped(write_jsonl, line, reason, detail):
    path = write_jsonl("a.jsonl", [GOOD, line, GOOD])
    report = ReadingReport()
    assert [document.line for document in read_documents(path, report)] == [1, 3]
    assert (report.num_documents, report.num_bad_lines, report.counts_by_reason) == (2, 1, {reason: 1})
    (bad_line,) = report.first_bad_lines
    assert (bad_line.path, bad_line.line, bad_line.reason) == (str(path), 2, reason)
    assert detail in bad_line.detail


def test_an_endless_line_is_skipped_whole(write_jsonl, monkeypatch):
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 100)
    path = write_jsonl("a.jsonl", [GOOD, {"text": "花" * 200}, GOOD])
    report = ReadingReport()
    assert [document.line for document in read_documents(path, report)] == [1, 3]
    assert report.counts_by_reason == {"line too long": 1}


def test_the_first_twenty_bad_lines_are_kept_and_all_are_counted(write_jsonl):
    report = ReadingReport()
    path = write_jsonl("a.jsonl", [GOOD] + ["{"] * 30 + ["[]"] * 5)
    list(read_documents(path, report))
    assert (report.num_bad_lines, report.counts_by_reason) == (35, {"bad JSON": 30, "wrong type": 5})
    assert [bad_line.line for bad_line in report.first_bad_lines] == list(range(2, 22))


def test_a_file_of_bad_lines_only_stops_the_reading_also_after_many_others(write_jsonl):
    write_jsonl("in/a.jsonl", [GOOD] + ["{"] * 30)
    bad = write_jsonl("in/b.jsonl", ["[]", {"text": 7}])
    with pytest.raises(CorpusError) as raised:
        list(read_documents(bad.parent))
    message = str(raised.value)
    assert "b.jsonl holds no good line: all 2" in message
    assert "b.jsonl, line 1: wrong type (expected an object, got a list)" in message
    assert "b.jsonl, line 2: wrong type (text: expected a string, got a number)" in message
    assert "a.jsonl" not in message


def test_an_empty_file_is_reported_and_a_corpus_of_them_refused(write_jsonl, tmp_path):
    empty = write_jsonl("in/a.jsonl", [])
    with pytest.raises(CorpusError, match="every file is empty"):
        list(read_documents(empty))
    write_jsonl("in/b.jsonl", [GOOD])
    report = ReadingReport()
    assert len(list(read_documents(empty.parent, report))) == 1
    assert report.empty_files == [str(empty)]


def test_folders_and_compressed_files(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text("b", encoding="utf-8")
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress(json.dumps({"text": "a"}).encode()))
    (tmp_path / "sub" / "c.txt.zst").write_bytes(zstandard.compress("\ufeff花\r\n草".encode()))
    texts = [document.text for document in read_documents(tmp_path)]
    assert texts == ["a", "b", "花\n草"]


def test_a_byte_order_mark_is_dropped(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"text": "a"}\n')
    assert [document.text for document in read_documents(path)] == ["a"]


def test_a_truncated_file_stops_the_reading(tmp_path):
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(zstandard.compress(b'{"text": "a"}\n' * 1_000)[:-3])
    with pytest.raises(CorpusError, match="truncated"):
        list(read_documents(path))


def test_the_limit_must_make_sense(tmp_path):
    with pytest.raises(ValueError, match="at least 1024, got 10"):
        list(read_documents(tmp_path, max_document_bytes=10))


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt", "a.jsonl.zst"])
def test_a_large_file_is_never_whole_in_memory(tmp_path, name):
    text = "花园" * 500
    line = f"{text}\n\n" if name == "a.txt" else json.dumps({"text": text}, ensure_ascii=False) + "\n"
    num_lines = 20_000 if name.endswith("zst") else 10_000  # 60 MB, which compress to nothing, or 30 MB
    content = line.encode() * num_lines
    (tmp_path / name).write_bytes(zstandard.compress(content) if name.endswith("zst") else content)
    del content
    tracemalloc.start()
    try:
        num_characters = sum(document.num_characters for document in read_documents(tmp_path / name))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert num_characters >= num_lines * 1_000
    assert peak_bytes < (30_000_000 if name.endswith("zst") else 15_000_000)


def test_the_report_for_people_and_as_json(write_jsonl):
    report = ReadingReport()
    list(read_documents(write_jsonl("a.jsonl", [GOOD, "{", "{", "[]"]), report))
    lines = str(report).split("\n")
    assert lines[0] == "1 documents read, 3 bad lines skipped"
    assert lines[1].startswith("  bad JSON: 2, first: ") and "a.jsonl, line 2: bad JSON (" in lines[1]
    assert lines[2].startswith("  wrong type: 1, first: ")
    assert ReadingReport.from_dict(json.loads(json.dumps(report.as_dict()))) == report
