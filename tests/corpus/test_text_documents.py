"""Plain text files as documents."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.corpus.reading import read_documents
from mof.corpus.reading_report import CorpusError, ReadingReport

LIMIT = 1024


def documents_of(folder, content, report=None):
    path = folder / "a.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return list(read_documents(path, report, max_document_bytes=LIMIT))


@pytest.mark.parametrize("size", [1, LIMIT - 1, LIMIT])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_up_to_the_limit_is_one_document(tmp_path, size, end):
    text = ("花\n\n" * LIMIT)[: size // 5 * 3] + "a" * (size % 5)
    text = text[: len(text) - len(end)] + end if size > 1 else "a"
    assert len(text.encode()) <= LIMIT
    (document,) = documents_of(tmp_path, text)
    assert document.text == text.strip("\n") and (document.line, document.source) == (1, "")


def test_a_larger_file_is_cut_at_the_last_blank_line(tmp_path):
    paragraphs = ["春" * 100, "夏" * 100, "秋" * 100, "冬" * 100, "花" * 100]
    documents = documents_of(tmp_path, "\n\n".join(paragraphs))
    assert [document.text for document in documents] == [
        "\n\n".join(paragraphs[:3]),
        "\n\n".join(paragraphs[3:]),
    ]
    assert [document.line for document in documents] == [1, 7]


def test_without_a_blank_line_it_is_cut_at_a_line_end_and_without_any_between_characters(tmp_path):
    documents = documents_of(tmp_path, "\n".join(["春" * 100] * 5))
    assert [document.text for document in documents] == ["\n".join(["春" * 100] * n) for n in (3, 2)]
    documents = documents_of(tmp_path, "花" * 1_000)
    assert [len(document.text) for document in documents] == [341, 341, 318]


def test_a_blank_line_near_the_start_makes_no_tiny_document(tmp_path):
    lines = ["a", ""] + ["春" * 100] * 5
    documents = documents_of(tmp_path, "\n".join(lines))
    assert documents[0].text == "\n".join(lines[:5])


@settings(deadline=None, max_examples=60)
@given(lines=st.lists(st.sampled_from(["", " ", "花" * 50, "a" * 700, "草" * 900, "b"]), max_size=30))
def test_nothing_is_lost_but_line_ends_and_none_is_too_long(tmp_path_factory, lines):
    text = "\n".join(["x", *lines])
    documents = documents_of(tmp_path_factory.mktemp("texts"), text)
    joined = "".join(document.text for document in documents).replace("\n", "")
    assert joined.replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(len(document.text.encode()) <= LIMIT for document in documents)
    if len(text.encode()) <= LIMIT:
        assert len(documents) == 1


def test_bad_lines_are_left_out_and_named(tmp_path):
    report = ReadingReport()
    (document,) = documents_of(tmp_path, b"good\n\xc4\xe3\xba\xc3\nbetter\r\n", report)
    assert document.text == "good\nbetter"
    (bad_line,) = report.first_bad_lines
    assert (bad_line.line, bad_line.reason) == (2, "bad UTF-8")
    assert "byte 0xc4 at 0; save the file as UTF-8" in bad_line.detail


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("你好\n世界".encode("gbk"), "holds no good line.*line 1: bad UTF-8.*save the file as UTF-8"),
        (
            ("www.abc.com\n" + "春天来了，花开了。\n" * 50 + "======\n").encode("gbk"),
            "is mostly no UTF-8: 50 of its lines, 98% of its bytes.*often GBK",
        ),
        ("你好".encode("utf-16"), "is UTF-16, expected UTF-8. Save it as UTF-8"),
    ],
)
def test_a_file_in_another_encoding_stops_the_reading(tmp_path, content, words):
    with pytest.raises(CorpusError, match=rf"(?s)a\.txt {words}"):
        documents_of(tmp_path, content)


def test_a_file_of_blanks_holds_no_document(tmp_path):
    with pytest.raises(CorpusError, match="every file is empty"):
        documents_of(tmp_path, " \n\n\t\n")
