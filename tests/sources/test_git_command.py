"""git runs alike whatever its user has set up, asks for nothing, and uses the user's proxy."""

import os
import subprocess

import pytest

from mof.sources.git_command import CommandStore, find_git, git_environment
from mof.sources.git_objects import FetchError, list_files
from tests.sources.repositories import make_repository


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's settings, among them some that would spoil a fetch."""
    folder = tmp_path / "home"
    (folder / "hooks").mkdir(parents=True)
    for name in ("reference-transaction", "post-checkout"):
        (folder / "hooks" / name).write_text(f"#!/bin/sh\necho ran >> {folder}/ran\nexit 1\n")
        (folder / "hooks" / name).chmod(0o755)
    (folder / ".gitconfig").write_text(
        f"[core]\n\thooksPath = {folder}/hooks\n[http]\n\tproxy = http://proxy.invalid:1\n"
        "\textraHeader = pass-word-7\n[fetch]\n\tfsckObjects = true\n"
        f'[url "{folder}/nowhere"]\n\tinsteadOf = {tmp_path}\n[transfer]\n\tbundleURI = true\n'
    )
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("GIT_DIR", str(folder / "elsewhere"))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    return folder


def test_the_user_s_settings_and_hooks_play_no_part(home, tmp_path, monkeypatch):
    monkeypatch.delenv("GIT_DIR")
    commit = make_repository(tmp_path / "r", {"a.md": "一"})
    monkeypatch.setenv("GIT_DIR", str(home / "elsewhere"))
    store = CommandStore(tmp_path / "copy", find_git())
    store.fetch_commit(str(tmp_path / "r"), commit)
    assert len(list_files(store, commit)) == 1
    assert not (home / "ran").exists() and not (home / "elsewhere").exists()


def test_proxies_are_carried_over_and_secrets_are_not(home, tmp_path):
    variables = {**os.environ, "HTTPS_PROXY": "http://other.invalid:2"}
    found = git_environment(variables, tmp_path, find_git())
    assert found["HTTPS_PROXY"] == "http://other.invalid:2"
    assert found["GIT_TERMINAL_PROMPT"] == "0" and "GIT_DIR" not in found
    assert (found["GIT_CONFIG_COUNT"], found["GIT_CONFIG_KEY_0"]) == ("1", "http.proxy")
    assert (
        "pass-word-7" not in str(found.values()) and found["GIT_CONFIG_VALUE_0"] == "http://proxy.invalid:1"
    )


def test_a_missing_repository_and_commit_are_told(tmp_path):
    store = CommandStore(tmp_path / "copy", find_git())
    with pytest.raises(FetchError, match="nothing-here"):
        store.fetch_commit(str(tmp_path / "nothing-here"), "0" * 40)
    make_repository(tmp_path / "r", {"a.md": "一"})
    with pytest.raises(FetchError, match="1{40}|not our ref"):
        store.fetch_commit(str(tmp_path / "r"), "1" * 40)


def test_a_git_that_does_not_run_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_git() is None
    (tmp_path / "git").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "git").chmod(0o755)
    assert find_git() is None


def test_what_the_watcher_raises_ends_the_fetch(tmp_path, monkeypatch):
    commit = make_repository(tmp_path / "r", {"a.md": "一"})

    def stop():
        raise FetchError("too much")

    store = CommandStore(tmp_path / "copy", find_git(), stop)
    monkeypatch.setattr("mof.sources.git_command.SECONDS_BETWEEN_LOOKS", 0.0)
    with pytest.raises(FetchError, match="too much"):
        store.fetch_commit(str(tmp_path / "r"), commit)


def test_a_full_disk_is_no_dead_host(tmp_path, monkeypatch):
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\necho 'fatal: write error: No space left on device' >&2\nexit 128\n")
    fake.chmod(0o755)
    with pytest.raises(OSError, match="the disk is full"):
        CommandStore(tmp_path / "copy", str(fake)).fetch_commit("x", "0" * 40)
    assert subprocess.run([fake], capture_output=True).returncode == 128
