"""A file that is held for a moment is waited for on Windows; elsewhere, and for other errors, nothing is."""

import errno

import pytest

from mof import patient_files
from mof.patient_files import patiently, replace, write_whole


class Held:
    """An action that is refused a few times."""

    def __init__(self, times, error=PermissionError):
        self.left, self.error, self.calls = times, error, 0

    def __call__(self):
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self.error("held")
        return "done"


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """The waits, which take no time."""
    found = []
    monkeypatch.setattr(patient_files.time, "sleep", found.append)
    return found


def test_windows_tries_again(waits):
    action = Held(3)
    assert patiently(action, is_windows=True) == "done"
    assert action.calls == 4 and waits == [patient_files.WAIT_SECONDS] * 3


@pytest.mark.parametrize(
    ("error", "is_windows", "most_seconds"),
    [(PermissionError, False, 30.0), (FileNotFoundError, True, 30.0), (PermissionError, True, -1.0)],
)
def test_what_is_no_moment_is_raised_at_once(error, is_windows, most_seconds, waits):
    action = Held(1, error)
    with pytest.raises(error):
        patiently(action, is_windows, most_seconds)
    assert action.calls == 1 and not waits


def test_a_file_is_replaced(tmp_path):
    (tmp_path / "a").write_text("春", encoding="utf-8")
    replace(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text(encoding="utf-8") == "春" and not (tmp_path / "a").exists()


def test_a_text_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "run.json"
    write_whole(file, "春\n")
    assert file.read_bytes() == "春\n".encode()

    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(patient_files, "flush", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "秋\n")
    assert file.read_bytes() == "春\n".encode()


def test_what_is_written_is_on_the_disk_before_its_name_is(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(patient_files.os, "fsync", lambda number: order.append("flushed"))
    monkeypatch.setattr(patient_files.os, "replace", lambda *paths: order.append("renamed"))
    write_whole(tmp_path / "run.json", "春")
    assert order == ["flushed", "renamed"]
