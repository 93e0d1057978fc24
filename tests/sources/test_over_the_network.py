"""The same over HTTP, as from a real host: whole or in parts, and when it is not there."""

import pytest

from mof.sources import fetching
from mof.sources.catalogue import load_catalogue, select
from mof.sources.downloading import folder_bytes
from mof.sources.fetching import CACHE_NAME, check_disk, fetch, plan_fetch
from tests.sources.http_server import serving
from tests.sources.repositories import contents

NAMES = ["articles"]


def run(sources, output, mirror):
    catalogue = load_catalogue(sources.catalogue)
    plan = plan_fetch(output, select(catalogue, NAMES))
    check_disk(plan)
    return fetch(plan, [mirror], catalogue)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """The address is this machine's own."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")


@pytest.mark.parametrize(("program", "can_send_parts"), [("git", True), ("git", False), ("python", True)])
def test_over_http_the_bytes_are_the_same(sources, tmp_path, monkeypatch, program, can_send_parts):
    assert not run(sources, tmp_path / "local", str(sources.mirror)).lost
    if program == "python":
        monkeypatch.setattr(fetching, "find_git", lambda: None)
    with serving(sources.mirror, can_send_parts) as (address, requests):
        assert not run(sources, tmp_path / "text", address).lost
    assert contents(tmp_path / "text") == contents(tmp_path / "local")
    assert sum("POST" in line for line in requests) >= (2 if can_send_parts else 1)
    objects = [path.name for path in (tmp_path / "text" / CACHE_NAME).glob("club+articles*")]
    assert objects and folder_bytes(tmp_path / "text" / CACHE_NAME) > 0


@pytest.mark.parametrize("program", ["git", "python"])
def test_only_what_is_wanted_is_transferred(sources, tmp_path, monkeypatch, program):
    if program == "python":
        monkeypatch.setattr(fetching, "find_git", lambda: None)
    counts = []
    real = fetching._cleaned

    def counting(source, download, output):
        counts.append((len(download.store.object_ids()), len({name for _, name in download.files})))
        return real(source, download, output)

    monkeypatch.setattr(fetching, "_cleaned", counting)
    with serving(sources.mirror) as (address, _):
        run(sources, tmp_path / "text", address)
    # beside the wanted files: the commit and its folders, but no picture and no later commit
    ((articles, wanted),) = counts
    assert wanted == 31 and articles == wanted + 1 + 3


@pytest.mark.parametrize("program", ["git", "python"])
def test_a_host_that_is_not_there_costs_its_sources_only(sources, tmp_path, monkeypatch, program):
    if program == "python":
        monkeypatch.setattr(fetching, "find_git", lambda: None)
    with serving(sources.mirror / "club") as (address, _):  # the wrong folder: every repository is 404
        result = run(sources, tmp_path, address)
    assert [source.name for source, _ in result.lost] == NAMES
    result = run(sources, tmp_path, address)  # and now nobody listens
    assert [source.name for source, _ in result.lost] == NAMES and all(reason for _, reason in result.lost)
