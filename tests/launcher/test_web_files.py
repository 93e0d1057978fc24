"""Fetching the book's scripts and fonts, with archives made here in place of a registry."""

import hashlib
import http.client
import io
import tarfile
from pathlib import PurePosixPath

import pytest

from mof.launcher import web_files
from mof.launcher.problem import Problem
from mof.launcher.web_files import (
    WebPackage,
    destination,
    download,
    ensure_web_files,
    find_registry,
    without_password,
)


def archive(**files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            made.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


@pytest.fixture
def registry(monkeypatch):
    """One package with two kept files; the addresses that were asked for."""
    content = archive(**{"package/main.js": "1", "package/fonts/a.woff": "2", "package/other.js": "3"})
    sha256 = hashlib.sha256(content).hexdigest()
    keep = (("main.js", "x/main.js"), ("fonts", "x/f"))
    monkeypatch.setattr(web_files, "WEB_PACKAGES", (WebPackage("@a/b", "1.2.3", sha256, keep),))
    asked = []

    def fetch(address):
        asked.append(address)
        return content

    fetch.asked = asked
    return fetch


def test_files_are_fetched_once(registry, tmp_path):
    for _ in range(2):
        folder = ensure_web_files(tmp_path, {"npm_config_registry": "https://mirror/npm/"}, fetch=registry)
    assert registry.asked == ["https://mirror/npm/@a/b/-/b-1.2.3.tgz"]
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {".stamp", "x/main.js", "x/f/a.woff"}


def test_another_version_is_fetched_again(registry, tmp_path, monkeypatch):
    folder = ensure_web_files(tmp_path, {}, fetch=registry)
    (folder / ".stamp").write_text("older", encoding="utf-8")
    ensure_web_files(tmp_path, {}, fetch=registry)
    assert len(registry.asked) == 2


def test_an_altered_file_is_refused_and_nothing_is_kept(registry, tmp_path):
    with pytest.raises(Problem, match="not the tested file"):
        ensure_web_files(tmp_path, {}, fetch=lambda address: archive(a="x"))
    assert not (tmp_path / web_files.FOLDER).exists()


def test_a_path_out_of_the_folder_is_not_written(monkeypatch, tmp_path):
    content = archive(**{"package/fonts/../../../evil": "1", "package/fonts/a": "2"})
    package = WebPackage("a", "1", hashlib.sha256(content).hexdigest(), (("fonts", "f"),))
    monkeypatch.setattr(web_files, "WEB_PACKAGES", (package,))
    folder = ensure_web_files(tmp_path, {}, fetch=lambda address: content)
    assert (folder / "f" / "a").is_file() and not list(tmp_path.rglob("evil"))


def test_a_missing_file_is_a_problem(registry, tmp_path, monkeypatch):
    (package,) = web_files.WEB_PACKAGES
    keep = (*package.keep, ("gone.js", "gone.js"))
    monkeypatch.setattr(web_files, "WEB_PACKAGES", (WebPackage("@a/b", "1.2.3", package.sha256, keep),))
    with pytest.raises(Problem, match=r"lacks gone\.js"):
        ensure_web_files(tmp_path, {}, fetch=registry)


def test_without_a_network_the_reader_is_told_what_to_do():
    with pytest.raises(Problem, match="npm_config_registry") as caught:
        download("http://name:secret@127.0.0.1:9/x.tgz", {}, None)
    assert "secret" not in str(caught.value)


def test_an_answer_that_breaks_off_is_told_in_words(monkeypatch):
    class Opener:
        def open(self, address, timeout):
            raise http.client.IncompleteRead(b"half")

    monkeypatch.setattr(web_files.urllib.request, "build_opener", lambda *_: Opener())
    with pytest.raises(Problem, match="could not be fetched from .*IncompleteRead"):
        download("https://mirror/x.tgz", {}, None)


def test_a_file_without_certificates_is_named(tmp_path):
    path = tmp_path / "company.pem"
    path.write_text("no certificate", encoding="utf-8")
    with pytest.raises(Problem, match=r"company\.pem holds no certificates that can be read"):
        download("http://127.0.0.1:9/x.tgz", {"SSL_CERT_FILE": str(path)}, None)


def test_registry_is_the_readers_own(tmp_path):
    assert find_registry({}, tmp_path) == "https://registry.npmjs.org"
    (tmp_path / ".npmrc").write_text("fund=false\nregistry=https://mirror/a/\n", encoding="utf-8")
    assert find_registry({}, tmp_path) == "https://mirror/a"
    assert find_registry({"NPM_CONFIG_REGISTRY": "https://b/"}, tmp_path) == "https://b"


@pytest.mark.parametrize(
    ("inner", "kept", "expected"),
    [
        ("a/b.js", "a/b.js", "t"),
        ("a/b/c.js", "a", "t/b/c.js"),
        ("d/x.woff2", "d/*.woff2", "t/x.woff2"),
        ("d/x.woff", "d/*.woff2", None),
        ("ab/c.js", "a", None),
    ],
)
def test_which_files_are_kept(inner, kept, expected):
    found = destination(PurePosixPath(inner), kept, "t")
    assert found == (PurePosixPath(expected) if expected else None)


def test_passwords_are_not_shown():
    assert without_password("https://me:secret@host/npm/a") == "https://host/npm/a"
    assert without_password("https://host/@scope/a") == "https://host/@scope/a"
