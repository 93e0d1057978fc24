"""Objects are known by their own hashes: compared with what git itself says."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.sources.git_command import CommandStore, find_git
from mof.sources.git_objects import DamagedObjectError, list_files, object_id, read_checked, tree_entries
from mof.sources.git_python import PythonStore
from tests.sources.repositories import git, make_repository

FILES = {"a.md": "一", "b/c.md": "二", "b/d/中文.md": "三", "run.sh": "x"}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repository") / "r"
    return folder, make_repository(folder, FILES)


def stores(folder):
    return CommandStore(folder / "git", find_git()), PythonStore(folder / "python")


def test_names_are_git_s_own(tmp_path, repository):
    folder, commit = repository
    for store in stores(tmp_path):
        store.fetch_commit(str(folder), commit)
        found = dict(list_files(store, commit))
        for path in FILES:
            assert found[path] == git(folder, "rev-parse", f"{commit}:{path}")
        assert list(found) == sorted(FILES)
        store.fetch_files(str(folder), list(found.values()))
        contents = list(read_checked(store, list(found.values()), "blob"))
        assert [content.decode() for content in contents] == [FILES[path] for path in found]
        store.close()


def test_links_and_submodules_are_left_out(tmp_path):
    folder = tmp_path / "r"
    first = make_repository(folder, {"a.md": "一"})
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{first},module")
    (folder / "link.md").symlink_to("a.md")
    git(folder, "add", "link.md")
    git(folder, "commit", "-q", "-m", "more")
    commit = git(folder, "rev-parse", "HEAD")
    for store in stores(tmp_path):
        store.fetch_commit(str(folder), commit)
        assert [path for path, _ in list_files(store, commit)] == ["a.md"]
        store.close()


def test_only_the_named_commit_and_the_wanted_files_arrive(tmp_path, repository):
    folder, commit = repository
    for store in stores(tmp_path):
        store.fetch_commit(str(folder), commit)
        assert len(store.object_ids()) == 4  # the commit and three folders: no file, no history
        wanted = [name for path, name in list_files(store, commit) if path == "b/c.md"]
        store.fetch_files(str(folder), wanted)
        assert len(store.object_ids()) == 5
        with pytest.raises(DamagedObjectError):
            list(read_checked(store, [name for _, name in list_files(store, commit)], "blob"))
        store.close()


class Lying:
    """A store that gives what it was told to."""

    def __init__(self, kind, content):
        self.answer = (kind, content)

    def read(self, object_ids):
        return (self.answer for _ in object_ids)


@given(st.binary(max_size=60), st.integers(0, 10**6))
def test_any_other_content_is_noticed(content, position):
    name = object_id("blob", content)
    assert list(read_checked(Lying("blob", content), [name], "blob")) == [content]
    changed = bytearray(content or b"\0")
    changed[position % len(changed)] ^= 1
    with pytest.raises(DamagedObjectError, match=name):
        list(read_checked(Lying("blob", bytes(changed)), [name], "blob"))
    with pytest.raises(DamagedObjectError, match="is a tree, expected a blob"):
        list(read_checked(Lying("tree", content), [name], "blob"))


@pytest.mark.parametrize("content", [b"100644 a", b"100644 a\0123", b"\0" * 30])
def test_what_is_no_tree_is_refused(content):
    with pytest.raises(DamagedObjectError):
        list(tree_entries("f" * 40, content))


def test_a_copy_of_the_repository_s_folder_is_enough(tmp_path, repository):
    folder, commit = repository
    shutil.copytree(folder / ".git", tmp_path / "bare.git")
    for store in stores(tmp_path):
        store.fetch_commit(str(tmp_path / "bare.git"), commit)
        assert len(list_files(store, commit)) == 4
        store.close()
