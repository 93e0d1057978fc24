"""Builds the token cache of a corpus, or finds the one that is there and still right."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import filelock

from mof.corpus.conversation import encode_documents
from mof.corpus.corpus_files import CorpusFile, PathLike, find_corpus_files
from mof.corpus.document import Document
from mof.corpus.reading import DEFAULT_MAX_DOCUMENT_BYTES, read_documents
from mof.corpus.reading_report import CorpusError, ReadingReport
from mof.corpus.source_entries import current_entry, differences, entry_now, fingerprint_of, source_entry
from mof.corpus.split_writer import SplitWriter
from mof.corpus.splitting import check_validation_fraction, is_validation
from mof.corpus.token_cache import (
    CACHE_FORMAT_VERSION,
    MANIFEST_NAME,
    SPLIT_NAMES,
    TokenCache,
    is_in_use,
    read_manifest,
)
from mof.patient_files import replace
from mof.tokenizer.tokenizer import Tokenizer

_CHARACTERS_AT_ONCE = 500_000  # encoded together; bounds the memory
_DATA_PREFIX = "data-"

Progress = Callable[[int, int], None]


class OtherTextError(CorpusError):
    """The text is not the one that a training has read from."""


def build_token_cache(
    paths: PathLike | Sequence[PathLike],
    tokenizer: Tokenizer,
    folder: str | os.PathLike[str],
    validation_fraction: float = 0.01,
    salt: str = "",
    max_document_bytes: int = DEFAULT_MAX_DOCUMENT_BYTES,
    progress: Progress | None = None,
    expected_fingerprint: str | None = None,
    on_wait: Callable[[], None] | None = None,
) -> TokenCache:
    """Encodes a corpus to disk, streaming; a cache that was made from the same inputs is used again.

    Inputs are the same if every file has the same name and content (size and time of change are compared
    first, the SHA-256 only where the time differs), and tokenizer, split and format agree. The manifest is
    written last, so a build that was killed leaves nothing that could be taken for a cache. Two processes
    that build in one folder wait for each other.

    Args:
        paths: files and folders, as for `read_documents`.
        tokenizer: what encodes the text.
        folder: where the cache goes; made if missing.
        validation_fraction: share of the documents held out, by hash.
        salt: another salt holds out others.
        max_document_bytes: a larger .txt file becomes several documents.
        progress: called with the bytes of the sources read so far, and all of them.
        expected_fingerprint: of the cache that a training has read from: where names, contents and order of
            the files are no longer the same, nothing is built, and what is there stays.
        on_wait: called once where another process builds in the folder, before the wait for it.

    Returns:
        The opened cache; its `reading_report` tells of bad lines.

    Raises:
        FileNotFoundError: a path does not exist.
        CorpusError: the corpus cannot be read, see `read_documents`.
        OtherTextError: it is not the expected one; where the expected cache is still there, the message names
            the files that are gone, changed or new.
        ValueError: the fraction is outside 0 to 1.
    """
    check_validation_fraction(validation_fraction)
    folder = Path(folder)
    files = find_corpus_files(paths)
    settings = {
        "format_version": CACHE_FORMAT_VERSION,
        "tokenizer_hash": tokenizer.hash,
        "validation_fraction": validation_fraction,
        "salt": salt,
        "max_document_bytes": max_document_bytes,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with _build_lock(folder, on_wait):
        cache = _matching_cache(folder, files, settings)
        if expected_fingerprint is not None and (cache is None or cache.fingerprint != expected_fingerprint):
            _refuse_other_text(folder, files, settings, expected_fingerprint)
        if cache is None:
            _build(folder, files, tokenizer, settings, progress)
            cache = TokenCache(folder)
        return cache


@contextmanager
def _build_lock(folder: Path, on_wait: Callable[[], None] | None) -> Iterator[None]:
    lock = filelock.FileLock(folder / "build.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        if on_wait is not None:
            on_wait()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _build(
    folder: Path,
    files: list[CorpusFile],
    tokenizer: Tokenizer,
    settings: dict[str, Any],
    progress: Progress | None,
) -> None:
    data_folder = Path(tempfile.mkdtemp(prefix=_DATA_PREFIX, dir=folder))
    token_dtype = "uint16" if tokenizer.vocabulary_size <= 1 << 16 else "uint32"
    sources = _SourceObserver(files, progress)
    report = ReadingReport()
    documents = read_documents(
        [file.path for file in files], report, settings["max_document_bytes"], sources.on_chunk
    )
    try:
        with (
            closing(SplitWriter(data_folder, "train", token_dtype)) as train,
            closing(SplitWriter(data_folder, "validation", token_dtype)) as validation,
        ):
            for group in _groups(documents):
                for document, (ids, flags) in zip(group, encode_documents(group, tokenizer), strict=True):
                    held_out = is_validation(document, settings["validation_fraction"], settings["salt"])
                    (validation if held_out else train).add(document, ids, flags)
            counts = {"train": train.finish(), "validation": validation.finish()}
    except BaseException:
        shutil.rmtree(data_folder, ignore_errors=True)
        raise
    source_entries = sources.entries()
    manifest = {
        **settings,
        "fingerprint": fingerprint_of(settings, source_entries),
        "vocabulary_size": tokenizer.vocabulary_size,
        "token_dtype": token_dtype,
        "data_folder": data_folder.name,
        "sources": source_entries,
        "splits": {name: counts[name] for name in SPLIT_NAMES},
        "reading": report.as_dict(),
    }
    _write_manifest(folder, manifest)
    for other in folder.glob(f"{_DATA_PREFIX}*"):  # left by killed builds and by the cache before
        if other != data_folder and not is_in_use(other):  # a training may still read them
            shutil.rmtree(other, ignore_errors=True)


def _groups(documents: Iterator[Document]) -> Iterator[list[Document]]:
    group: list[Document] = []
    num_characters = 0
    for document in documents:
        group.append(document)
        num_characters += document.num_characters
        if num_characters >= _CHARACTERS_AT_ONCE:
            yield group
            group, num_characters = [], 0
    if group:
        yield group


class _SourceObserver:
    """Follows the files while they are read: progress, and the SHA-256 of each."""

    def __init__(self, files: list[CorpusFile], progress: Progress | None) -> None:
        self._files = files
        # Taken before reading: a file that changes meanwhile will not match its own time, and be read again.
        self._states = [file.path.stat() for file in files]
        self._hashes = {file.path: hashlib.sha256() for file in files}
        self._progress = progress
        self._num_bytes_done = 0
        self._num_bytes = sum(state.st_size for state in self._states)

    def on_chunk(self, file: CorpusFile, chunk: bytes) -> None:
        self._hashes[file.path].update(chunk)
        self._num_bytes_done += len(chunk)
        if self._progress is not None:
            self._progress(self._num_bytes_done, self._num_bytes)

    def entries(self) -> list[dict[str, Any]]:
        return [
            source_entry(file, state, self._hashes[file.path].hexdigest())
            for file, state in zip(self._files, self._states, strict=True)
        ]


def _matching_cache(folder: Path, files: list[CorpusFile], settings: dict[str, Any]) -> TokenCache | None:
    try:
        manifest = read_manifest(folder)
        cache = TokenCache(folder)
        stored = manifest["sources"]
        if any(manifest[key] != value for key, value in settings.items()) or len(stored) != len(files):
            return None
        entries = [current_entry(file, entry) for file, entry in zip(files, stored, strict=True)]
    except (FileNotFoundError, CorpusError, KeyError, TypeError):
        return None  # missing, unfinished, damaged or of another version: build it
    if None in entries:
        return None
    if entries != stored:  # moved or touched, the contents the same: remember the new times
        _write_manifest(folder, {**manifest, "sources": entries})
        cache = TokenCache(folder)
    return cache


def _refuse_other_text(
    folder: Path, files: list[CorpusFile], settings: dict[str, Any], expected_fingerprint: str
) -> None:
    """Raises unless a cache built now would be the expected one, down to the order of its documents."""
    try:
        manifest = read_manifest(folder)
        then = manifest["sources"] if manifest["fingerprint"] == expected_fingerprint else []
        known = {entry["path"]: entry for entry in then}
    except (FileNotFoundError, CorpusError, KeyError, TypeError):
        then, known = [], {}
    now = [entry_now(file, known) for file in files]
    if fingerprint_of(settings, now) == expected_fingerprint:
        return
    found = f" ({differences(then, now)})" if then else ""
    raise OtherTextError(
        f"the text is not the one that this training has read from{found}. Put it back as it was, or name "
        "the same files in the same order, and start again: nothing is lost."
    )


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    unfinished = folder / f"{MANIFEST_NAME}.partial"
    with open(unfinished, "w", encoding="utf-8", newline="\n") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    replace(unfinished, folder / MANIFEST_NAME)
