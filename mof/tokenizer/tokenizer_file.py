"""The file of a tokenizer: one canonical JSON object, and the hash that checkpoints remember.

The content is `{"kind", "version", "data"}`. Its canonical form (keys sorted, no spaces, UTF-8) is hashed
with SHA-256; the file holds the content and that hash, so a damaged or edited file is noticed.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from mof.patient_files import flush, replace

FORMAT_VERSION = 1  # raised when special tokens, cutting rules or the layout of `data` change

Content = dict[str, Any]


def make_content(kind: str, data: Content) -> Content:
    """Joins a tokenizer's kind and data with the version of the format."""
    return {"kind": kind, "version": FORMAT_VERSION, "data": data}


def content_hash(content: Content) -> str:
    """SHA-256 of the canonical JSON of `content`, in hexadecimal."""
    return hashlib.sha256(_canonical_bytes(content)).hexdigest()


def write_tokenizer_file(content: Content, path: str | os.PathLike[str]) -> None:
    """Writes the content with its hash: after a kill or a power cut the file is the old one or whole.

    Args:
        content: what `make_content` returned.
        path: file to write; its folder is made if missing.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        unfinished.write_bytes(_canonical_bytes({**content, "hash": content_hash(content)}))
        flush(unfinished)
        replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_tokenizer_file(path: str | os.PathLike[str]) -> Content:
    """Reads a tokenizer file and checks its shape, version and hash.

    Returns:
        The content `{"kind", "version", "data"}`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no tokenizer, of another version, or changed since it was written.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"no tokenizer file at {path}. Give the path of a file written by Tokenizer.save, or train one."
        )
    try:
        stored = json.loads(path.read_bytes().decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} is no tokenizer: it is not UTF-8 JSON ({error}). Use a file written by Tokenizer.save."
        ) from error
    if not isinstance(stored, dict) or not {"kind", "version", "data", "hash"} <= stored.keys():
        raise ValueError(
            f"{path} is no tokenizer: expected a JSON object with the keys kind, version, data and hash. "
            "Use a file written by Tokenizer.save."
        )
    if stored["version"] != FORMAT_VERSION:
        raise ValueError(
            f"{path} has tokenizer format version {stored['version']!r}, this program reads "
            f"{FORMAT_VERSION}. Train the tokenizer again, or use the version of the program that wrote it."
        )
    content = {key: stored[key] for key in ("kind", "version", "data")}
    actual = content_hash(content)
    if stored["hash"] != actual:
        raise ValueError(
            f"{path} is damaged or was edited: its content has the hash {actual}, the file says "
            f"{stored['hash']}. Copy it again from where it came, or train the tokenizer again."
        )
    return content


def _canonical_bytes(value: Content) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
