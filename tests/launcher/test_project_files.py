"""Which files are the project's: by git, and by .gitignore alone."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mof.launcher.project_files import (
    TOP_NAMES,
    files_new_to_git,
    is_ignored,
    list_project_files,
    tracked_files,
    unignored_files,
)

ROOT = Path(__file__).resolve().parents[2]
OWN = ["data/春天.txt", "mof/a.py", "mof/build/b.py", "start.py"]
OTHERS = [
    "runs/first/model",
    "dist/mof-workshop/bundle.json",
    "mof/__pycache__/a.pyc",
    "mof.egg-info/x",
    ".DS_Store",
    "corpus/text/a.txt",
]
READERS = ["my-texts/春.txt", "small/run.json", "notes.txt"]  # not ignored: git tells of them as new


@pytest.fixture
def project(tmp_path):
    for name in (*OWN, *OTHERS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    return tmp_path


def git(folder, *words):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.quotepath=true"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_both_rules_find_the_same(project):
    assert tracked_files(project) is None  # no clone
    by_rule = list_project_files(project)
    assert by_rule == sorted([".gitignore", *OWN])
    git(project, "init")
    git(project, "add", ".")
    assert list_project_files(project) == by_rule


def test_without_git_what_the_reader_put_there_is_left_out(project):
    by_rule = list_project_files(project)
    for name in READERS:
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).touch()
    assert list_project_files(project) == by_rule


def test_the_names_at_the_top_are_those_that_git_tracks():
    tracked = tracked_files(ROOT)
    if tracked is None:
        pytest.skip("no clone")
    assert TOP_NAMES == sorted({name.split("/")[0] for name in tracked})


def test_a_bundle_inside_the_project_is_not_part_of_it(project):
    (project / "data" / "mine" / "wheels").mkdir(parents=True)
    for name in ("data/mine/bundle.json", "data/mine/wheels/a.whl"):
        (project / name).touch()
    assert not [name for name in list_project_files(project) if "mine" in name]


def test_with_git_new_files_are_told_and_lost_ones_left_out(project):
    git(project, "init")
    git(project, "add", ".")
    (project / "notebook.ipynb").touch()
    (project / "mof" / "a.py").unlink()
    assert files_new_to_git(project) == ["notebook.ipynb"]
    assert list_project_files(project) == [".gitignore", *[name for name in OWN if name != "mof/a.py"]]


def test_nothing_that_the_repository_holds_is_ignored():
    tracked = tracked_files(ROOT)
    if tracked is None:
        pytest.skip("no clone")
    assert set(tracked) <= set(unignored_files(ROOT)) and len(tracked) > 100


@pytest.mark.parametrize(
    ("path", "is_folder", "expected"),
    [
        ("runs", True, True),
        ("runs", False, False),  # a pattern with a slash at its end means folders
        ("mof/runs", True, False),  # and one at its beginning the top
        ("mof/x/__pycache__", True, True),
        ("a.egg-info", True, True),
        ("book/.DS_Store", False, True),
    ],
)
def test_patterns(path, is_folder, expected):
    assert is_ignored(path, is_folder, ["/runs/", "/*.egg-info/", "__pycache__/", ".DS_Store"]) is expected
