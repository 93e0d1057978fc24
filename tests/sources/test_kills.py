"""kill -9 of the real command at chosen moments: the same command then ends with the same bytes."""

import contextlib
import os
import signal
import subprocess
import time

import pytest

from mof.sources.manifest import read_manifest
from tests.sources.repositories import contents, fetch_words, run_mof, start_mof

# What is seen in the folder when the process is killed.
MOMENTS = {
    "the lock": ".download/lock",
    "a commit on its way": ".download/*.partial-*",
    "a pack on its way": ".download/*/objects/pack/tmp_*",
    "the first repository": ".download/*.git",
    "a cleaning": ".download/cleaned-*",
    "the first texts": "text/*.zst",
    "the first manifest": "manifest.json",
    "the third source": ".download/*books*",
    "the last dialogues": "dialogues/talks*",
}


def kill_when(process, folder, pattern):
    """Kill the process, and not its children, when a path is there; True if it was still at work."""
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError):  # a folder that is renamed while it is searched
            if next(folder.glob(pattern), None) is not None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                return True
        time.sleep(0.001)
    return False


@pytest.fixture(scope="module")
def expected(sources, tmp_path_factory):
    output = tmp_path_factory.mktemp("expected") / "text"
    assert run_mof(*fetch_words(sources, output)).status == 0
    return contents(output)


@pytest.mark.slow
@pytest.mark.parametrize("without_git", [False, True], ids=["git", "python"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_started_again(sources, expected, tmp_path, moment, without_git):
    if without_git and "*.git" in MOMENTS[moment]:
        pytest.skip("the copies have other names")
    words = fetch_words(sources, tmp_path)
    process = start_mof(*words, without_git=without_git)
    was_killed = kill_when(process, tmp_path, MOMENTS[moment])
    assert was_killed or moment == "a pack on its way"  # which may be too short to be seen
    finished = {record["name"]: record for record in read_manifest(tmp_path)["sources"]}
    times = {
        file["path"]: (tmp_path / file["path"]).stat().st_mtime_ns
        for record in finished.values()
        for file in record["files"]
    }
    ended = run_mof(*words, without_git=without_git)
    assert ended.status == 0, ended.output
    assert contents(tmp_path) == expected
    for path, before in times.items():  # what was finished was not done again
        assert (tmp_path / path).stat().st_mtime_ns == before


@pytest.mark.slow
def test_killed_many_times_in_a_row(sources, expected, tmp_path):
    num_kills = 0
    for seconds in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 0.65, 0.75, 0.85, 0.95):
        process = start_mof(*fetch_words(sources, tmp_path))
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            num_kills += 1
        time.sleep(0.05)
    assert num_kills >= 1
    assert run_mof(*fetch_words(sources, tmp_path)).status == 0
    assert contents(tmp_path) == expected
    assert run_mof("fetch", "--check", "--output", tmp_path).status == 0
