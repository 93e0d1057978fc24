"""What the manifest of a token cache says of each file of its text, and whether the files are still the same.

An entry is a dict: "name" (see `CorpusFile`), "path", "num_bytes", "modified_nanoseconds" and "sha256". Name
and content decide the ids; path and time only spare the reading. Used by `token_cache_building`.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mof.corpus.corpus_files import CorpusFile

_MOST_NAMES = 5  # in a message

Entry = dict[str, Any]


def source_entry(file: CorpusFile, state: os.stat_result, sha256: str) -> Entry:
    """The entry of a file with that state and content."""
    return {
        "name": file.name,
        "path": str(file.path.resolve()),
        "num_bytes": state.st_size,
        "modified_nanoseconds": state.st_mtime_ns,
        "sha256": sha256,
    }


def fingerprint_of(settings: dict[str, Any], source_entries: list[Entry]) -> str:
    """SHA-256 over the settings and the files' names and contents, in their order."""
    contents = [list(_content(entry)) for entry in source_entries]
    return hashlib.sha256(json.dumps([settings, contents], sort_keys=True).encode("utf-8")).hexdigest()


def current_entry(file: CorpusFile, stored: Entry) -> Entry | None:
    """The entry of the file as it is now, or None if its content is another than the stored entry's."""
    state = file.path.stat()
    if file.name != stored["name"] or state.st_size != stored["num_bytes"]:
        return None
    entry = source_entry(file, state, stored["sha256"])
    return entry if entry == stored or _sha256(file.path) == stored["sha256"] else None


def entry_now(file: CorpusFile, known: dict[str, Entry]) -> Entry:
    """The entry of the file as it is now; read only where no known one has its path, size and time."""
    state = file.path.stat()
    stored = known.get(str(file.path.resolve()))
    entry = source_entry(file, state, stored["sha256"] if stored else "")
    return entry if entry == stored else {**entry, "sha256": _sha256(file.path)}


def differences(then: list[Entry], now: list[Entry]) -> str:
    """What has become of the files, in words; a name that several files have is told with its path."""
    counts = [Counter(entry["name"] for entry in entries) for entries in (then, now)]
    before, after = _without(then, now), _without(now, then)
    left, come = ({_label(e, counts) for e in entries} for entries in (before, after))
    found = {"gone": left - come, "changed": left & come, "new": come - left}
    words = "; ".join(f"{kind}: {_some(sorted(labels))}" for kind, labels in found.items() if labels)
    if words:
        return words
    if [_content(entry) for entry in then] != [_content(entry) for entry in now]:
        return "the same files in another order: " + _some([_label(entry, counts) for entry in now])
    return "the same files, but other settings turn them into tokens"


def _without(entries: list[Entry], others: list[Entry]) -> list[Entry]:
    """The entries whose name and content no other has, each other standing for one."""
    there = Counter(map(_content, others))
    rest = []
    for entry in entries:
        if there[_content(entry)]:
            there[_content(entry)] -= 1
        else:
            rest.append(entry)
    return rest


def _label(entry: Entry, counts: Sequence[Counter[str]]) -> str:
    return entry["path"] if any(count[entry["name"]] > 1 for count in counts) else entry["name"]


def _content(entry: Entry) -> tuple[str, str]:
    return entry["name"], entry["sha256"]


def _some(names: list[str]) -> str:
    num_more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {num_more} more" if num_more > 0 else "")


def _sha256(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
