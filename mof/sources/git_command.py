"""Fetching with the program `git`: one commit, no history, and of its files only those that are wanted.

The user's settings, hooks, templates and saved passwords play no part, and nothing is ever asked for. Only
what a network may need is carried over: proxies and certificates.
"""

import errno
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from mof.sources.git_objects import DamagedObjectError, FetchError

SECONDS_BETWEEN_LOOKS = 0.5
_PASSED_ON = (
    "http.proxy",
    "http.proxyauthmethod",
    "http.proxysslcainfo",
    "http.sslbackend",
    "http.sslcainfo",
    "http.sslcapath",
    "http.schannelcheckrevoke",
    "http.schannelusesslcainfo",
)
_KEPT_VARIABLES = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_PROXY_SSL_CAINFO", "GIT_EXEC_PATH")
# A local mirror serves parts of a commit, whoever owns its folder. The remote has no address here, so that
# git cannot fetch on its own what it does not find.
_USER_CONFIG = """[safe]
	directory = *
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[gc]
	auto = 0
[maintenance]
	auto = false
[fetch]
	unpackLimit = 1
	writeCommitGraph = false
	negotiationAlgorithm = noop
[http]
	lowSpeedLimit = 1000
	lowSpeedTime = 60
[advice]
	detachedHead = false
"""
_REPOSITORY_CONFIG = """[core]
	repositoryformatversion = 1
	bare = true
[extensions]
	partialClone = origin
[remote "origin"]
	promisor = true
	partialclonefilter = blob:none
	tagOpt = --no-tags
"""


def find_git() -> str | None:
    """Path of a `git` that runs, or None."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        result = subprocess.run([git, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return None  # on a Mac without its developer tools, `git` is a stub
    return git if result.returncode == 0 else None


class CommandStore:
    """A bare repository, written and read by `git`."""

    def __init__(self, folder: Path, git: str, watch: Callable[[], None] = lambda: None) -> None:
        """Makes the folder ready.

        Args:
            folder: of the repository; created where missing.
            git: path of the program.
            watch: called now and then while something arrives; what it raises ends the fetch.
        """
        self.folder = Path(folder)
        self._git = git
        self._watch = watch
        self._home = self.folder / "home"
        for name in ("objects/pack", "refs/heads", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name, content in (
            ("config", _REPOSITORY_CONFIG),
            ("home/.gitconfig", _USER_CONFIG),
            ("HEAD", "ref: refs/heads/main\n"),
        ):
            (self.folder / name).write_text(content, encoding="utf-8", newline="\n")
        self._environment = git_environment(os.environ, self._home, git)

    def close(self) -> None:
        """Nothing stays open."""

    def fetch_commit(self, url: str, commit: str) -> None:
        """See `ObjectStore`."""
        self._fetch(url, ["--depth=1", "--filter=blob:none"], [commit])

    def fetch_files(self, url: str, object_ids: Sequence[str]) -> None:
        """See `ObjectStore`."""
        self._fetch(url, ["--filter=blob:none"], object_ids)

    def object_ids(self) -> set[str]:
        """See `ObjectStore`."""
        result = self._run(["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"])
        return set(result.stdout.decode("ascii", "replace").split())

    def read(self, object_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """See `ObjectStore`."""
        if not object_ids:
            return
        process = subprocess.Popen(
            self._command(["cat-file", "--batch"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
        )
        writer = threading.Thread(target=_write_lines, args=(process.stdin, object_ids), daemon=True)
        writer.start()
        try:
            for name in object_ids:
                words = process.stdout.readline().decode("ascii", "replace").split()
                if len(words) != 3:
                    raise DamagedObjectError(name, "is missing" if words else "cannot be read")
                content = process.stdout.read(int(words[2]))
                if len(content) != int(words[2]) or process.stdout.read(1) != b"\n":
                    raise DamagedObjectError(name, "cannot be read to its end")
                yield words[1], content
        finally:
            process.kill()
            process.wait()
            writer.join()
            process.stdout.close()

    def _fetch(self, url: str, options: list[str], object_ids: Sequence[str]) -> None:
        words = ["-c", f"remote.origin.url={url}", "fetch", "--no-tags", "--quiet", *options]
        process = subprocess.Popen(
            self._command([*words, "origin", *object_ids]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self._environment,
        )
        try:
            stderr = self._wait(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            told = stderr.decode("utf-8", "replace").strip()
            if "No space left on device" in told or "disk full" in told.lower():
                raise OSError(errno.ENOSPC, f"the disk is full: {told.splitlines()[-1]}")
            raise FetchError(_reasons(told) or f"git ended with status {process.returncode}")

    def _wait(self, process: subprocess.Popen) -> bytes:
        while True:
            try:
                return process.communicate(timeout=SECONDS_BETWEEN_LOOKS)[1]
            except subprocess.TimeoutExpired:
                self._watch()

    def _run(self, words: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            self._command(words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self._environment,
            check=False,
        )

    def _command(self, words: list[str]) -> list[str]:
        return [self._git, "--git-dir", str(self.folder), "-c", f"core.hooksPath={os.devnull}", *words]


def git_environment(variables: Mapping[str, str], home: Path, git: str) -> dict[str, str]:
    """The variables under which `git` behaves alike on every machine.

    Args:
        variables: of this process.
        home: a folder with the `.gitconfig` to use.
        git: path of the program, asked for the user's proxies and certificates.
    """
    kept = {
        key: value
        for key, value in variables.items()
        if not key.upper().startswith("GIT_") or key.upper() in _KEPT_VARIABLES
    }
    kept |= {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
    result = subprocess.run(
        [git, "config", "--null", "--get-regexp", r"^http\."],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=home,
        env={
            key: value for key, value in variables.items() if key.upper() not in ("GIT_DIR", "GIT_WORK_TREE")
        },
        check=False,
    )
    pairs = [entry.partition("\n") for entry in result.stdout.decode("utf-8", "replace").split("\0")]
    settings = [(key, value) for key, _, value in pairs if key in _PASSED_ON]
    kept["GIT_CONFIG_COUNT"] = str(len(settings))  # variables, for a command line shows a proxy's password
    for index, (key, value) in enumerate(settings):
        kept |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return kept


def _write_lines(stream, object_ids: Sequence[str]) -> None:
    try:
        for name in object_ids:
            stream.write(name.encode("ascii") + b"\n")
        stream.close()
    except OSError:
        pass  # git ended early; the reader tells at which object


def _reasons(told: str) -> str:
    """What git complains of: lines that name an object first, for the others say only that it gave up."""
    lines = [line.strip(" \0") for line in told.splitlines()]
    complaints = [line for line in lines if line.startswith(("fatal: ", "error: ", "remote: "))] or lines
    complaints.sort(key=lambda line: re.search("[0-9a-f]{40}", line) is None)
    return "; ".join(dict.fromkeys(complaints[:3]))
