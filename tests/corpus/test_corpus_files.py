"""Finding the files of a corpus."""

import os

import pytest

from mof.corpus.corpus_files import find_corpus_files
from mof.corpus.reading_report import CorpusError


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"a")


def test_a_folder_is_read_in_sorted_order_with_its_subfolders(tmp_path):
    make(
        tmp_path,
        "b.txt",
        "a/z.jsonl",
        "a/b/c.txt.zst",
        "B.JSONL.ZST",
        "c.md",
        ".hidden.txt",
        ".git/x.txt",
        "a.zst",
    )
    names = [file.name for file in find_corpus_files(tmp_path)]
    assert names == ["B.JSONL.ZST", "a/b/c.txt.zst", "a/z.jsonl", "b.txt"]


def test_a_name_that_is_no_utf8_is_told(tmp_path):
    try:
        (tmp_path / os.fsdecode("春.txt".encode("gbk"))).write_bytes(b"a")
    except (OSError, UnicodeError):
        pytest.skip("this system has no such names")
    with pytest.raises(CorpusError, match="is no UTF-8. Rename the file"):
        find_corpus_files(tmp_path)


def test_kinds_are_told_by_the_ending(tmp_path):
    make(tmp_path, "a.txt", "b.jsonl", "c.txt.zst", "D.JSONL.ZST")
    kinds = {file.name: (file.is_json_lines, file.is_compressed) for file in find_corpus_files(tmp_path)}
    assert kinds == {
        "D.JSONL.ZST": (True, True),
        "a.txt": (False, False),
        "b.jsonl": (True, False),
        "c.txt.zst": (False, True),
    }


def test_paths_keep_their_order_and_a_file_is_read_once(tmp_path):
    make(tmp_path, "a.txt", "b.txt")
    files = find_corpus_files([str(tmp_path / "b.txt"), tmp_path, tmp_path / "b.txt"])
    assert [file.name for file in files] == ["b.txt", "a.txt"]


def test_a_file_in_a_hidden_folder_is_read_when_named(tmp_path):
    make(tmp_path, ".cache/a.txt")
    assert len(find_corpus_files(tmp_path / ".cache")) == 1


def test_errors(tmp_path):
    make(tmp_path, "a.md", "folder/.b.txt")
    with pytest.raises(FileNotFoundError, match=r"path .*missing\.txt does not exist"):
        find_corpus_files(tmp_path / "missing.txt")
    with pytest.raises(CorpusError, match=r"cannot read .*a\.md: expected a file that ends in \.txt"):
        find_corpus_files(tmp_path / "a.md")
    with pytest.raises(CorpusError, match="folder holds no readable file"):
        find_corpus_files(tmp_path / "folder")
    with pytest.raises(CorpusError, match="no corpus path"):
        find_corpus_files([])
