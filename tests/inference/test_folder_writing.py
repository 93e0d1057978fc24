"""A folder's files are replaced when all of the new ones are there; a run and other things stay."""

import pytest

from mof.inference import folder_writing
from mof.inference.folder_writing import is_foreign, made_aside

MARK, NAMES = "mark.json", ("a", "b", "run.json")


@pytest.fixture
def folder(tmp_path):
    """A whole folder of before."""
    write(tmp_path / "out", "old")
    return tmp_path / "out"


def write(folder, text):
    with made_aside(folder, MARK) as aside:
        for name in (*NAMES, MARK):
            (aside / name).write_text(text, encoding="utf-8")


def texts(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}


def test_the_old_files_stay_until_the_new_ones_are_whole(folder):
    old = texts(folder)
    with pytest.raises(OSError, match="full"), made_aside(folder, MARK) as aside:
        (aside / "a").write_text("new", encoding="utf-8")
        assert texts(folder) == old
        raise OSError("full")
    assert texts(folder) == old and len(list(folder.iterdir())) == len(old)
    write(folder, "new")
    assert set(texts(folder).values()) == {"new"} and len(list(folder.iterdir())) == len(old)


@pytest.mark.parametrize("num_moved", range(4))
def test_a_kill_among_the_replaces_leaves_no_mark_and_is_gone_on_from(folder, monkeypatch, num_moved):
    moved, replace = [], folder_writing.replace

    def killed(source, target):
        if len(moved) == num_moved:
            raise KeyboardInterrupt
        moved.append(target.name)
        replace(source, target)

    monkeypatch.setattr(folder_writing, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write(folder, "new")
    assert MARK not in texts(folder) and not is_foreign(folder, MARK, NAMES)
    monkeypatch.undo()
    write(folder, "newest")
    assert set(texts(folder).values()) == {"newest"} and not (folder / "unfinished").exists()


def test_a_try_that_fails_after_a_kill_leaves_the_folder_its_own(folder, monkeypatch):
    moved, replace = [], folder_writing.replace

    def killed(source, target):
        if moved:
            raise KeyboardInterrupt
        moved.append(target.name)
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(folder_writing, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            write(folder, "new")
    with pytest.raises(OSError, match="full"), made_aside(folder, MARK):
        raise OSError("the disk is full")
    assert not is_foreign(folder, MARK, NAMES)
    write(folder, "newest")
    assert set(texts(folder).values()) == {"newest"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), False),
        (("a", "b"), True),  # the like-named files of somebody else
        (("a", "mine.txt"), True),
        (("a", "unfinished"), False),
        (("run.json", "unfinished"), False),
        (("run.json", "a"), True),  # a run, as far as one can see
        (("mine.txt", "unfinished"), True),
        ((MARK, "mine.txt"), False),
    ],
)
def test_what_counts_as_something_else(tmp_path, found, expected):
    for name in found:
        (tmp_path / name).touch()
    assert is_foreign(tmp_path, MARK, NAMES) is expected
    assert not is_foreign(tmp_path / "missing", MARK, NAMES)
