"""What a folder of fetched text holds: `manifest.json` with a hash of every file, and `LICENSES.md`."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import zstandard

from mof.corpus.reading_report import CorpusError
from mof.patient_files import replace
from mof.sources.catalogue import LICENCES

MANIFEST_NAME = "manifest.json"
LICENCES_NAME = "LICENSES.md"
FORMAT = 1
_READ_BYTES = 1 << 20
_INTRODUCTION = """# Licences of the text in this folder

The text was fetched by `mof corpus fetch` from the public repositories below, each at one exact commit, and
cleaned: markup, code and tables removed, characters normalised, short and repeated documents left out. It is
not the project's own. Each line of the files names its source and licence too. Who passes the text on, or
what is made from it, keeps to the licence of each source: name the origin (all BY licences), pass it on under
the same licence (SA). This is no legal advice.
"""


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, or an empty one where there is none.

    Raises:
        CorpusError: the file is damaged, or of another version.
    """
    path = Path(folder) / MANIFEST_NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version = manifest["format"]
        manifest["sources"]
    except FileNotFoundError:
        return {"format": FORMAT, "sources": []}
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{path} is damaged ({type(error).__name__}). Delete it and fetch again: what is downloaded is "
            "used again."
        ) from error
    if version != FORMAT:
        raise CorpusError(f"{path} has the format {version}, expected {FORMAT}. Take another folder.")
    return manifest


def write_manifest(folder: Path, records: Sequence[dict[str, Any]]) -> None:
    """Writes both files, each whole or not at all."""
    folder = Path(folder)
    manifest = {"format": FORMAT, "sources": list(records)}
    write_whole(folder / LICENCES_NAME, licence_notes(records))
    write_whole(folder / MANIFEST_NAME, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that a kill leaves the old one or the new one."""
    unfinished = path.with_name(path.name + ".partial")
    with open(unfinished, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    replace(unfinished, path)


def licence_notes(records: Sequence[dict[str, Any]]) -> str:
    """The text of LICENSES.md."""
    parts = [_INTRODUCTION]
    for record in records:
        licences = " and ".join(f"[{name}]({LICENCES[name]})" for name in record["licence"].split(" AND "))
        files = ", ".join(f"`{file['path']}`" for file in record["files"])
        lines = [
            f"## {record['title']}",
            "",
            f"- what it is: {record['description']}",
            f"- licence: {licences}, as read in <{record['licence_url']}>",
            f"- origin: <{record['url']}>, commit `{record['commit']}`",
            f"- files: {files}",
            *(f"- caution: {caution}" for caution in record["cautions"]),
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def is_intact(folder: Path, file: dict[str, Any]) -> bool:
    """Whether a file of the manifest is there with the content that the manifest promises."""
    path = Path(folder) / file["path"]
    try:
        if path.stat().st_size != file["num_bytes"]:
            return False
        return _sha256(path) == file["sha256"]
    except FileNotFoundError:
        return False


def problems(folder: Path) -> list[str]:
    """What in a folder differs from its manifest: damaged, missing and unlisted files, a sentence each.

    Raises:
        CorpusError: there is no manifest, or it is damaged.
    """
    folder = Path(folder)
    if not (folder / MANIFEST_NAME).is_file():
        raise CorpusError(f"{folder} holds no {MANIFEST_NAME}: nothing was fetched into it.")
    found = []
    listed = set()
    for record in read_manifest(folder)["sources"]:
        for file in record["files"]:
            listed.add(file["path"])
            path = folder / file["path"]
            if not path.is_file():
                found.append(f"{file['path']} of {record['name']} is missing.")
            elif not is_intact(folder, file):
                found.append(f"{file['path']} of {record['name']} is damaged: its SHA-256 is another one.")
            elif _content_sha256(path) != file["content_sha256"]:
                found.append(f"{file['path']} of {record['name']} does not unpack to what was packed.")
    for path in sorted(folder.glob("*/*.zst")):
        name = path.relative_to(folder).as_posix()
        if name not in listed and not name.startswith("."):
            found.append(f"{name} is not in the manifest.")
    return found


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while chunk := stream.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _content_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream, zstandard.ZstdDecompressor().stream_reader(stream) as reader:
        while chunk := reader.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
