"""The file of sheets: what it holds, that it is the same everywhere, and that an equal one is left alone."""

import hashlib
import json
import os

import pytest

from mof.corpus.reading import read_documents
from mof.tasks.sheet_file import write_sheets
from mof.tasks.writing import TaskWriter
from tests.tasks.toy_families import Doubling, Neighbours

FAMILIES = (Doubling(), Neighbours())
# another figure means that every reader's file changes: say so in CHANGELOG.md
PINNED = "1d590eeee9d82e4c5ade61b3d3dec5bff145c15fd654ca05802ddccda8ac9127"


def test_the_file_holds_the_writers_sheets_and_is_a_corpus(tmp_path):
    written = write_sheets(tmp_path / "new" / "sheets.jsonl", FAMILIES, 5_000, seed=3)
    texts = [json.loads(line)["text"] for line in written.path.read_text(encoding="utf-8").splitlines()]
    writer = TaskWriter(FAMILIES, 3)
    assert texts == [writer.document(number) for number in range(len(texts))]
    assert [document.text for document in read_documents([written.path])] == texts
    sizes = [len(text.encode("utf-8")) for text in texts]
    assert sum(sizes[:-1]) < 5_000 <= sum(sizes) == written.num_bytes
    assert written.num_sheets == len(texts)
    assert written.sha256 == hashlib.sha256(written.path.read_bytes()).hexdigest()


def test_an_equal_file_is_left_alone_and_another_one_replaced(tmp_path):
    path = tmp_path / "sheets.jsonl"
    write_sheets(path, FAMILIES, 2_000)
    os.utime(path, (1, 1))
    before = path.read_bytes()
    write_sheets(path, FAMILIES, 2_000)
    assert path.stat().st_mtime == 1
    write_sheets(path, FAMILIES, 2_000, seed=1)
    assert path.read_bytes() != before
    assert sorted(tmp_path.iterdir()) == [path]


def test_the_bytes_are_pinned(tmp_path):
    assert write_sheets(tmp_path / "x.jsonl", FAMILIES, 1_000).sha256 == PINNED


def test_what_is_written_is_told_after_each_sheet(tmp_path):
    told = []
    written = write_sheets(tmp_path / "x.jsonl", FAMILIES, 1_000, on_sheet=lambda *words: told.append(words))
    texts = [json.loads(line)["text"] for line in written.path.read_text(encoding="utf-8").splitlines()]
    sizes = [len(text.encode("utf-8")) for text in texts]
    assert told == [(sum(sizes[: number + 1]), 1_000) for number in range(len(sizes))]


def test_no_bytes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="num_bytes is 0, expected at least 1"):
        write_sheets(tmp_path / "x.jsonl", FAMILIES, 0)


@pytest.mark.parametrize("name", ["q.txt", "q.jsonl.zst", "q"])
def test_a_name_that_a_training_would_read_as_something_else_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"does not end in \.jsonl.*Name it q\.jsonl"):
        write_sheets(tmp_path / name, FAMILIES, 1_000)
    assert not list(tmp_path.iterdir())


def test_a_folder_is_refused_and_nothing_unfinished_stays(tmp_path, monkeypatch):
    (tmp_path / "sheets.jsonl").mkdir()
    with pytest.raises(IsADirectoryError, match="name a file in it"):
        write_sheets(tmp_path / "sheets.jsonl", FAMILIES, 1_000)

    def full(source, target):
        raise OSError("no room")

    monkeypatch.setattr("mof.tasks.sheet_file.replace", full)
    with pytest.raises(OSError, match="no room"):
        write_sheets(tmp_path / "b.jsonl", FAMILIES, 1_000)
    assert [path.name for path in tmp_path.iterdir()] == ["sheets.jsonl"]
