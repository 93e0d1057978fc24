"""`mof corpus`: what is printed, asked and answered; the fetching itself is tested in tests/sources."""

import contextlib
import io
import os
import subprocess
import sys

import pytest

from mof.cli.invocation import command_line
from tests.sources.repositories import build_sources, contents, fetch_words, run_mof


def call(*words, said=""):
    """The command in this process; returns (status, all that it printed)."""
    from mof.cli.app import main

    printed, before = io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(said)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            main(["corpus", *map(str, words)])
    except SystemExit as end:
        return end.code or 0, printed.getvalue()
    finally:
        sys.stdin = before
    raise AssertionError("main always ends the process")


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Small local repositories."""
    return build_sources(tmp_path_factory.mktemp("sources"))


def test_list_shows_size_licence_and_what_it_is():
    status, printed = call("list")
    listed, more = printed.split("All about one of them:\n")
    assert status == 0 and all(len(line) <= 80 for line in listed.splitlines())
    assert more.strip() == command_line("corpus", "list", "--source", "NAME")
    assert "Default set" in printed and "MB to download" in printed
    assert "poetry" in printed and "CC-BY-SA-4.0" in printed and "Recipes of Chinese dishes" in printed


def test_list_tells_all_about_one_source():
    status, printed = call("list", "--source", "oi-wiki")
    assert status == 0 and "commit: 76fa67c1ef16613519ec6c1a4c58857eba8b2a96" in printed
    assert "default set: no" in printed and "caution: Not in the default set" in printed


@pytest.mark.parametrize("word", ["list", "fetch"])
def test_help_and_wrong_names(word):
    status, printed = call(word, "--help")
    assert status == 0 and "--source" in printed
    status, printed = call(word, "--source", "poetri")
    assert status == 1 and "Did you mean 'poetry'?" in printed and "Traceback" not in printed


def test_the_size_is_shown_first_and_no_means_no(sources, tmp_path):
    words = [word for word in fetch_words(sources, tmp_path / "out") if word != "--yes"]
    status, printed = call(*words, said="n\n")
    assert status == 0 and "To fetch: 6 sources, about 0.6 MB from your mirror" in printed
    assert f"Licences: {command_line('corpus', 'list', '--catalogue', str(sources.catalogue))};" in printed
    assert printed.index("To fetch") < printed.index("Go on?") < printed.index("Nothing was downloaded.")
    assert contents(tmp_path / "out") == {}
    status, printed = call(*words)
    assert status == 1 and "nobody answered, so nothing was downloaded. Give --yes" in printed


def test_fetch_then_check_then_nothing_to_do(sources, tmp_path):
    status, printed = call(*fetch_words(sources, tmp_path, "--source", "poems", "--source", "talks"))
    assert status == 0 and "poems: 3 documents" in printed and "train --corpus" in printed
    status, printed = call("fetch", "--output", tmp_path, "--check")
    assert status == 0 and "2 sources, 3 files: all as the manifest says." in printed
    status, printed = call(*fetch_words(sources, tmp_path, "--source", "poems"))
    assert status == 0 and "1 of 1 sources are in" in printed and "To fetch" not in printed
    (tmp_path / "text/poems-00.jsonl.zst").write_bytes(b"")
    status, printed = call("fetch", "--output", tmp_path, "--check")
    assert status == 1 and "poems-00.jsonl.zst of poems is damaged" in printed
    assert command_line("corpus", "fetch", "--output", str(tmp_path)) in printed
    status, printed = call("fetch", "--output", tmp_path / "none", "--check")
    assert status == 1 and "holds no manifest.json: nothing was fetched into it" in printed


def test_the_next_command_names_a_folder_that_is_there(sources, tmp_path):
    status, printed = call(*fetch_words(sources, tmp_path / "a", "--source", "talks"))
    assert status == 0 and f"train --corpus {tmp_path / 'a' / 'dialogues'}" in printed
    assert not (tmp_path / "a" / "text").exists()
    status, printed = call(*fetch_words(sources, tmp_path / "b", "--source", "poems", "--source", "talks"))
    assert status == 0 and f"train --corpus {tmp_path / 'b' / 'text'}" in printed


def test_a_loss_is_stated_with_its_share(sources, tmp_path):
    (tmp_path / "mirror/club").mkdir(parents=True)
    os.symlink(sources.mirror / "club/poems", tmp_path / "mirror/club/poems")
    words = ["--source", "poems", "--source", "articles", "--output", tmp_path / "out", "--yes"]
    words += ["--catalogue", sources.catalogue, "--mirror", tmp_path / "mirror"]
    status, printed = call("fetch", *words)
    assert status == 0
    assert "Missing: 1 of 2 sources, about 0.1 MB of text, 50% of what was asked for:" in printed
    assert "articles (0.1 MB): no mirror has it" in printed and "tries these again" in printed
    status, printed = call(*fetch_words(sources._replace(mirror=tmp_path), tmp_path / "none"))
    assert status == 1 and "no source could be fetched" in printed


def test_the_real_command_without_git_makes_the_same(sources, tmp_path):
    names = ("--source", "poems", "--source", "reading")
    with_git = run_mof(*fetch_words(sources, tmp_path / "git", *names))
    without = run_mof(*fetch_words(sources, tmp_path / "python", *names), without_git=True)
    assert with_git.status == without.status == 0, without.output
    assert "There is no program git on this machine" in without.output
    assert "no program git" not in with_git.output
    assert contents(tmp_path / "git") == contents(tmp_path / "python")


def test_no_backend_is_started():
    code = "import sys, mof.cli.corpus, mof.sources.fetching\n"
    code += "assert not {'tensorflow', 'keras', 'jax', 'dulwich'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
