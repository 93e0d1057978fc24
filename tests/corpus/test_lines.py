"""Lines of plain and compressed files."""

import hashlib

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

import mof.corpus.lines as module
from mof.corpus.corpus_files import CorpusFile
from mof.corpus.lines import read_lines
from mof.corpus.reading_report import CorpusError


def file_of(path, content):
    path.write_bytes(content)
    return CorpusFile(path, path.name)


@settings(deadline=None, max_examples=150)
@given(
    content=st.lists(st.sampled_from([b"\n", b"\r\n", b"ab", "花".encode(), b"\xef\xbb\xbf", b"\r"])).map(
        b"".join
    ),
    chunk_bytes=st.integers(1, 9),
    is_compressed=st.booleans(),
)
def test_lines_are_those_of_the_whole_file(tmp_path_factory, content, chunk_bytes, is_compressed):
    path = tmp_path_factory.mktemp("lines") / ("a.txt.zst" if is_compressed else "a.txt")
    file = file_of(path, zstandard.compress(content) if is_compressed else content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHUNK_BYTES", chunk_bytes)
        patch.setattr(module, "_COMPRESSED_BYTES_AT_ONCE", chunk_bytes)
        lines = list(read_lines(file, 1_000))
    expected = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert [line.data for line in lines] == [line.removesuffix(b"\r") for line in expected]
    assert [line.number for line in lines] == list(range(1, len(expected) + 1))
    assert all(line.is_complete for line in lines)


@settings(deadline=None, max_examples=100)
@given(
    text=st.text(st.sampled_from("a花🌸\n"), max_size=40),
    limit=st.integers(4, 9),
    chunk_bytes=st.integers(1, 50),
)
def test_long_lines_come_in_parts_cut_between_characters(tmp_path_factory, text, limit, chunk_bytes):
    file = file_of(tmp_path_factory.mktemp("lines") / "a.txt", text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHUNK_BYTES", chunk_bytes)
        lines = list(read_lines(file, limit))
    assert all(len(line.data) <= limit for line in lines)
    joined = "".join(line.data.decode("utf-8") + "\n" * line.is_complete for line in lines)
    assert joined.removesuffix("\n") == text.removesuffix("\n")


def test_frames_that_follow_each_other_are_one_stream(tmp_path):
    content = zstandard.compress(b"a\nb") + zstandard.compress(b"c\n") + zstandard.compress(b"d")
    assert [line.data for line in read_lines(file_of(tmp_path / "a.txt.zst", content), 99)] == [
        b"a",
        b"bc",
        b"d",
    ]


def test_chunks_are_shown_as_stored(tmp_path):
    content = zstandard.compress(b"".join(b"%d\n" % number for number in range(20_000)))
    digest = hashlib.sha256()
    lines = list(read_lines(file_of(tmp_path / "a.txt.zst", content), 99, digest.update))
    assert len(lines) == 20_000
    assert digest.digest() == hashlib.sha256(content).digest()


@pytest.mark.parametrize("keep", [1, 3, 10, -5, -1])
def test_a_truncated_file_is_noticed(tmp_path, keep):
    content = zstandard.compress(b"".join(b"%d\n" % (number * 7919) for number in range(5_000)))
    with pytest.raises(CorpusError, match=r"a\.txt\.zst is truncated"):
        list(read_lines(file_of(tmp_path / "a.txt.zst", content[:keep]), 99))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_refused_and_not_read_as_zeros(tmp_path, encoding):
    file = file_of(tmp_path / "a.txt", ("\ufeff" + "春天\nspring\n").encode(encoding))
    with pytest.raises(CorpusError, match="is UTF-16, expected UTF-8"):
        list(read_lines(file, 1_000))


def test_a_damaged_file_is_noticed(tmp_path):
    good = zstandard.compress(b"a\n" * 100)
    for content in (b"plain text, not compressed", good + b"more"):
        with pytest.raises(CorpusError, match="is damaged, or no Zstandard file"):
            list(read_lines(file_of(tmp_path / "a.txt.zst", content), 99))
