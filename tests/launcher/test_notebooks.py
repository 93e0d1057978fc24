"""my-work/: what the reader wrote is never lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.launcher.notebooks import RECORD, copy_chapters


@pytest.fixture
def folders(tmp_path):
    source, target = tmp_path / "notebooks", tmp_path / "my-work"
    (source / "images").mkdir(parents=True)
    (source / "01_a.ipynb").write_text("one", encoding="utf-8")
    (source / "images" / "x.svg").write_text("svg", encoding="utf-8")
    return source, target


def test_first_copy_takes_all_but_caches(folders):
    source, target = folders
    (source / ".ipynb_checkpoints").mkdir()
    (source / ".ipynb_checkpoints" / "01_a.ipynb").write_text("old", encoding="utf-8")
    (source / "ruff.toml").write_text("line-length = 80", encoding="utf-8")  # for who writes them
    assert copy_chapters(source, target).added == ["01_a.ipynb", "images/x.svg"]
    assert (target / "images" / "x.svg").read_text(encoding="utf-8") == "svg"
    assert not (target / ".ipynb_checkpoints").exists()
    report = copy_chapters(source, target)
    assert not (report.added or report.refreshed or report.beside)


def test_edited_file_stays_and_the_new_version_lies_beside_it(folders):
    source, target = folders
    copy_chapters(source, target)
    (target / "01_a.ipynb").write_text("mine", encoding="utf-8")
    assert copy_chapters(source, target).beside == []  # nothing new: nothing said
    (source / "01_a.ipynb").write_text("two", encoding="utf-8")
    assert copy_chapters(source, target).beside == [("01_a.ipynb", "01_a.new.ipynb")]
    assert (target / "01_a.ipynb").read_text(encoding="utf-8") == "mine"
    assert (target / "01_a.new.ipynb").read_text(encoding="utf-8") == "two"
    assert copy_chapters(source, target).beside == []  # said once
    (source / "01_a.ipynb").write_text("three", encoding="utf-8")
    copy_chapters(source, target)
    assert (target / "01_a.new.ipynb").read_text(encoding="utf-8") == "three"


def test_edited_new_version_stays_too(folders):
    source, target = folders
    copy_chapters(source, target)
    (target / "01_a.ipynb").write_text("mine", encoding="utf-8")
    (source / "01_a.ipynb").write_text("two", encoding="utf-8")
    copy_chapters(source, target)
    (target / "01_a.new.ipynb").write_text("mine as well", encoding="utf-8")
    (source / "01_a.ipynb").write_text("three", encoding="utf-8")
    assert copy_chapters(source, target).beside == [("01_a.ipynb", "01_a.new2.ipynb")]
    assert (target / "01_a.new.ipynb").read_text(encoding="utf-8") == "mine as well"


def test_unedited_file_follows_the_course(folders):
    source, target = folders
    copy_chapters(source, target)
    (source / "01_a.ipynb").write_text("two", encoding="utf-8")
    assert copy_chapters(source, target).refreshed == ["01_a.ipynb"]
    assert (target / "01_a.ipynb").read_text(encoding="utf-8") == "two"


def test_deleted_file_comes_back_as_published(folders):
    source, target = folders
    copy_chapters(source, target)
    (target / "01_a.ipynb").unlink()
    assert copy_chapters(source, target).added == ["01_a.ipynb"]


@pytest.mark.parametrize("record", [None, "{ broken", "[1]"])
def test_without_a_record_every_difference_counts_as_an_edit(folders, record):
    source, target = folders
    target.mkdir()
    (target / "01_a.ipynb").write_text("mine", encoding="utf-8")
    if record:
        (target / RECORD).write_text(record, encoding="utf-8")
    assert copy_chapters(source, target).beside == [("01_a.ipynb", "01_a.new.ipynb")]
    assert (target / "01_a.ipynb").read_text(encoding="utf-8") == "mine"
    assert "01_a.ipynb" in json.loads((target / RECORD).read_text(encoding="utf-8"))


def test_no_chapters_yet(tmp_path):
    report = copy_chapters(tmp_path / "absent", tmp_path / "my-work")
    assert report.added == [] and (tmp_path / "my-work").is_dir()


@given(
    st.lists(
        st.tuples(st.sampled_from(["publish", "edit", "edit new", "delete", "lab"]), st.integers(0, 3)),
        max_size=14,
    )
)
def test_no_order_of_events_loses_an_edit(tmp_path_factory, events):
    folder = tmp_path_factory.mktemp("events")
    source, target = folder / "notebooks", folder / "my-work"
    source.mkdir()
    (source / "a.ipynb").write_text("published 0", encoding="utf-8")
    copy_chapters(source, target)
    edits = set()
    for number, (event, version) in enumerate(events):
        own = target / ("a.new.ipynb" if event == "edit new" else "a.ipynb")
        if event == "publish":
            (source / "a.ipynb").write_text(f"published {version}", encoding="utf-8")
        elif event == "lab":
            copy_chapters(source, target)
        elif own.exists():
            edits.discard(own.read_text(encoding="utf-8"))  # the reader replaces or deletes it himself
            own.unlink()
            if event != "delete":
                edits.add(f"edit {number}")
                own.write_text(f"edit {number}", encoding="utf-8")
    copy_chapters(source, target)
    assert edits <= {path.read_text(encoding="utf-8") for path in target.glob("*.ipynb")}
