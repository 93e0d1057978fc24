"""The token cache: a corpus as ids on disk, made once (see `token_cache_building`) and read by many runs.

A folder holds `manifest.json`, and beside it one folder of flat little-endian files for each build:
`<split>.tokens` (uint16, or uint32 where the vocabulary is larger than 65,536), `<split>.offsets` (int64,
first token of each document, and the end), `<split>.scored_bytes` (uint32) and, where a split holds
conversations, `<split>.loss_flags` (uint8); see `CacheSplit` for both.
"""

import contextlib
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from mof.corpus.reading_report import CorpusError, ReadingReport
from mof.corpus.stored_array import StoredArray

CACHE_FORMAT_VERSION = 2
MANIFEST_NAME = "manifest.json"
SPLIT_NAMES = ("train", "validation")
IN_USE_PREFIX = "in-use-"
_NUMBERS = itertools.count()  # one process may hold the same files twice


class CacheSplit:
    """One part of a cache, training or validation.

    Attributes:
        name: "train" or "validation".
        fingerprint: changes with every change of the ids in the cache.
        num_documents: texts and conversations.
        num_conversations: conversations alone.
        num_tokens: tokens, DOCUMENT and roles included.
        num_scored_tokens: targets that count in the loss.
        num_characters: characters of text (roles not counted).
        num_text_bytes: bytes of text in UTF-8 (roles not counted).
        tokens: the ids of all documents, one after the other.
        offsets: first token of each document, and after the last the number of tokens.
        document_scored_bytes: for each document, the bytes of text that a model learns to write.
        loss_flags: for each token, 1 where the token after it counts in the loss; None where all do.
    """

    def __init__(self, folder: Path, name: str, manifest: dict[str, Any]) -> None:
        """Describes the files of a split; `TokenCache` calls this."""
        counts = manifest["splits"][name]
        self._folder = folder
        self.name = name
        self.fingerprint: str = manifest["fingerprint"]
        self.num_documents: int = counts["num_documents"]
        self.num_conversations: int = counts["num_conversations"]
        self.num_tokens: int = counts["num_tokens"]
        self.num_scored_tokens: int = counts["num_scored_tokens"]
        self.num_characters: int = counts["num_characters"]
        self.num_text_bytes: int = counts["num_text_bytes"]
        dtype = manifest["token_dtype"]
        self.tokens = _open(folder / f"{name}.tokens", dtype, self.num_tokens)
        self.offsets = _open(folder / f"{name}.offsets", "int64", self.num_documents + 1)
        self.document_scored_bytes = _open(folder / f"{name}.scored_bytes", "uint32", self.num_documents)
        self.loss_flags: StoredArray | None = None
        if counts["has_loss_flags"]:
            self.loss_flags = _open(folder / f"{name}.loss_flags", "uint8", self.num_tokens)

    def in_use(self) -> contextlib.AbstractContextManager[None]:
        """As `TokenCache.in_use`."""
        return _held(self._folder)

    @property
    def characters_per_token(self) -> float:
        """Characters of text for each token, on average: turns tokens seen into characters seen."""
        return self.num_characters / max(self.num_tokens, 1)

    @property
    def bytes_per_token(self) -> float:
        """UTF-8 bytes of text for each token, on average."""
        return self.num_text_bytes / max(self.num_tokens, 1)

    def document_tokens(self, index: int) -> np.ndarray:
        """The ids of one document, DOCUMENT first: int32 [n]."""
        if not 0 <= index < self.num_documents:
            raise IndexError(f"document {index} of {self.num_documents} in the split {self.name}.")
        start, stop = self.offsets.read(index, index + 2).tolist()
        return self.tokens.read(start, stop).astype(np.int32)


class TokenCache:
    """An opened cache.

    Attributes:
        folder: where it lies.
        data_folder: where its files lie.
        manifest: what `manifest.json` says.
        train: the training part.
        validation: the validation part.
    """

    def __init__(self, folder: str | os.PathLike[str], tokenizer_hash: str | None = None) -> None:
        """Opens a finished cache.

        Args:
            folder: the folder given to `build_token_cache`.
            tokenizer_hash: if given, the cache must have been made by this tokenizer.

        Raises:
            FileNotFoundError: no finished cache is there.
            CorpusError: it is damaged, of another version, or made by another tokenizer.
        """
        self.folder = Path(folder)
        self.manifest = read_manifest(self.folder)
        if tokenizer_hash is not None and tokenizer_hash != self.tokenizer_hash:
            raise CorpusError(
                f"the token cache in {self.folder} was made by the tokenizer {self.tokenizer_hash[:12]}, "
                f"not by {tokenizer_hash[:12]}. Build it again with build_token_cache."
            )
        self.data_folder = self.folder / self.manifest["data_folder"]
        self.train, self.validation = (
            CacheSplit(self.data_folder, name, self.manifest) for name in SPLIT_NAMES
        )

    def in_use(self) -> contextlib.AbstractContextManager[None]:
        """While this is held, a build of the folder's cache for other text leaves the present files there."""
        return _held(self.data_folder)

    @property
    def tokenizer_hash(self) -> str:
        """Hash of the tokenizer that made the ids."""
        return self.manifest["tokenizer_hash"]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides the ids: sources, tokenizer, split, format."""
        return self.manifest["fingerprint"]

    @property
    def reading_report(self) -> ReadingReport:
        """What reading the sources met when the cache was built."""
        return ReadingReport.from_dict(self.manifest["reading"])


def is_in_use(data_folder: Path) -> bool:
    """Whether a process holds `TokenCache.in_use` of these files."""
    for path in data_folder.glob(f"{IN_USE_PREFIX}*.lock"):
        try:
            with filelock.FileLock(path, timeout=0):
                pass
        except filelock.Timeout:
            return True
    return False


@contextlib.contextmanager
def _held(data_folder: Path) -> Iterator[None]:
    lock = filelock.FileLock(data_folder / f"{IN_USE_PREFIX}{os.getpid()}-{next(_NUMBERS)}.lock")
    try:
        with lock:
            yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Reads and checks the manifest of a cache.

    Raises:
        FileNotFoundError: there is none, so there is no finished cache.
        CorpusError: it cannot be read, or is of another version.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise FileNotFoundError(f"no finished token cache in {folder}. Build it with build_token_cache.")
    try:
        manifest = json.loads(path.read_bytes().decode("utf-8"))
        version = manifest["format_version"]
    except (ValueError, TypeError, KeyError) as error:
        raise CorpusError(
            f"{path} is damaged: it is no manifest of a token cache ({error!r}). "
            "Delete the folder and build it again."
        ) from error
    if version != CACHE_FORMAT_VERSION:
        raise CorpusError(
            f"the token cache in {folder} has format version {version!r}, this program reads "
            f"{CACHE_FORMAT_VERSION}. Build it again with build_token_cache."
        )
    return manifest


def _open(path: Path, dtype: str, length: int) -> StoredArray:
    expected = length * np.dtype(dtype).itemsize
    actual = path.stat().st_size if path.is_file() else None
    if actual != expected:
        found = "is missing" if actual is None else f"has {actual} bytes"
        raise CorpusError(
            f"the token cache is damaged: {path} {found}, the manifest says {expected} bytes. "
            "Delete the folder of the cache and build it again."
        )
    return StoredArray(path, dtype, length)
