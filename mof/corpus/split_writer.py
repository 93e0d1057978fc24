"""Writes the files of one split of a token cache, document by document."""

import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mof.corpus.document import Document

_FILL_BYTES = 1 << 20


class SplitWriter:
    """Appends encoded documents to the flat files of a split; `finish` closes them and gives the counts."""

    def __init__(self, folder: Path, name: str, token_dtype: str) -> None:
        """Opens the files.

        Args:
            folder: where they go.
            name: "train" or "validation".
            token_dtype: "uint16" or "uint32".
        """
        self._folder = folder
        self._name = name
        self._token_dtype = np.dtype(token_dtype).newbyteorder("<")
        self._files: dict[str, BinaryIO] = {}
        for kind in ("tokens", "offsets", "scored_bytes"):
            self._open(kind)
        self._counts = dict.fromkeys(
            (
                "num_documents",
                "num_conversations",
                "num_tokens",
                "num_scored_tokens",
                "num_characters",
                "num_text_bytes",
            ),
            0,
        )
        self._write("offsets", np.array([0]), "<i8")

    def add(self, document: Document, ids: np.ndarray, loss_flags: np.ndarray) -> None:
        """Appends one document.

        Args:
            document: for its counts.
            ids: int32 [n], as `encode_documents` gives them.
            loss_flags: bool [n], True where the id counts as a target.
        """
        # The cache stores, at each token, whether the token after it counts. The one after the last is the
        # next document's DOCUMENT, which ends this one: for a text that is worth learning; a conversation
        # has its own END_OF_TURN.
        is_text = document.messages is None
        follower_counts = np.append(loss_flags[1:], is_text)
        if not is_text and "loss_flags" not in self._files:
            self._open("loss_flags")
            self._fill_with_ones(self._counts["num_tokens"])
        if "loss_flags" in self._files:
            self._write("loss_flags", follower_counts, "u1")
        self._write("tokens", ids, self._token_dtype)
        self._write("scored_bytes", np.array([document.num_scored_bytes]), "<u4")
        self._counts["num_documents"] += 1
        self._counts["num_conversations"] += not is_text
        self._counts["num_tokens"] += len(ids)
        self._counts["num_scored_tokens"] += int(np.count_nonzero(follower_counts))
        self._counts["num_characters"] += document.num_characters
        self._counts["num_text_bytes"] += document.num_text_bytes
        self._write("offsets", np.array([self._counts["num_tokens"]]), "<i8")

    def finish(self) -> dict[str, Any]:
        """Makes sure all is on the disk and returns the counts for the manifest."""
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
        self.close()
        return {**self._counts, "has_loss_flags": "loss_flags" in self._files}

    def close(self) -> None:
        """Closes the files, finished or not."""
        for file in self._files.values():
            file.close()

    def _open(self, kind: str) -> None:
        self._files[kind] = open(self._folder / f"{self._name}.{kind}", "wb")  # noqa: SIM115

    def _write(self, kind: str, values: np.ndarray, dtype: np.dtype | str) -> None:
        self._files[kind].write(values.astype(dtype).tobytes())

    def _fill_with_ones(self, num_tokens: int) -> None:
        # The split held texts alone so far, and all their tokens count.
        while num_tokens > 0:
            length = min(num_tokens, _FILL_BYTES)
            self._files["loss_flags"].write(b"\1" * length)
            num_tokens -= length
