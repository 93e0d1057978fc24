"""A line is added whole or not at all, and a line that a kill cut spoils no other."""

import json

import pytest

from mof.training import json_lines
from mof.training.json_lines import append_entry


def test_lines_come_one_after_another(tmp_path):
    for text in ("春", "夏"):
        append_entry(tmp_path / "a.jsonl", {"text": text})
    assert (tmp_path / "a.jsonl").read_bytes() == '{"text": "春"}\n{"text": "夏"}\n'.encode()


def test_a_cut_line_is_ended_first(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"n": 1}\n{"n"', encoding="utf-8")
    append_entry(path, {"n": 3})
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[1] == '{"n"' and [json.loads(lines[i]) for i in (0, 2)] == [{"n": 1}, {"n": 3}]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    append_entry(path, {"n": 1})
    before = path.read_bytes()

    class Full:
        """A file that takes five bytes."""

        def __init__(self):
            self.file, self.left = open(path, "a+b", buffering=0), 5

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, data):
            if not self.left:
                raise OSError(28, "No space left on device")
            written = self.file.write(data[: self.left])
            self.left -= written
            return written

    monkeypatch.setattr(json_lines, "patiently", lambda action: Full())
    with pytest.raises(OSError, match="No space"):
        append_entry(path, {"n": 2})
    assert path.read_bytes() == before
